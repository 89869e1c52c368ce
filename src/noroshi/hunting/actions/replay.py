"""Reading a quarantine again, after its source's mapping or a reader has changed."""

from django.conf import settings
from django.db import transaction

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.hunting import policy, queries
from noroshi.hunting.engine import LakeError, Reading, Replayed
from noroshi.hunting.lake import open_lake
from noroshi.hunting.wording import in_words
from noroshi.members.models import Organisation


@transaction.atomic
def ask_for_replay(actor: Actor, *, source: str) -> None:
    """Ask for the quarantine of an own source to be read again."""
    organisation = Organisation.objects.get(pk=policy.require_hunter(actor))
    ledger.record(actor, "hunting.replay.requested", organisation, source=source)


def replay_quarantine(
    actor: Actor, *, organisation: Organisation, source: str, reading: Reading | None = None
) -> Replayed:
    """Read a source's quarantine again; each line that becomes an event leaves it. Who may is the caller's to know.

    `reading` is what the organisation has said of the source, unless it is given. Raises InvalidInput for a bad name,
    mapping, format or time zone, and while the disk is in the way.
    """
    reading = reading or queries.reading_of(organisation, source)
    zone = reading.timezone or settings.TIME_ZONE
    try:
        replayed = open_lake().replay(
            organisation.slug, source, mapping=reading.mapping, timezone=zone, format=reading.format
        )
    except LakeError as error:
        raise InvalidInput("source", in_words(str(error))) from error
    with transaction.atomic():
        ledger.record(
            actor,
            "hunting.quarantine.replayed",
            organisation,
            source=source,
            events=replayed.events,
            left=replayed.left,
        )
    return replayed
