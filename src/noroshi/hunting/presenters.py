"""How a notice about hits reads to the person it was sent to."""

from collections import Counter
from collections.abc import Collection
from uuid import UUID

from django.urls import reverse
from django.utils.translation import ngettext

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.hunting import queries, rule_wording
from noroshi.hunting.models import Detection, DetectionLevel
from noroshi.notify.presenters import Presentation, presents
from noroshi.sharing.models import Signal


@presents("hunting.hunt")
def present_hunts(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Presentation]:
    """Return what `actor` may read about the hits of hunts that signals have started."""
    hits = queries.shared_hits_for(actor).filter(hunt__in=ids)
    found: Counter[UUID] = Counter()
    signals: dict[UUID, Signal] = {}
    for hunt_id, signal in ((hit.hunt_id, hit.hunt.signal) for hit in hits):
        if signal is not None:
            found[hunt_id] += 1
            signals[hunt_id] = signal
    return {hunt_id: _presentation(signal, found[hunt_id]) for hunt_id, signal in signals.items()}


def _presentation(signal: Signal, values: int) -> Presentation:
    sentence = ngettext(
        "%(number)d value of “%(title)s” is in your logs",
        "%(number)d values of “%(title)s” are in your logs",
        values,
    )
    return Presentation(
        title=sentence % {"number": values, "title": signal.title},
        url=reverse("hunting:signal", args=[signal.pk]),
        tlp=TLP(signal.tlp),
    )


@presents("hunting.detectionrun")
def present_runs(actor: Actor, ids: Collection[UUID]) -> dict[UUID, Presentation]:
    """Return what `actor` may read about the detections of runs."""
    rows = Detection.objects.visible_to(actor).filter(run__in=ids, level__gt=DetectionLevel.INFORMATIONAL)
    found: dict[UUID, list[Detection]] = {}
    for row in rows.order_by("-level", "first_seen", "pk"):
        found.setdefault(row.run_id, []).append(row)
    return {run_id: _presented(run_id, detections) for run_id, detections in found.items()}


def _presented(run_id: UUID, detections: list[Detection]) -> Presentation:
    sentence = ngettext(
        "In your logs: %(title)s",
        "In your logs: %(title)s and %(others)d more",
        len(detections),
    )
    title = rule_wording.text(detections[0].title)
    return Presentation(
        title=sentence % {"title": title, "others": len(detections) - 1},
        url=f"{reverse('hunting:detections')}?run={run_id}",
        tlp=TLP.AMBER,
    )
