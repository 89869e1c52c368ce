"""Bulletins on webhooks: what an organisation's machine is told when one goes out or is withdrawn."""

from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.urls import reverse

from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.models import Bulletin
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry
from noroshi.notify.actions import dispatch_event
from noroshi.notify.carriers import Message, carries

SUBJECT: Final = "advisories.bulletin"
PUBLISHED: Final = "bulletin.published"
WITHDRAWN: Final = "bulletin.withdrawn"
TYPES: Final = {"advisories.bulletin.published": PUBLISHED, "advisories.bulletin.withdrawn": WITHDRAWN}


@ledger.subscribe("advisories.dispatch", *TYPES)
def dispatch(entry: LedgerEntry) -> None:
    """Prepare a message for every webhook that may hear of it."""
    if entry.subject_id is not None:
        dispatch_event(entry, type=TYPES[entry.action], subject=SUBJECT, subject_id=entry.subject_id)


@carries(SUBJECT)
def compose(actor: Actor, type: str, subject_id: UUID) -> Message | None:  # noqa: A002 - as the message calls it
    """Return what `actor` may be told; of a withdrawn bulletin its number, the date and the reason."""
    rows = Bulletin.objects.visible_to(actor).filter(state__in=(State.PUBLISHED, State.WITHDRAWN))
    row = rows.select_related("category").filter(pk=subject_id).first()
    if row is None or (row.stage is Stage.WITHDRAWN) is not (type == WITHDRAWN):
        return None
    return Message(type, _tombstone(row) if type == WITHDRAWN else _whole(row))


def _whole(row: Bulletin) -> dict[str, Any]:
    return {
        **_named(row),
        "version": row.version,
        "category": row.category.series,
        "published": row.published_at.isoformat() if row.published_at else "",
        "title": {"ja": row.title_ja, "en": row.title_en},
        "text": {"ja": row.body_ja, "en": row.body_en},
        "vulnerabilities": row.names,
        "links": row.links,
        "sha256": row.frozen["sha256"],
    }


def _tombstone(row: Bulletin) -> dict[str, Any]:
    return {**_named(row), "withdrawn": row.changed_at.isoformat(), "reason": row.withdrawal_reason}


def _named(row: Bulletin) -> dict[str, Any]:
    url = settings.BASE_URL + reverse("bulletins:detail", args=[row.pk])
    return {"id": str(row.pk), "reference": row.reference, "tlp": row.tlp, "url": url}
