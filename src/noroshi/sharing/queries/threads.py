"""What is said under a signal, and what its anonymous voices are called there."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC
from uuid import UUID

from django.conf import settings
from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.db.models.functions import TruncHour
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.errors import NotFound
from noroshi.members.models import in_language
from noroshi.sharing.domain.pseudonyms import names_in
from noroshi.sharing.models import Comment, Signal
from noroshi.sharing.queries.levels import open_since
from noroshi.sharing.queries.signals import Byline, byline


@dataclass(frozen=True)
class Said:
    """A comment, and who says it as far as this reader may know."""

    comment: Comment
    by: Byline


def comments_of(actor: Actor, signal: Signal) -> QuerySet[Comment]:
    """Return the comments on a signal, oldest first; within an hour the anonymous ones after the others.

    Between two named comments, whose minutes are shown, an anonymous one would show its own.
    """
    rows = Comment.objects.of(actor, signal).select_related("author__organisation")
    if (since := open_since(actor, signal)) is not None:
        rows = rows.filter(created_at__gt=since)
    hidden = Case(When(author_mode=AuthorMode.NAMED, then=Value(0)), default=Value(1), output_field=IntegerField())
    hour = TruncHour("created_at", tzinfo=UTC)
    return rows.order_by(hour, hidden, "created_at", "place", "id")


def comment_for(actor: Actor, signal: Signal, comment_id: UUID) -> Comment:
    """Return a comment on `signal` that `actor` sees; raise NotFound where there is none."""
    comment = comments_of(actor, signal).filter(pk=comment_id).first()
    if comment is None:
        raise NotFound
    return comment


def thread_of(actor: Actor, signal: Signal) -> list[Said]:
    """Return what is said under a signal, each anonymous voice by its name of this thread."""
    comments = list(comments_of(actor, signal))
    names = voices_of(signal, comments)
    return [
        Said(
            comment,
            replace(byline(actor, comment), pseudonym=names.get(comment.author_id, "") if _hides(comment) else ""),
        )
        for comment in comments
    ]


def said_in(actor: Actor, signal: Signal, comment: Comment) -> Said:
    """Return one comment as the thread shows it; raise NotFound where that does not have it for `actor`."""
    found = next((said for said in thread_of(actor, signal) if said.comment.pk == comment.pk), None)
    if found is None:
        raise NotFound
    return found


def voices_of(signal: Signal, comments: Iterable[Comment]) -> dict[object, str]:
    """Return what the anonymous voices of `comments` are called: the poster so, the others by a bird each.

    Who posted by name and comments without it is a bird like the others.
    """
    hidden = sorted((row for row in comments if _hides(row)), key=lambda row: row.place)
    poster = signal.author_id if _hides(signal) else None
    birds = names_in(_key(), signal.pk, (row.author_id for row in hidden if row.author_id and row.author_id != poster))
    called: dict[object, str] = {number: in_language(name.japanese, name.english) for number, name in birds.items()}
    return called | ({poster: _("who posted this")} if poster else {})


def _hides(thing: Signal | Comment) -> bool:
    return thing.author_mode != AuthorMode.NAMED


def _key() -> bytes:
    """Return a key of the installation that serves nothing else."""
    return hmac.digest(settings.SECRET_KEY.encode(), b"pseudonyms", hashlib.sha256)
