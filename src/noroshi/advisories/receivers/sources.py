"""Who is told that a source is not as it should be, and what a notice says of it."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.urls import reverse

from noroshi.advisories.models import Source
from noroshi.advisories.source_wording import told
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.queries import hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, presents

SUBJECT: Final = "advisories.source"


@presents(SUBJECT)
def present_sources(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Say which source it is and how it is now."""
    rows = Source.objects.visible_to(actor).select_related("state").filter(pk__in=ids)
    return {
        row.pk: Presentation(f"{row.name}: {told(row)}", reverse("advisories:source", args=[row.pk]), TLP.GREEN)
        for row in rows
    }


@ledger.subscribe("advisories.tell-keepers", "advisories.source.ailing")
def tell_keepers(entry: LedgerEntry) -> None:
    """Tell the hub's operators, once for each time that it became so."""
    if entry.subject_id is None:
        return
    operators = hub_operators()
    post_notices(
        people=operators,
        kind=NoticeKind.SOURCE,
        subject=SUBJECT,
        subject_id=entry.subject_id,
        event=entry,
        world=entry.world,
    )
