"""What is found by words: signals by what they say and by what was said under them, as far as it is the reader's."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from noroshi.core.actor import Actor
from noroshi.kit import search
from noroshi.sharing.models import Attachment, Comment, Signal
from noroshi.sharing.queries.levels import open_to, were_marked_otherwise

SEARCH_KIND: Final = "signal"
COMMENT_KIND: Final = "comment"


def with_words(actor: Actor, rows: QuerySet[Signal], text: str, mark: int | None = None) -> QuerySet[Signal]:
    """Return those of `rows`, which `actor` sees, that have every word of `text`: the signal, or one comment on it.

    With a `mark` (`kit.search.latest`), these words were said or changed since. What is said under a signal is for
    members: the public finds nothing by it.
    """
    own = search.matching(SEARCH_KIND, text) & search.since(SEARCH_KIND, mark)
    if not text.strip() or actor.is_visitor:
        return rows.filter(own)
    said = open_to(actor, Comment.everything.filter(signal=OuterRef("pk")), "created_at")
    said = said.filter(search.matching(COMMENT_KIND, text), search.since(COMMENT_KIND, mark))
    near = search.near((SEARCH_KIND, COMMENT_KIND), text, "published_at") if mark is None else Q()
    return rows.filter(near, own | search.Asked(said))


@dataclass(frozen=True)
class Evidence:
    """Why a signal was found, beyond its own words: the first comment that has them and how many have; its files."""

    comment: Comment | None
    comments: int
    files: list[str]


def evidence_for(actor: Actor, signals: Collection[Signal], text: str) -> dict[UUID, Evidence]:
    """Return for each of these signals the comments with the words of `text`, and the names of files, for `actor`."""
    comments, files = Comment.objects.of(actor, *signals), Attachment.objects.of(actor, *signals)
    if were_marked_otherwise(signals):
        comments, files = open_to(actor, comments, "created_at"), open_to(actor, files, "comment__created_at")
    said, names = _said(comments, text), _names(files)
    return {
        number: Evidence(comment, vars(comment)["number"] if comment else 0, names.get(number, []))
        for number in (signal.pk for signal in signals)
        for comment in [said.get(number)]
    }


def _said(comments: QuerySet[Comment], text: str) -> dict[UUID, Comment]:
    """The first comment with the words under each signal, with the `number` of those that have them."""
    found = comments.filter(search.matching(COMMENT_KIND, text)).annotate(
        turn=Window(RowNumber(), partition_by="signal", order_by=["created_at", "place", "id"]),
        number=Window(Count("pk"), partition_by="signal"),
    )
    return {row.signal_id: row for row in found.filter(turn=1)}


def _names(files: QuerySet[Attachment]) -> dict[UUID, list[str]]:
    names: dict[UUID, list[str]] = {}
    for signal, name in files.order_by("added_at", "id").values_list("signal_id", "name"):
        names.setdefault(signal, []).append(name)
    return names
