"""Who is told about a bulletin, and what a notice may say of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.models import Bulletin
from noroshi.advisories.receivers.reviewed import row_of, tell_author, tell_everybody, tell_other_operators, topic_of
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, Shown, describes, presents_to_many

SUBJECT: Final = "advisories.bulletin"


@presents_to_many(SUBJECT)
def present_bulletins(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader title and words of those that it sees; of a withdrawn one, its number and the reason."""
    for actor, bulletins in seen_by_each(actors, Bulletin, ids, "category"):
        yield actor, {row.pk: _presentation(row) for row in bulletins}


def _presentation(row: Bulletin) -> Presentation:
    url = reverse("bulletins:detail", args=[row.pk])
    if row.stage is Stage.WITHDRAWN:
        return Presentation(row.reference, url, TLP(row.tlp), row.withdrawal_reason)
    return Presentation(" ".join(filter(None, (row.reference, row.title))), url, TLP(row.tlp), row.body)


@describes(SUBJECT)
def describe_bulletins(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by."""
    rows = Bulletin.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    return {row.pk: topic_of(row) for row in rows.filter(pk__in=ids).exclude(state=State.WITHDRAWN)}


@ledger.subscribe("advisories.tell-readers", "advisories.bulletin.published", "advisories.bulletin.withdrawn")
def tell_readers(entry: LedgerEntry) -> None:
    """Tell everybody whom it reaches, and whom the versions before it reached, that it is out or does not hold."""
    tell_everybody(entry, row_of(entry, Bulletin), SUBJECT, NoticeKind.BULLETIN)


@ledger.subscribe("advisories.tell-operators", "advisories.bulletin.submitted")
def tell_operators(entry: LedgerEntry) -> None:
    """Tell the hub's other operators that a bulletin waits for review."""
    tell_other_operators(entry, row_of(entry, Bulletin), SUBJECT)


@ledger.subscribe("advisories.tell-author", "advisories.bulletin.returned", "advisories.bulletin.approved")
def tell_writer(entry: LedgerEntry) -> None:
    """Tell the author what another operator did with the draft."""
    tell_author(entry, row_of(entry, Bulletin), SUBJECT)
