"""Objects as a file: a bundle of what somebody may take out in bulk, with who took it and when.

It is read a page at a time, and what may leave is asked anew for each: whoever is suspended meanwhile gets no more.
"""

from collections.abc import Iterator
from typing import Any, Final
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotAllowed
from noroshi.intel.actions.readers import look_after
from noroshi.intel.actions.taxii import SIGNAL
from noroshi.intel.domain.stix.writing import SPEC_VERSION, as_bytes, written_moment
from noroshi.intel.queries import EVERYTHING, Delivered, Wanted, collection_for, delivered
from noroshi.kit.http import renewed
from noroshi.notify.presenters import TAXII, tell

PAGE: Final = 1_000


def export_objects(
    actor: Actor, *, collection: str = EVERYTHING, types: frozenset[str] = frozenset()
) -> Iterator[list[bytes]]:
    """Yield a bundle in pieces: its beginning, then the objects of each page, each by itself, then its end.

    The last version of each object, of some types or of all. A statement in it says who took it out and when. Raises
    NotAllowed where the actor may take no more, TooMany where it has taken too much; then no bundle was made.
    """
    count, after = 0, 0
    yield [f'{{"type":"bundle","id":"bundle--{uuid4()}","objects":['.encode() + as_bytes(_watermark(actor))]
    while page := _page(actor, collection, Wanted(types=types), after):
        yield [b",\n" + row.raw for row in page]
        count, after = count + len(page), page[-1].added
    with transaction.atomic():
        ledger.record(actor, "intel.objects.exported", collection=collection, objects=count)
    yield [b"]}\n"]


def _page(actor: Actor, collection: str, wanted: Wanted, after: int) -> list[Delivered]:
    """Return what comes next; whose signals go is noted before they go."""
    taker = renewed(actor).by(Channel.EXPORT)
    if not taker.is_active:
        raise NotAllowed(_("Whoever was taking this file takes part no more."), rule="standing")
    found = delivered(taker, look_after(taker), collection_for(taker, collection), wanted, limit=PAGE, after=after)
    tell(taker, [(SIGNAL, TAXII, number) for number in {row.signal for row in found if row.signal}])
    return found


def _watermark(actor: Actor) -> dict[str, Any]:
    now = written_moment(clock.now())
    return {
        "type": "marking-definition",
        "spec_version": SPEC_VERSION,
        "id": f"marking-definition--{uuid4()}",
        "created": now,
        "definition_type": "statement",
        "definition": {"statement": f"Exported by {actor.label}, {now}"},
    }
