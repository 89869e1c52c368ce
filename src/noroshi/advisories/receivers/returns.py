"""Who is told that the mailbox of returned mail is not read, and what a notice says of it."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.advisories.actions import box_facts
from noroshi.advisories.models import ReturnBox
from noroshi.advisories.source_wording import told_by
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.queries import hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, presents

SUBJECT: Final = "advisories.return_box"


@presents(SUBJECT)
def present_return_box(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say how the mailbox is now."""
    rows = ReturnBox.objects.visible_to(actor).filter(pk__in=ids)
    name, page = _("Mailbox for returned mail"), reverse("magazine:returned")
    return {row.pk: Presentation(f"{name}: {told_by(box_facts(row))}", page, TLP.GREEN) for row in rows}


@ledger.subscribe("advisories.tell-list-keepers", "advisories.return_box.ailing")
def tell_list_keepers(entry: LedgerEntry) -> None:
    """Tell the hub's operators, once for each time that it became so."""
    if entry.subject_id is None:
        return
    post_notices(
        people=hub_operators(),
        kind=NoticeKind.SOURCE,
        subject=SUBJECT,
        subject_id=entry.subject_id,
        event=entry,
        world=entry.world,
    )
