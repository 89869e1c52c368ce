"""Signals and documents of groups in feeds, and days in the calendar."""

from collections.abc import Iterator, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.channels import Channel
from noroshi.core.domain.tlp import TLP
from noroshi.notify.feeds import MOST_DAYS, Day, Entry, feeds, marks_days
from noroshi.sharing.models import GroupDocument, Signal
from noroshi.sharing.queries import byline, changed_since_got, published_for, signals_for
from noroshi.sharing.wording import document_withdrawn, recalled, withdrawn

SUBJECT: Final = "sharing.signal"
RECALL: Final = "sharing.recall"
DOCUMENT: Final = "sharing.groupdocument"


@feeds(SUBJECT)
def signals_in_feed(actor: Actor, limit: int) -> Sequence[Entry]:
    """Return the newest signals, and what a feed has brought that changed or went since: that is as new.

    Of a withdrawn one its number and reason are left; of what is not for the reader any more, its number.
    """
    seen = signals_for(actor).select_related("author__organisation")
    changed = list(changed_since_got(actor, by=Channel.FEED).order_by("-changed_at", "-pk")[:limit])
    anew = {signal.pk: signal for signal in seen.filter(pk__in=[signal.pk for signal in changed])}
    shown = {signal.pk: signal for signal in seen[:limit]} | anew
    lost = [_recall(signal) for signal in changed if signal.pk not in anew]
    return [*(_entry(actor, signal, follows_up=number in anew) for number, signal in shown.items()), *lost]


def _entry(actor: Actor, signal: Signal, *, follows_up: bool) -> Entry:
    gone, by = signal.state == State.WITHDRAWN, byline(actor, signal)
    assert signal.published_at is not None  # noqa: S101 - it stood in a list of published ones
    return Entry(
        subject=SUBJECT,
        id=signal.pk,
        title=_title(signal),
        url=reverse("sharing:detail", args=[signal.pk]),
        text=signal.withdrawal_reason if gone else signal.body,
        author="" if gone else by.organisation,
        published_at=signal.published_at,
        changed_at=signal.changed_at,
        follows_up=follows_up,
    )


def _recall(signal: Signal) -> Entry:
    """Say of what a feed has brought, and the reader cannot see any more, its number alone, in its place."""
    assert signal.published_at is not None  # noqa: S101 - it was got
    return Entry(
        subject=RECALL,
        id=signal.pk,
        title=recalled(signal.reference),
        url=reverse("sharing:withdrawn"),
        text="",
        author="",
        published_at=signal.published_at,
        changed_at=signal.changed_at,
        follows_up=True,
    )


@feeds(DOCUMENT)
def documents_in_feed(actor: Actor, limit: int) -> Sequence[Entry]:
    """Return the newest documents of the actor's groups, each in its last version, and what was withdrawn."""
    rows = GroupDocument.objects.visible_to(actor).select_related("group", "author__organisation")
    return [_document_entry(document) for document in rows.order_by("-changed_at", "-pk")[:limit]]


def _document_entry(document: GroupDocument) -> Entry:
    gone = document.state == State.WITHDRAWN
    name = document_withdrawn(document.group) if gone else document.title
    return Entry(
        subject=DOCUMENT,
        id=document.pk,
        title=f"{name} ({TLP(document.tlp).label})",
        url=reverse("sharing:document", args=[document.pk]),
        text=document.withdrawal_reason if gone else document.description,
        author="" if gone or document.author is None else document.author.organisation.name,
        published_at=document.changed_at,
        changed_at=document.changed_at,
        follows_up=gone,
    )


def _title(signal: Signal) -> str:
    name = withdrawn(signal.reference) if signal.state == State.WITHDRAWN else signal.title
    return f"{name} ({TLP(signal.tlp).label})"


@marks_days
def days_of_signals(actor: Actor) -> Iterator[Day]:
    """Yield when what `actor` sees ends, and when an embargo does."""
    rows = published_for(actor)
    for field, sentence in (("expires_at", _("Ends: %(title)s")), ("embargo_until", _("Embargo ends: %(title)s"))):
        for signal in rows.filter(**{f"{field}__isnull": False}).order_by(f"-{field}", "pk")[:MOST_DAYS]:
            title = sentence % {"title": _title(signal)}
            url = reverse("sharing:detail", args=[signal.pk])
            yield Day(
                SUBJECT, signal.pk, field.partition("_")[0], getattr(signal, field), title, url, signal.changed_at
            )
