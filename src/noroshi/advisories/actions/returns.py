"""The mailbox to which mail of the magazine comes back: named by operators, read by the worker, looked at only."""

import logging
import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from ipaddress import ip_network
from typing import Final

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import DatabaseError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from noroshi.advisories import imap, policy
from noroshi.advisories.actions.bounces import Returned, Taken, take_bounce
from noroshi.advisories.actions.mailboxes import check_mailbox
from noroshi.advisories.domain.bounces import MOST_BYTES, digest_of, head_of
from noroshi.advisories.domain.health import ALARMING, FAILING_FROM, Facts, Health, Verdict, verdict_on
from noroshi.advisories.domain.pace import pause_after
from noroshi.advisories.imap import Place
from noroshi.advisories.models import Fate, ReturnBox, ReturnedLetter
from noroshi.advisories.reach import reach_of_mailbox
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, NotFound
from noroshi.kit.outbound import OutboundFailed, OutboundRefused
from noroshi.kit.sealing import opened, sealed

log = logging.getLogger(__name__)

PURPOSE: Final = "advisories.return_box"
LEASE: Final = timedelta(minutes=15)
"""For how long nobody else reads the mailbox; a worker that was killed leaves it to the next one then."""


@dataclass(frozen=True)
class ReturnBoxSaid:
    """What a person says of the mailbox. An empty `secret` leaves the one that is known."""

    url: str
    minutes: int = 5
    ports: Sequence[int] = ()
    networks: Sequence[str] = ()
    secret: str = ""


@transaction.atomic
def keep_return_box(actor: Actor, said: ReturnBoxSaid) -> ReturnBox:
    """Name the mailbox, or say something else of it. Nothing is read there before it is switched on."""
    policy.require_list_keeper(actor)
    check_mailbox(said.url, said.ports, said.networks)
    row = ReturnBox.everything.select_for_update().first() or ReturnBox()
    if said.url != row.url:
        row.secret, row.place = "", {}  # the password goes to the server alone for which it was given
    if said.secret:
        row.secret = sealed(PURPOSE, said.secret.encode())
    row.url, row.minutes, row.ports, row.networks = said.url, said.minutes, list(said.ports), list(said.networks)
    row.due_at, row.failures, row.failing_since, row.trouble = clock.now(), 0, None, ""
    row.save()
    ledger.record(actor, "advisories.return_box.kept", row, url=row.url)
    return row


@transaction.atomic
def switch_return_box(actor: Actor, *, on: bool) -> None:
    """Read the mailbox from now on, or no more."""
    policy.require_list_keeper(actor)
    row = _locked()
    row.enabled, row.due_at, row.since = on, clock.now(), clock.now()
    row.failures, row.failing_since, row.trouble = 0, None, ""
    tell_of_box(row)
    row.save()
    ledger.record(actor, "advisories.return_box.switched", row, enabled=on)


@transaction.atomic
def read_box_soon(actor: Actor) -> None:
    """Have the mailbox read with the next round."""
    policy.require_list_keeper(actor)
    row = _locked()
    if not row.enabled:
        raise Conflict(_("It is switched off."))
    row.due_at = clock.now()
    row.save(update_fields=["due_at"])


def _locked() -> ReturnBox:
    row = ReturnBox.everything.select_for_update().first()
    if row is None:
        raise NotFound
    return row


def is_box_due() -> bool:
    """Whether the mailbox is switched on, and it is time to read it."""
    return ReturnBox.everything.filter(_free(), due_at__lte=clock.now()).exists()


def box_trouble() -> str:
    """Return why the mailbox was not read the last time; nothing where it was."""
    return ReturnBox.everything.values_list("trouble", flat=True).first() or ""


def _free() -> Q:
    return Q(enabled=True) & (Q(leased_until=None) | Q(leased_until__lte=clock.now()))


def handed_out_box(*, due: bool = True) -> ReturnBox | None:
    """Return the mailbox to one caller, where it is switched on and is due, or whether due or not."""
    now = clock.now()
    rows = ReturnBox.everything.filter(_free())
    if due:
        rows = rows.filter(due_at__lte=now)
    taken = rows.update(leased_until=now + LEASE)
    return ReturnBox.everything.first() if taken else None


def read_return_box(box: ReturnBox) -> Returned:
    """Count the letters behind the place that the mailbox was read to; each with that place in one transaction.

    Raises nothing for what the server does: how it went is written down, and when it is read again.
    """
    total, trouble, is_final = Returned(), "", False
    try:
        _read(box, total)
    except OutboundRefused as refusal:
        trouble, is_final = refusal.message, True
    except OutboundFailed as error:
        trouble = error.message
    _ended(box, trouble, is_final=is_final, news=total.new)
    return total


def _read(box: ReturnBox, total: Returned) -> None:
    reach = reach_of_mailbox(box.ports, map(ip_network, box.networks))
    with imap.signed_in(box.url, _key(box), reach, imap.MOST_MESSAGES * MOST_BYTES) as (folder, mailbox):
        here, uids, more = folder.behind(mailbox.quoted, Place.of(box.place))
        for uid in uids:
            raw = folder.message(uid, MOST_BYTES)
            taken = _take(box, Place(here.validity, uid, more or uid != uids[-1]), raw)
            if taken is not None:
                total.add(taken)


def _key(box: ReturnBox) -> str:
    try:
        return opened(PURPOSE, box.secret).decode() if box.secret else ""
    except InvalidToken as error:
        raise OutboundFailed(_("The password cannot be read: give it again.")) from error


@transaction.atomic
def _take(box: ReturnBox, reached: Place, raw: bytes | None) -> Taken | None:
    """Count one letter; whoever is killed here has counted it and written the place down, or neither."""
    now = clock.now()
    rows = ReturnBox.everything.filter(pk=box.pk, url=box.url)  # a person may have named another one meanwhile
    rows.update(place=asdict(reached), leased_until=now + LEASE)
    if raw is None:  # it was taken away meanwhile
        return None
    digest = digest_of(raw)
    if ReturnedLetter.everything.filter(digest=digest).exists():
        return Taken(Fate.KNOWN)
    taken, head = _counted(raw), head_of(raw)
    ReturnedLetter.everything.create(
        digest=digest,
        sender=head.sender,
        subject=head.subject,
        fate=taken.fate,
        detail=taken.detail,
        delivery=taken.delivery,
    )
    return taken


def _counted(raw: bytes) -> Taken:
    try:
        with transaction.atomic():
            return take_bounce(Actor.system("magazine"), raw)
    except DatabaseError:
        raise  # it is not about the letter, which is read again
    except Exception:  # isolation point: one letter that breaks something leaves the others to be read
        log.exception("a returned letter could not be read")
        return Taken(Fate.BROKEN)


@transaction.atomic
def _ended(box: ReturnBox, trouble: str, *, is_final: bool, news: bool) -> None:
    """Write down how it went and when the mailbox is read again; what `is_final` asking again would not change."""
    row = ReturnBox.everything.select_for_update().get(pk=box.pk)
    now, every = clock.now(), timedelta(minutes=row.minutes)
    row.trouble, row.leased_until = trouble[:300], None
    if news:
        row.new_at = now
    if trouble:
        row.failures = max(row.failures + 1, FAILING_FROM if is_final else 0)
        row.failing_since = row.failing_since or now
        row.due_at = now + pause_after(row.failures, every, random.random())  # noqa: S311 - no secret
    else:
        row.failures, row.failing_since, row.checked_at = 0, None, now
        row.due_at = now if Place.of(row.place).more else now + every
    tell_of_box(row)
    row.save()


def box_facts(box: ReturnBox) -> Facts:
    """Return what is known of how the mailbox is."""
    return Facts(
        enabled=box.enabled,
        since=box.since,
        every=timedelta(minutes=box.minutes),
        checked_at=box.checked_at,
        new_at=box.new_at,
        failures=box.failures,
        failing_since=box.failing_since,
    )


def box_verdict(box: ReturnBox) -> Verdict:
    """Say how the mailbox is now."""
    return verdict_on(box_facts(box), clock.now())


def tell_of_box(row: ReturnBox) -> bool:
    """Set how the mailbox is, and write into the ledger if that changed to something that a person is told of.

    Within the caller's transaction, who saves the row. Returns whether it changed.
    """
    health = box_verdict(row).health
    if health == row.health:
        return False
    was, row.health = Health(row.health), health.value
    actor = Actor.system("magazine")
    if health in ALARMING:
        ledger.record(actor, "advisories.return_box.ailing", row, health=health.value)
    elif was in ALARMING:
        ledger.record(actor, "advisories.return_box.recovered", row, health=health.value)
    return True


@transaction.atomic
def look_after_return_box() -> None:
    """Look how the mailbox is now that time has passed."""
    row = ReturnBox.everything.select_for_update().first()
    if row is not None and tell_of_box(row):
        row.save(update_fields=["health"])


def forget_returned_letters() -> int:
    """Forget which letters were read long ago; what was counted stays with its mail. Return how many."""
    before = clock.now() - timedelta(days=settings.ADVISORY_DAYS)
    return ReturnedLetter.everything.filter(at__lt=before).delete()[0]
