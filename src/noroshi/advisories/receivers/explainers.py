"""Who is told about an explainer, and what a notice may say of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.models import Explainer
from noroshi.advisories.receivers.reviewed import (
    row_of,
    tell_author,
    tell_everybody,
    tell_other_operators,
    topic_of,
)
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, Shown, describes, presents_to_many

SUBJECT: Final = "advisories.explainer"


@presents_to_many(SUBJECT)
def present_explainers(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader title and summary of those that it sees; of a withdrawn one the reason."""
    for actor, explainers in seen_by_each(actors, Explainer, ids):
        yield actor, {row.pk: _presentation(row) for row in explainers}


def _presentation(row: Explainer) -> Presentation:
    url = reverse("explainers:detail", args=[row.pk])
    if row.stage is Stage.WITHDRAWN:
        return Presentation(_("A withdrawn explainer"), url, TLP(row.tlp), row.withdrawal_reason)
    return Presentation(row.title, url, TLP(row.tlp), row.summary)


@describes(SUBJECT)
def describe_explainers(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by."""
    rows = Explainer.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    return {row.pk: topic_of(row) for row in rows.filter(pk__in=ids).exclude(state=State.WITHDRAWN)}


@ledger.subscribe(
    "advisories.tell-readers-of-explainers", "advisories.explainer.published", "advisories.explainer.withdrawn"
)
def tell_readers(entry: LedgerEntry) -> None:
    """Tell everybody whom it reaches, and whom the versions before it reached, that it is out or does not hold."""
    tell_everybody(entry, row_of(entry, Explainer), SUBJECT, NoticeKind.EXPLAINER)


@ledger.subscribe("advisories.tell-reviewers-of-explainers", "advisories.explainer.submitted")
def tell_reviewers(entry: LedgerEntry) -> None:
    """Tell the hub's other operators that an explainer waits for review."""
    tell_other_operators(entry, row_of(entry, Explainer), SUBJECT)


@ledger.subscribe(
    "advisories.tell-writer-of-explainer", "advisories.explainer.returned", "advisories.explainer.remarked"
)
def tell_writer(entry: LedgerEntry) -> None:
    """Tell who wrote it that another handed it back, or said something about it."""
    tell_author(entry, row_of(entry, Explainer), SUBJECT)
