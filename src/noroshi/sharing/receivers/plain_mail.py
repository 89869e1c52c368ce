"""Telling people that their organisation chose them to read signals in plain words."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.queries import active_people
from noroshi.notify.actions import post_notices
from noroshi.notify.models import Notice, NoticeKind
from noroshi.notify.presenters import Presentation, presents
from noroshi.sharing.queries import plain_readers

CHOSEN: Final = "sharing.plain_mail"


@presents(CHOSEN)
def present_choice(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say what comes from now on and whom to call, as long as that holds."""
    reader = plain_readers({actor.person}).get(actor.person) if actor.person else None
    if reader is None or actor.organisation is None or actor.organisation not in ids:
        return {}
    title = _("You get signals in plain words from now on.")
    text = _(
        "Your organisation has chosen you to read signals in plain words: what happened, what to do today, by when, and"
        " whom to call. They come by mail in the place of the usual text."
    )
    call = _("To call: %(contact)s") % {"contact": reader.contact} if reader.contact else ""
    whole = "\n\n".join(filter(None, (text, call)))
    return {actor.organisation: Presentation(title, reverse("sharing:list"), TLP.CLEAR, whole, stands_alone=True)}


@ledger.subscribe("sharing.tell-plain-readers", "sharing.plain_mail.chosen")
def tell_chosen(entry: LedgerEntry) -> None:
    """Tell those who were never told before."""
    if entry.subject_id is None:
        return
    people = {UUID(number) for number in entry.payload["people"]}
    before = Notice.objects.unrestricted(reason="who was told before").filter(kind=NoticeKind.PLAIN, person__in=people)
    fresh = people - set(before.exclude(event=entry.pk).values_list("person_id", flat=True))
    post_notices(
        people=active_people().filter(pk__in=fresh & plain_readers(people).keys()),
        kind=NoticeKind.PLAIN,
        subject=CHOSEN,
        subject_id=entry.subject_id,
        event=entry,
        world=entry.world,
    )
