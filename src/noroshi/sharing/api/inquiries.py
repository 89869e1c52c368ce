"""What hub and author write to each other about something that waits for release: the same for both sides."""

from datetime import datetime
from typing import Any, Literal

from ninja import Schema

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.kit.api import Paged, example, listed
from noroshi.kit.cursors import page_by_place
from noroshi.sharing import queries
from noroshi.sharing.domain.moments import to_the_hour
from noroshi.sharing.models import Inquiry, Signal


class Said(Schema):
    """A text."""

    model_config = example(text="We saw it first on 20 November, at about nine.")

    text: str


class InquiryLine(Schema):
    """A request of the hub, or the author's answer; of an anonymous author's, the hour alone is told."""

    model_config = example(by="hub", text="Since when have you seen it?", at="2026-11-22T03:30:00Z")

    by: Literal["hub", "author"]
    text: str
    at: datetime


def inquiries_of(actor: Actor, signal: Signal, wanted: Paged) -> dict[str, Any]:
    """Return what was asked and answered, the first first, as far as it is for `actor`."""
    rows = queries.inquiries_of(actor, signal)
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), lambda row: inquiry_of(signal, row))


def inquiry_of(signal: Signal, row: Inquiry) -> dict[str, Any]:
    """Return a line of it: which operator asked is not told, nor when an anonymous author sat down to answer."""
    vague = row.operator_id is None and signal.author_mode != AuthorMode.NAMED
    by = "hub" if row.operator_id else "author"
    return {"by": by, "text": row.text, "at": to_the_hour(row.at) if vague else row.at}
