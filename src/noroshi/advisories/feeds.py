"""What the hub publishes in feeds, and the days on which bulletins end in the calendar."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, TypeVar

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.advisories.daily_wording import as_text
from noroshi.advisories.domain.bulletins import Stage
from noroshi.advisories.models import Bulletin, Explainer, PublishedAnswer, ReviewedText
from noroshi.advisories.queries import bulletins_for, sheets_for
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.notify.feeds import MOST_DAYS, Day, Entry, feeds, marks_days

SUBJECT: Final = "advisories.bulletin"
SHEET: Final = "advisories.sheet"
EXPLAINER: Final = "advisories.explainer"
ANSWER: Final = "advisories.answer"

R = TypeVar("R", bound=ReviewedText)


@feeds(SUBJECT)
def bulletins_in_feed(actor: Actor, limit: int) -> Sequence[Entry]:
    """Return what changed last of what was ever out: of a withdrawn one number and reason, of a superseded one that."""
    rows = Bulletin.objects.visible_to(actor).filter(state__in=(State.PUBLISHED, State.WITHDRAWN))
    return [_entry(row) for row in rows.select_related("category").order_by("-changed_at", "-pk")[:limit]]


def _entry(row: Bulletin) -> Entry:
    assert row.published_at is not None  # noqa: S101 - the query has those alone that went out
    gone = row.stage is Stage.WITHDRAWN
    name = _("%(reference)s was withdrawn") % {"reference": row.reference} if gone else f"{row.reference} {row.title}"
    return Entry(
        subject=SUBJECT,
        id=row.pk,
        title=f"{name} ({TLP(row.tlp).label})",
        url=reverse("bulletins:detail", args=[row.pk]),
        text=row.withdrawal_reason if gone else row.body,
        author="",
        published_at=row.published_at,
        changed_at=row.changed_at,
        follows_up=gone or row.version > 1,
    )


@feeds(EXPLAINER)
def explainers_in_feed(actor: Actor, limit: int) -> Sequence[Entry]:
    """Return what changed last of the explainers that were ever out."""
    return [_text_entry(EXPLAINER, row, "explainers:detail", row.summary) for row in _ever_out(actor, Explainer, limit)]


@feeds(ANSWER)
def answers_in_feed(actor: Actor, limit: int) -> Sequence[Entry]:
    """Return what changed last of the questions and answers that were ever out."""
    return [_text_entry(ANSWER, row, "inquiries:answer", row.body) for row in _ever_out(actor, PublishedAnswer, limit)]


def _ever_out(actor: Actor, model: type[R], limit: int) -> Iterable[R]:
    rows: Iterable[R] = (
        model.objects.visible_to(actor)
        .filter(state__in=(State.PUBLISHED, State.WITHDRAWN), published_at__isnull=False)
        .order_by("-changed_at", "-pk")[:limit]
    )
    return rows


def _text_entry(subject: str, row: ReviewedText, page: str, text: str) -> Entry:
    """Return a text without a number as an entry; of a withdrawn one nothing is left but the reason."""
    assert row.published_at is not None  # noqa: S101 - the query has those alone that went out
    gone = row.stage is Stage.WITHDRAWN
    name = _("Something that was published here is withdrawn") if gone else row.title
    return Entry(
        subject=subject,
        id=row.pk,
        title=f"{name} ({TLP(row.tlp).label})",
        url=reverse(page, args=[row.pk]),
        text=row.withdrawal_reason if gone else text,
        author="",
        published_at=row.published_at,
        changed_at=row.changed_at,
        follows_up=gone or row.version > 1,
    )


@feeds(SHEET)
def sheets_in_feed(actor: Actor, limit: int) -> Sequence[Entry]:
    """Return the last daily sheets, each with all that stands on it."""
    return [
        Entry(
            subject=SHEET,
            id=row.pk,
            title=f"{row.reference} ({TLP(row.tlp).label})",
            url=reverse("advisories:sheet", args=[row.pk]),
            text=as_text(row.frozen),
            author="",
            published_at=row.until,
            changed_at=row.until,
        )
        for row in sheets_for(actor)[:limit]
    ]


@marks_days
def days_of_bulletins(actor: Actor) -> Iterator[Day]:
    """Yield when bulletins end that `actor` sees."""
    for row in bulletins_for(actor).filter(expires_at__isnull=False).order_by("-expires_at", "pk")[:MOST_DAYS]:
        assert row.expires_at is not None  # noqa: S101 - filtered above
        title = _("Ends: %(title)s") % {"title": f"{row.reference} {row.title}"}
        url = reverse("bulletins:detail", args=[row.pk])
        yield Day(SUBJECT, row.pk, "expires", row.expires_at, title, url, row.changed_at)
