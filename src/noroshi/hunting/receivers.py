"""Events that the hunting room answers: a signal goes out, so look back; something was found, so tell its owner."""

from uuid import UUID

from noroshi.core.ledger import subscribe
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.models import Hunt
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind


@subscribe("hunting.look-back", "sharing.signal.published", "sharing.signal.amended", "sharing.signal.lowered")
def look_back_for_signal(entry: LedgerEntry) -> None:
    """Ask for the hunt of what a signal says now."""
    if entry.subject_id is not None:
        actions.look_back_for(entry.subject_id, entry.payload["version"], entry.world)


@subscribe("hunting.tell-of-hits", "hunting.hit.found")
def tell_of_hits(entry: LedgerEntry) -> None:
    """Tell the people of the organisation who may see the hits, and nobody else."""
    hunt = Hunt.objects.unrestricted(reason="whom its hits concern").get(pk=UUID(entry.payload["hunt"]))
    post_notices(
        people=queries.people_to_tell(hunt, UUID(entry.payload["organisation"])),
        kind=NoticeKind.HIT,
        subject="hunting.hunt",
        subject_id=hunt.pk,
        event=entry,
        world=entry.world,
        count=entry.payload["hits"],
    )


@subscribe("hunting.tell-of-detections", "hunting.detection.made")
def tell_of_detections(entry: LedgerEntry) -> None:
    """Tell the people of the organisation: of what is grave like of a hit, of the rest as they want to hear of it."""
    people = queries.people_of(UUID(entry.payload["organisation"]))
    for kind, number in ((NoticeKind.HIT, "grave"), (NoticeKind.DETECTION, "other")):
        if entry.payload[number]:
            post_notices(
                people=people,
                kind=kind,
                subject="hunting.detectionrun",
                subject_id=UUID(entry.payload["run"]),
                event=entry,
                world=entry.world,
                count=entry.payload[number],
            )
