"""Who is told that new records name what an organisation watches, and what a notice says of them."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.models import WatchHit
from noroshi.advisories.queries import found_together
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.members.queries import active_people, actors_of
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, describes, presents

SUBJECT: Final = "advisories.watchhit"


@presents(SUBJECT)
def present_hits(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say what names a watched word, and how much else was found with it, to who sees it; a mail says neither."""
    if actor.channel is Channel.MAIL_CONTENT:
        return {}  # which words they are tells what the organisation runs
    rows = list(WatchHit.objects.visible_to(actor).filter(pk__in=ids))
    numbers = found_together(actor, {row.found_at for row in rows})
    return {row.pk: _presentation(row, numbers[row.found_at]) for row in rows}


def _presentation(row: WatchHit, number: int) -> Presentation:
    sentence = _("%(words)s: %(title)s") if number == 1 else _("%(words)s: %(title)s and %(others)d more")
    said = {"words": " · ".join(row.words), "title": row.title, "others": number - 1}
    url = reverse("advisories:watch-hit", args=[row.pk]) if number == 1 else reverse("advisories:watch-hits")
    return Presentation(sentence % said, url, TLP.AMBER)


@describes(SUBJECT)
def describe_hits(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by."""
    rows = WatchHit.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    return {row.pk: Topic(text="\n".join([row.title, *row.words])) for row in rows.filter(pk__in=ids)}


@ledger.subscribe("advisories.tell-of-watched-words", "advisories.hits.found")
def tell_of_hits(entry: LedgerEntry) -> None:
    """Tell the people of the organisation who see what it watches, and nobody else."""
    if entry.subject_id is None:
        return
    rows = WatchHit.objects.unrestricted(reason="whose people are told is chosen next")
    row = rows.filter(pk=entry.subject_id).first()
    if row is not None:
        post_notices(
            people=_readers(row.organisation_id),
            kind=NoticeKind.WATCHED,
            subject=SUBJECT,
            subject_id=row.pk,
            event=entry,
            world=entry.world,
            count=entry.payload["new"],
        )


def _readers(organisation: UUID) -> list[Person]:
    people = list(active_people().filter(organisation=organisation).order_by("pk"))
    readers = zip(people, actors_of(people), strict=True)
    return [person for person, actor in readers if policy.may_see_inventories(actor)]
