"""Telling somebody that their mail became a draft."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.queries import active_people
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, presents
from noroshi.sharing.models import Signal
from noroshi.sharing.receivers.signals import signal_of

MAILED: Final = "sharing.mailed"


@presents(MAILED)
def present_mailed(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say that a mail became a draft, to its author; what it says stands in no mail, and in no subject."""
    title = _("Your mail became a draft. Look it over: nobody sees it before you send it.")
    own = Signal.objects.visible_to(actor.by(Channel.WEB)).filter(pk__in=ids, author=actor.person, state=State.DRAFT)
    return {
        signal.pk: Presentation(title, reverse("sharing:edit", args=[signal.pk]), TLP(signal.tlp), is_private=True)
        for signal in own
    }


@ledger.subscribe("sharing.tell-mailer", "sharing.mail.taken")
def tell_mailer(entry: LedgerEntry) -> None:
    """Tell whoever mailed it; a draft that is gone already is told of to nobody."""
    signal = signal_of(entry)
    if signal is not None and signal.author_id is not None:
        post_notices(
            people=active_people().filter(pk=signal.author_id),
            kind=NoticeKind.MAILED,
            subject=MAILED,
            subject_id=signal.pk,
            event=entry,
            world=entry.world,
        )
