"""Signals given out as events of MISP, through the policy at each request, and noted as read."""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.intel.domain.misp import writing
from noroshi.intel.domain.misp.writing import Outgoing
from noroshi.sharing.actions.receipts import note_read
from noroshi.sharing.queries import misp as queries

Said = tuple[str, bytes | None]
"""The tag of an answer, and the answer; None where the caller has it already."""


def fetch_manifest(actor: Actor, collection: str, *, known_tags: Sequence[str] = ()) -> Said:
    """Return the list of a collection's events as MISP's feeds have it (`manifest.json`)."""
    return _fetch(actor, collection, known_tags, lambda events: writing.written(writing.manifest(events)))


def fetch_hashes(actor: Actor, collection: str, *, known_tags: Sequence[str] = ()) -> Said:
    """Return the digests of a collection's values (`hashes.csv`)."""
    return _fetch(actor, collection, known_tags, writing.hashes)


def fetch_event(actor: Actor, collection: str, number: UUID, *, known_tags: Sequence[str] = ()) -> Said:
    """Return one event of a collection; of one that was withdrawn after the actor got it, that it was."""
    event = queries.event_for(actor, collection, number)
    return _said(actor, collection, [event], writing.written(writing.event(event)), known_tags)


def export_feed(actor: Actor, collection: str) -> Iterator[tuple[str, bytes]]:
    """Yield the files of a collection's feed by name, the list last: what reads along finds nothing that is missing."""
    events = queries.events_for(actor, collection)
    note_read(actor, queries.signals_among(actor, collection, events))
    for event in events:
        yield f"{event.uuid}.json", writing.written(writing.event(event))
    yield "hashes.csv", writing.hashes(events)
    yield "manifest.json", writing.written(writing.manifest(events))


def _fetch(
    actor: Actor, collection: str, known_tags: Sequence[str], write: Callable[[Iterable[Outgoing]], bytes]
) -> Said:
    events = queries.events_for(actor, collection)
    return _said(actor, collection, events, write(events), known_tags)


def _said(actor: Actor, collection: str, events: Iterable[Outgoing], body: bytes, known_tags: Sequence[str]) -> Said:
    """Note who gets it, unless it has it: the tag is of what is said, and of nothing else."""
    tag = hashlib.sha256(body).hexdigest()
    if tag in known_tags:
        return tag, None
    note_read(actor, queries.signals_among(actor, collection, events))
    return tag, body
