"""Who looked up an anonymous author, for that author to see."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.models import LedgerEntry
from noroshi.sharing.models import Comment, Signal
from noroshi.sharing.policy import is_author


@dataclass(frozen=True)
class Look:
    """A trusted operator looked up who wrote something."""

    at: datetime
    by: str
    reason: str


def looks_at(actor: Actor, signal: Signal) -> list[Look]:
    """Return the looks at what `actor` wrote anonymously under this number, the latest first; at nobody else's."""
    own = _own_comments(actor, signal)
    posted = is_author(actor, signal) and signal.author_mode != AuthorMode.NAMED
    if not own and not posted:
        return []
    entries = LedgerEntry.objects.filter(subject_id=signal.pk, action="sharing.author.unmasked").order_by("-id")
    return [
        Look(entry.at, entry.actor_label, entry.reason)
        for entry in entries
        if (UUID(comment) in own if (comment := entry.payload.get("comment")) else posted)
    ]


def _own_comments(actor: Actor, signal: Signal) -> set[UUID]:
    if actor.person is None:
        return set()
    rows = Comment.objects.of(actor, signal).filter(author=actor.person)
    return set(rows.exclude(author_mode=AuthorMode.NAMED).values_list("pk", flat=True))
