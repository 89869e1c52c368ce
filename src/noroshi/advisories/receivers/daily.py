"""Who is told that a daily sheet is out, and what a notice says of it."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.advisories.daily_wording import as_text
from noroshi.advisories.models import Sheet
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.core.policy import seen_by_each
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, Shown, describes, presents_to_many
from noroshi.sharing.queries import people_who_see

SUBJECT: Final = "advisories.sheet"
LONGEST: Final = 3_800
"""Of the text of a mail, which has room for little more: the gravest stands first."""


@presents_to_many(SUBJECT)
def present_sheets(actors: Iterable[Actor], ids: Collection[UUID]) -> Iterator[tuple[Actor, Shown]]:
    """Yield to each reader, of those sheets that it sees, all that stands on them."""
    written = cache(_presentation)  # the same for all who read them, and long
    for actor, sheets in seen_by_each(actors, Sheet, ids):
        yield actor, {row.pk: written(row) for row in sheets}


def _presentation(row: Sheet) -> Presentation:
    text = as_text(row.frozen)
    if len(text) > LONGEST:
        kept = text[:LONGEST].rpartition("\n")[0]
        text = "\n".join([kept, "", _("The rest stands on the page.")])
    url = reverse("advisories:sheet", args=[row.pk])
    return Presentation(row.reference, url, TLP(row.tlp), text, stands_alone=True)


@describes(SUBJECT)
def describe_sheets(ids: Collection[UUID]) -> Mapping[UUID, Topic]:
    """Return what people choose mail by."""
    rows = Sheet.objects.unrestricted(reason="what a notice is about, held against what its reader asked for")
    return {row.pk: Topic(text=as_text(row.frozen)) for row in rows.filter(pk__in=ids)}


@ledger.subscribe("advisories.tell-readers-of-sheets", "advisories.sheet.issued")
def tell_readers(entry: LedgerEntry) -> None:
    """Tell everybody whom it reaches that it is out."""
    if entry.subject_id is None:
        return
    rows = Sheet.objects.unrestricted(reason="the policy chooses the readers next")
    row = rows.filter(pk=entry.subject_id).first()
    if row is not None:
        post_notices(
            people=people_who_see(row.as_item()),
            kind=NoticeKind.SHEET,
            subject=SUBJECT,
            subject_id=row.pk,
            event=entry,
            world=entry.world,
        )
