"""What is written when TAXII 2.1 is spoken: what became of what was sent, who got what, and when somebody asked."""

from collections.abc import Collection
from datetime import timedelta
from typing import IO, Final
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import F
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.intel.actions.receiving import Outcome, receive
from noroshi.intel.domain.stix.header import since_1970
from noroshi.intel.domain.taxii import moments, resources
from noroshi.intel.domain.taxii.resources import Detail, Status
from noroshi.intel.models import Poll, PostStatus
from noroshi.members.actions.meters import count
from noroshi.members.domain.meters import Measure
from noroshi.notify.presenters import TAXII, tell

MOST_TOLD: Final = 20_000
"""Objects that a status tells of one by one; of more it has the numbers alone, as the standard allows (4.3.1)."""

KEPT: Final = timedelta(days=2)
"""How long a status can be asked for; the standard wants a day (4.3)."""

NOTED_EVERY: Final = timedelta(minutes=1)
SIGNAL: Final = "sharing.signal"


class _Details:
    """What became of each object that was sent, as far as it is told."""

    def __init__(self) -> None:
        self.taken: list[Detail] = []
        self.refused: list[Detail] = []
        self.is_any_named = False
        self.first_reason = ""

    def hear(self, outcome: Outcome) -> None:
        """Keep what became of one object."""
        self.is_any_named = self.is_any_named or bool(outcome.stix_id)
        self.first_reason = self.first_reason or outcome.reason
        told = self.refused if outcome.reason else self.taken
        if len(told) <= MOST_TOLD:
            version = outcome.version or resources.UNVERSIONED
            told.append(Detail(outcome.stix_id or f"#{outcome.place}", version, outcome.reason))


def add_objects(actor: Actor, stream: IO[bytes]) -> bytes:
    """Take in an envelope and return its status (5.5).

    Raises InvalidInput where nothing in it is an object that has a name: then nobody could say what was refused.
    """
    asked_at = clock.now()
    details = _Details()
    tally = receive(actor, stream, label=actor.label, tell=details.hear, most=settings.TAXII_LIMIT)
    if not details.is_any_named:
        raise InvalidInput("objects", details.first_reason or _("There is no object in the envelope."))
    number = uuid4()
    body = resources.status(
        Status(
            id=number,
            status="complete",
            request_timestamp=moments.written(since_1970(asked_at)),
            total_count=tally.accepted + tally.refused,
            success_count=tally.accepted,
            failure_count=tally.refused,
            pending_count=0,
            successes=_told(details.taken),
            failures=_told(details.refused),
        )
    )
    PostStatus.everything.create(
        pk=number, organisation_id=actor.acting_organisation, world=actor.world, at=asked_at, body=body
    )
    return body


def _told(details: list[Detail]) -> list[Detail]:
    return details if len(details) <= MOST_TOLD else []


def note_page(actor: Actor) -> None:
    """Count that the actor turns another page; raise TooMany where it turns too many."""
    if (refusal := count(actor, Measure.PAGING)) is not None:
        raise refusal


def note_delivery(actor: Actor, collection: UUID, *, given: int, signals: Collection[UUID]) -> None:
    """Note that objects go to whoever polls: of whose signals, and how many. Raise TooMany where nothing may go."""
    tell(actor, [(SIGNAL, TAXII, number) for number in signals])
    if actor.token is not None:
        _note_poll(actor.token, collection, given)


def _note_poll(token: UUID, collection: UUID, given: int) -> None:
    """Note it at once where something was given; of polls that bring nothing one a minute."""
    now = clock.now()
    known = Poll.objects.filter(token=token, collection=collection)
    if not given and known.filter(last_at__gt=now - NOTED_EVERY).exists():
        return
    if not known.update(last_at=now, objects_given=F("objects_given") + given):
        first = Poll(token_id=token, collection=collection, last_at=now, objects_given=given)
        Poll.objects.bulk_create([first], ignore_conflicts=True)  # two first polls at once are one


def forget_statuses() -> int:
    """Forget what became of what was sent long ago; return how many answers."""
    return PostStatus.everything.filter(at__lt=clock.now() - KEPT).delete()[0]
