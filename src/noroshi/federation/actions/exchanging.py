"""One exchange: each side hands over what waits for the other and says how far it has come. Either may begin it.

A call that fails leaves everything as it was, but for what the other side has handled: it says so the next time. What
comes in is handled letter by letter, each with the mark in one transaction, so that a letter takes effect once.
"""

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import NoroshiError, NotAllowed
from noroshi.federation.actions.keys import fresh_nonce, key_of
from noroshi.federation.actions.pairing import Called
from noroshi.federation.carriers import CARRIERS, Parcel, Skip
from noroshi.federation.domain import signatures, stream
from noroshi.federation.domain.stream import Letter, Message, Result
from noroshi.federation.models import (
    ArrivalOutcome,
    Copy,
    EntryState,
    InboxEntry,
    OutboxEntry,
    Peer,
    UsedNonce,
)
from noroshi.federation.queries import has_copy, installation, peer_of_key, peers_to_call
from noroshi.kit import outbound

log = logging.getLogger(__name__)

PATH: Final = "/federation/v1/exchange"
ROUND: Final = 20
"""Exchanges with one peer in a row; a longer job would keep others waiting."""
LEASE: Final = timedelta(minutes=2)
PAUSE: Final = timedelta(seconds=10)
"""How long a peer to which nothing is to be said is left alone: it may have something to say."""
MOST_READ: Final = 4 * 1024 * 1024
KEPT: Final = timedelta(days=90)
REFUSED: Final = "It could not be read here."


def call_peer(peer_id: UUID) -> bool:
    """Exchange with a peer until nothing is left; return whether that went well. False also where another is at it."""
    if not peers_to_call().filter(pk=peer_id).update(leased_until=clock.now() + LEASE):
        return False
    try:
        for _turn in range(ROUND):
            if not _exchange_once(Peer.objects.get(pk=peer_id)):
                break
    except (outbound.OutboundRefused, outbound.OutboundFailed, signatures.BadSignature, ValueError) as error:
        _note_failure(peer_id, f"{error}"[:300] or type(error).__name__)
        return False
    _note_success(peer_id, next_in=PAUSE)
    return True


def _exchange_once(peer: Peer) -> bool:
    """Hand over and take once; return whether either side has more to say."""
    message = compose(peer, peer.told)
    body = stream.write_message(message)
    headers = signatures.sign_request(
        key_of(peer), method="POST", path=PATH, body=body, now=clock.now(), nonce=fresh_nonce()
    )
    answer = outbound.post(
        peer.url + PATH,
        content=body,
        headers={**headers, "Content-Type": "application/json"},
        most_bytes=MOST_READ,
    )
    if answer.status != 200:  # noqa: PLR2004 - the only good one
        raise outbound.OutboundFailed(_("The other side answered %(status)s.") % {"status": answer.status})
    signatures.verify_answer(
        answer.headers,
        key_id=peer.their_key,
        status=answer.status,
        body=answer.body,
        to=signatures.value_of(headers),
        now=clock.now(),
    )
    said = _read(answer.body)
    take_message(peer, said)
    return bool(message.more or said.more or said.letters)


def answer_call(called: Called) -> tuple[bytes, dict[str, str]]:
    """Take what a peer says, and return what there is to say to it, with the headers that sign it.

    Raises NotAllowed, the same for every reason, where the call is not signed by a connected peer, or was made before.
    """
    peer, signed = _caller(called)
    try:
        said = _read(called.body)
    except ValueError:
        raise NotAllowed(_("The message cannot be read.")) from None
    take_message(peer, said)
    body = stream.write_message(compose(Peer.objects.get(pk=peer.pk), said.confirmed))
    _note_success(peer.pk, next_in=PAUSE if peer.url else timedelta(days=1))
    headers = signatures.sign_answer(
        key_of(peer), status=200, body=body, to=signed, now=clock.now(), nonce=fresh_nonce()
    )
    return body, headers


def _caller(called: Called) -> tuple[Peer, signatures.Signed]:
    try:
        signed = signatures.read_request(called.headers)
        peer = _of_key(signed.key_id)
        signatures.verify_request(
            signed, called.headers, method="POST", path=called.path, body=called.body, now=clock.now()
        )
        with transaction.atomic():
            UsedNonce.objects.create(peer=peer, nonce=signed.nonce)
    except (signatures.BadSignature, IntegrityError) as error:
        log.warning("a call was refused", extra={"reason": str(error)[:100]})
        raise NotAllowed(_("This call is not signed by somebody who is connected.")) from None
    return peer, signed


def _of_key(key: str) -> Peer:
    peer = peer_of_key(key)
    if peer is None:
        raise signatures.BadSignature("nobody who is connected has this key")
    return peer


def _read(body: bytes) -> Message:
    try:
        return stream.read_message(body)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from error


def compose(peer: Peer, theirs: int = 0) -> Message:
    """Return what there is to say to a peer now; entries that need not be sent are settled with their reason.

    `theirs`: up to which of its letters it knows what became of them.
    """
    results = _results(peer, theirs)
    waiting = OutboxEntry.objects.filter(peer=peer, state=EntryState.WAITING).order_by("seq")
    rows = list(waiting[: 4 * stream.MOST_ENTRIES])
    last = stream.last_of_each(list(waiting.values_list("seq", "subject", "subject_id")))
    letters: list[Letter] = []
    size, looked_at = 0, 0
    for row in rows:
        if len(letters) == stream.MOST_ENTRIES or size > stream.MOST_BYTES // 2:
            break
        looked_at += 1
        if row.seq not in last:
            _settle(row, Skip("superseded"))
        elif (letter := _letter(peer, row)) is not None:
            letters.append(letter)
            size += len(msgspec.json.encode(letter.data))
    more = looked_at < len(rows) or len(rows) == 4 * stream.MOST_ENTRIES
    return Message(_mark(peer, results), peer.confirmed, results, letters, more=more)


def _mark(peer: Peer, results: Sequence[Result]) -> int:
    """How far we have come: no farther than the results say, where there are more than one message holds."""
    return results[-1].seq if len(results) == stream.MOST_RESULTS else peer.received


@transaction.atomic
def _letter(peer: Peer, row: OutboxEntry) -> Letter | None:
    """Write one entry as it stands now, through the policy; settle it where there is nothing to send."""
    parcel = _written(peer, row)
    if isinstance(parcel, Skip):
        _settle(row, parcel)
        return None
    digest = stream.digest(parcel.data)
    copy, _new = Copy.objects.get_or_create(peer=peer, subject=row.subject, subject_id=row.subject_id)
    if copy.digest == digest:
        _settle(row, Skip("unchanged"))
        return None
    if copy.ended is not parcel.ends:
        Copy.objects.filter(pk=copy.pk).update(ended=parcel.ends)
    OutboxEntry.objects.filter(pk=row.pk).update(digest=digest)
    return Letter(row.seq, row.subject, row.subject_id, [*parcel.path, installation()], parcel.data)


def _written(peer: Peer, row: OutboxEntry) -> Parcel | Skip:
    there = has_copy(peer, row.subject, row.subject_id)
    try:
        with transaction.atomic():
            return CARRIERS[row.subject].write(peer, row.subject_id, has_copy=there)
    except Exception:  # isolation point: one entry that cannot be written holds up no other
        log.exception("an entry could not be written", extra={"peer": str(peer.pk), "entry": row.pk})
        return Skip("unwritable")


def _settle(row: OutboxEntry, skip: Skip) -> None:
    OutboxEntry.objects.filter(pk=row.pk, state=EntryState.WAITING).update(
        state=EntryState.SKIPPED, reason=skip.reason, detail=skip.detail, done_at=clock.now()
    )


def _results(peer: Peer, confirmed: int) -> list[Result]:
    """What became of what came in above `confirmed`, the oldest first."""
    rows = InboxEntry.objects.filter(peer=peer, seq__gt=confirmed).order_by("seq")[: stream.MOST_RESULTS]
    return [Result(row.seq, row.digest, row.reason) for row in rows]


def take_message(peer: Peer, said: Message) -> None:
    """Settle what the other side has handled, then take its letters, each in a transaction of its own."""
    _settle_handled(peer, said)
    for letter in said.letters:
        _take(peer, letter)
    Peer.objects.filter(pk=peer.pk).update(told=said.confirmed)


@transaction.atomic
def _settle_handled(peer: Peer, said: Message) -> None:
    """What the other side has handled as it stands here needs no more sending; the rest below its mark goes again.

    If it has come less far than it said before, a backup was put back there: what it lost goes out again.
    """
    row = Peer.objects.select_for_update().get(pk=peer.pk)
    entries = OutboxEntry.objects.filter(peer=row)
    if said.mark < row.confirmed:
        _open_again(row, said.mark)
    results, anew = {result.seq: result for result in said.results}, []
    for entry in entries.filter(seq__lte=said.mark, state=EntryState.WAITING).order_by("seq"):
        result = results.get(entry.seq)
        if result is None or result.digest != entry.digest:
            anew.append(entry)
        else:
            _finish(entry, result.reason)
    _number_on(row, anew, stream.next_number(row.next_seq, said.mark))
    Peer.objects.filter(pk=row.pk).update(confirmed=said.mark)


def _finish(entry: OutboxEntry, refusal: str) -> None:
    entry.state = EntryState.REFUSED if refusal else EntryState.ACKNOWLEDGED
    entry.reason, entry.done_at = refusal[:400], clock.now()
    entry.save(update_fields=["state", "reason", "done_at"])
    Copy.objects.filter(peer=entry.peer_id, subject=entry.subject, subject_id=entry.subject_id).update(
        digest=entry.digest
    )


def _open_again(peer: Peer, mark: int) -> None:
    lost = OutboxEntry.objects.filter(peer=peer, seq__gt=mark, state=EntryState.ACKNOWLEDGED)
    Copy.objects.filter(peer=peer, subject_id__in=list(lost.values_list("subject_id", flat=True))).update(digest="")
    lost.update(state=EntryState.WAITING, done_at=None)


def _number_on(peer: Peer, entries: Sequence[OutboxEntry], first: int) -> None:
    """Give entries new numbers at the end: what the other side has handled under their old ones were other words."""
    for place, entry in enumerate(entries):
        entry.seq, entry.digest = first + place, ""
        entry.save(update_fields=["seq", "digest"])
    Peer.objects.filter(pk=peer.pk).update(next_seq=first + len(entries))


@transaction.atomic
def _take(peer: Peer, letter: Letter) -> None:
    """Take one letter, unless it was handled before. Its effect and the mark are one transaction."""
    row = Peer.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=peer.pk)
    if not stream.is_new(letter.seq, row.received):
        return
    outcome, reason = _outcome(row, letter)
    InboxEntry.objects.update_or_create(
        peer=row,
        seq=letter.seq,
        defaults={
            "subject": letter.subject[:40],
            "subject_id": letter.id,
            "digest": stream.digest(letter.data),
            "outcome": outcome,
            "reason": reason[:400],
            "at": clock.now(),
        },
    )
    Peer.objects.filter(pk=row.pk).update(received=letter.seq)


def _outcome(peer: Peer, letter: Letter) -> tuple[ArrivalOutcome, str]:
    if stream.has_passed(letter.path, installation()):
        return ArrivalOutcome.IGNORED, ""
    if letter.subject not in CARRIERS or letter.path[-1:] != [peer.installation]:
        return ArrivalOutcome.REFUSED, REFUSED
    try:
        with transaction.atomic():
            return CARRIERS[letter.subject].read(peer, letter), ""
    except NoroshiError as error:
        return ArrivalOutcome.REFUSED, error.message or REFUSED
    except Exception:  # isolation point: one bad letter holds up no other
        log.exception("a letter could not be read", extra={"peer": str(peer.pk), "seq": letter.seq})
        return ArrivalOutcome.REFUSED, REFUSED


def _note_success(peer_id: UUID, *, next_in: timedelta) -> None:
    now = clock.now()
    waits = OutboxEntry.objects.filter(peer=peer_id, state=EntryState.WAITING).exists()
    Peer.objects.filter(pk=peer_id).update(
        last_good_at=now,
        failing_since=None,
        last_error="",
        tries=0,
        leased_until=None,
        due_at=now if waits else now + next_in,
    )


@transaction.atomic
def _note_failure(peer_id: UUID, error: str) -> None:
    """Let the peer wait, longer each time; the first failure is an event."""
    row = Peer.objects.select_for_update().get(pk=peer_id)
    now = clock.now()
    if row.failing_since is None:
        row.failing_since = now
        ledger.record(Actor.system("federation"), "federation.peer.failing", row)
    row.last_error, row.tries, row.leased_until = error, row.tries + 1, None
    row.due_at = stream.next_try(row.tries, now)
    row.save(update_fields=["failing_since", "last_error", "tries", "leased_until", "due_at"])


@transaction.atomic
def forget_old_entries() -> int:
    """Delete what is long over: entries that were settled, what came in, and numbers that cannot come again."""
    before = clock.now() - KEPT
    nonces = UsedNonce.objects.filter(at__lt=clock.now() - 3 * signatures.SKEW).delete()[0]
    gone = OutboxEntry.objects.filter(created_at__lt=before).exclude(state=EntryState.WAITING).delete()[0]
    return nonces + gone + InboxEntry.objects.filter(at__lt=before).delete()[0]
