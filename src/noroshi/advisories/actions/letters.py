"""What could not be read, read again: as it is, mended by a person, or left alone; and whole answers read again."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy, raw
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.domain.documents import Document, documents
from noroshi.advisories.models import DeadLetter, Fetch, LetterState, Origin, Outcome
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict

LONGEST_EDITED: Final = 256 * 1024
"""Bytes of a document that a person mends in a page."""


def document_of(letter: DeadLetter) -> bytes | None:
    """Return the document of a letter as it was mended, or as it came; None where its bytes are not kept any more."""
    if letter.edited is not None:
        return bytes(letter.edited)
    if not raw.is_kept(letter.fetch.digest):
        return None
    with raw.opened(letter.fetch.digest) as file:
        found = documents(file, letter.source.reads, letter.fetch.address)
        return next((each.body for each in found if each.number == letter.document and not each.refused), None)


def replay_letter(actor: Actor, letter: DeadLetter, *, edited: bytes | None = None) -> Fetch:
    """Read the document of a letter again, mended where `edited` says how; raise Conflict where it still fails.

    What in it can be read is written down even then; what is known already changes nothing.
    """
    policy.require_source_keeper(actor)
    if edited is not None and len(edited) > LONGEST_EDITED:
        raise Conflict(_("It is too large to be mended here."))
    body = edited if edited is not None else document_of(letter)
    if body is None and raw.is_kept(letter.fetch.digest):
        raise Conflict(_("As it came it stays refused: give its text as it should be, or leave it."))
    if body is None:
        raise Conflict(_("What came is not kept any more: mend its text, or leave it."))
    fetch = Fetch.objects.create(
        source=letter.source,
        origin=Origin.LETTER,
        address=letter.fetch.address,
        headers=letter.fetch.headers,
        digest=raw.keep(io.BytesIO(body)),
        size=len(body),
    )
    read_fetch(fetch, [Document(1, letter.name, body)])
    _decide(actor, letter, fetch, edited)
    if fetch.refused:
        raise Conflict(_("It still cannot be read; what you mended is kept."))
    return fetch


@transaction.atomic
def _decide(actor: Actor, letter: DeadLetter, fetch: Fetch, edited: bytes | None) -> None:
    row = DeadLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    row.edited = edited if edited is not None else row.edited
    if not fetch.refused:
        row.state, row.decided_by_id, row.decided_at = LetterState.REPLAYED, actor.person, clock.now()
    row.save()
    ledger.record(actor, "advisories.letter.replayed", row, refused=fetch.refused)


@transaction.atomic
def ignore_letter(actor: Actor, letter: DeadLetter) -> None:
    """Leave it as it is."""
    policy.require_source_keeper(actor)
    row = DeadLetter.objects.select_for_update(of=("self",)).get(pk=letter.pk)
    row.state, row.decided_by_id, row.decided_at = LetterState.IGNORED, actor.person, clock.now()
    row.save(update_fields=["state", "decided_by", "decided_at"])
    ledger.record(actor, "advisories.letter.ignored", row)


def replay_fetch(actor: Actor, fetch: Fetch) -> Fetch:
    """Read again what a fetch brought, as it was kept: after its reader was mended, or though it had been set aside."""
    policy.require_source_keeper(actor)
    with _kept(fetch) as found:
        again = Fetch.objects.create(
            source=fetch.source,
            origin=Origin.REPLAY,
            address=fetch.address,
            headers=fetch.headers,
            digest=fetch.digest,
            size=fetch.size,
        )
        read_fetch(again, found)
    with transaction.atomic():
        ledger.record(actor, "advisories.fetch.replayed", again, new=again.new, changed=again.changed)
        if fetch.outcome == Outcome.READING:
            Fetch.objects.filter(pk=fetch.pk).update(outcome=Outcome.GOOD)
    return again


@contextmanager
def _kept(fetch: Fetch) -> Iterator[Iterator[Document]]:
    if not raw.is_kept(fetch.digest):
        raise Conflict(_("What came is not kept any more."))
    with raw.opened(fetch.digest) as file:
        yield documents(file, fetch.source.reads, fetch.address)
