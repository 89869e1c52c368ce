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
from noroshi.sharing.queries.levels import open_to

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


def evidence_for(actor: Actor, signals: Collection[UUID], text: str) -> dict[UUID, Evidence]:
    """Return for each of these signals the comments with the words of `text`, and the names of files, for `actor`."""
    rows = open_to(actor, Comment.objects.visible_to(actor).filter(signal__in=signals), "created_at")
    found = rows.filter(search.matching(COMMENT_KIND, text)).annotate(
        turn=Window(RowNumber(), partition_by="signal", order_by=["created_at", "place", "id"]),
        number=Window(Count("pk"), partition_by="signal"),
    )
    comments = {row.signal_id: row for row in found.filter(turn=1)}
    files: dict[UUID, list[str]] = {}
    names = open_to(actor, Attachment.objects.visible_to(actor).filter(signal__in=signals), "comment__created_at")
    for signal, name in names.order_by("added_at", "id").values_list("signal_id", "name"):
        files.setdefault(signal, []).append(name)
    return {
        number: Evidence(comment, vars(comment)["number"] if comment else 0, files.get(number, []))
        for number in signals
        for comment in [comments.get(number)]
    }
