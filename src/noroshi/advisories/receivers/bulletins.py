"""Who is told about a bulletin, and what a notice may say of it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.models import Bulletin
from noroshi.advisories.queries import everybody_who_had
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.members.queries import active_people, hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, describes, presents

SUBJECT: Final = "advisories.bulletin"


@presents(SUBJECT)
def present_bulletins(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say title and words of those that the reader sees; of a withdrawn one, its number and the reason."""
    rows = Bulletin.objects.visible_to(actor).select_related("category").filter(pk__in=ids)
    return {row.pk: _presentation(row) for row in rows}


def _presentation(row: Bulletin) -> Presentation:
    url = reverse("bulletins:detail", args=[row.pk])
    if row.stage is Stage.WITHDRAWN:
        return Presentation(row.reference, url, TLP(row.tlp), row.withdrawal_reason)
    return Presentation(" ".join(filter(None, (row.reference, row.title))), url, TLP(row.tlp), row.body)


@describes(SUBJECT)
def describe_bulletins(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by."""
    rows = Bulletin.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    return {row.pk: Topic(text=_all_words(row)) for row in rows.filter(pk__in=ids).exclude(state=State.WITHDRAWN)}


def _all_words(row: Bulletin) -> str:
    return "\n".join([row.title_ja, row.title_en, row.body_ja, row.body_en, *row.names])


@ledger.subscribe("advisories.tell-readers", "advisories.bulletin.published", "advisories.bulletin.withdrawn")
def tell_readers(entry: LedgerEntry) -> None:
    """Tell everybody whom it reaches, and whom the versions before it reached, that it is out or does not hold."""
    row = _bulletin_of(entry)
    if row is not None:
        gone = entry.action == "advisories.bulletin.withdrawn"
        _post(entry, row, NoticeKind.WITHDRAWN if gone else NoticeKind.BULLETIN, everybody_who_had(row))


@ledger.subscribe("advisories.tell-operators", "advisories.bulletin.submitted")
def tell_operators(entry: LedgerEntry) -> None:
    """Tell the hub's other operators that a bulletin waits for review."""
    row = _bulletin_of(entry)
    if row is not None and row.state == State.HELD:
        _post(entry, row, NoticeKind.RELEASE, [each for each in hub_operators() if each.pk != row.author_id])


@ledger.subscribe("advisories.tell-author", "advisories.bulletin.returned", "advisories.bulletin.approved")
def tell_author(entry: LedgerEntry) -> None:
    """Tell the author what another operator did with the draft."""
    row = _bulletin_of(entry)
    if row is not None and row.author_id is not None and entry.person != row.author_id:
        _post(entry, row, NoticeKind.RELEASE, active_people().filter(pk=row.author_id))


def _post(entry: LedgerEntry, row: Bulletin, kind: NoticeKind, people: Iterable[Person]) -> None:
    post_notices(people=people, kind=kind, subject=SUBJECT, subject_id=row.pk, event=entry, world=entry.world)


def _bulletin_of(entry: LedgerEntry) -> Bulletin | None:
    if entry.subject_id is None:
        return None
    rows = Bulletin.objects.unrestricted(reason="the policy chooses the readers next")
    return rows.select_related("category").filter(pk=entry.subject_id).first()
