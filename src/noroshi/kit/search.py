"""Full-text search over bigrams, one behaviour on SQLite and PostgreSQL (`domain.bigrams`).

The index only narrows: `matching` is a filter to be joined to `visible_to(actor)`, so nobody finds what they may not
see, and no count is taken before the policy has spoken.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import reduce
from operator import and_
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Exists, Expression, F, Max, Q
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from noroshi.kit.domain import bigrams
from noroshi.kit.models import SearchEntry

# A tsvector knows positions up to 16,383; longer texts take several rows that overlap by the longest query.
STRETCH: Final = 16_000
OVERLAP: Final = bigrams.MAX_QUERY
SAMPLE: Final = 1_250
"""So many rows say how common words are, in two milliseconds."""
WORTH_GATHERING: Final = 3_300
"""Rows that have the rarest word, times the share of rows that have all words: below it, PostgreSQL looks the rows up
first. Measured: a row looked up costs 2 microseconds, one asked in the order of the list 4, and a list asks until a
thousand are found."""

_ON_SQLITE: Final = (
    "SELECT e.item_id FROM kit_search s JOIN kit_searchentry e ON e.id = s.rowid "
    "WHERE kit_search MATCH %s AND e.kind = %s"
)
_ASKED: Final = (
    "EXISTS (SELECT 1 FROM kit_searchentry e WHERE e.item_id = {column} AND e.tokens @@ %s::tsquery AND e.kind = %s "
    "LIMIT 1 OFFSET 0)"  # OFFSET: else all texts that have it would be gathered before the first is shown
)
_AT_A_MOMENT: Final = (
    "{column} = ANY(ARRAY(SELECT e.at FROM kit_searchentry e WHERE e.tokens @@ %s::tsquery AND e.kind = ANY(%s)))"
)


@transaction.atomic
def index(kind: str, item_id: UUID, *texts: str, at: datetime | None) -> None:
    """Make `texts` the searchable text of an item, in place of what was there.

    `at` is the moment by which the list that is searched is ordered (`near`).
    """
    forget(item_id)
    for stretch in _stretches(list(bigrams.tokens("\n".join(texts)))):
        _store(SearchEntry.objects.create(kind=kind, item_id=item_id, at=at), stretch)


@transaction.atomic
def forget(*item_ids: UUID) -> None:
    """Take items out of the index."""
    rows = SearchEntry.objects.filter(item_id__in=item_ids)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for row_id in rows.values_list("id", flat=True):
                cursor.execute("DELETE FROM kit_search WHERE rowid = %s", [row_id])
    rows.delete()


def matching(kind: str, text: str) -> Q:
    """Return the filter on items of `kind` whose text has every word of `text`; all of them for an empty text."""
    phrases = _phrases(text)
    if text.strip() and not phrases:
        return Q(pk__in=[])  # only punctuation was asked for: nothing has that
    if connection.vendor == "sqlite":
        looks = [RawSQL(_ON_SQLITE, (phrase, kind)) for phrase in phrases]  # noqa: S611 - its text is a constant
        return reduce(and_, [Q(pk__in=look) for look in looks], Q())
    return reduce(and_, [Q(_Has(_ASKED, "pk", phrase, kind)) for phrase in phrases], Q())


def near(kinds: Collection[str], text: str, moment: str) -> Q:
    """Return a filter that leaves what `matching` finds, in texts of any of `kinds`, and spares asking every row.

    On PostgreSQL, where a word is rare, a list that is ordered by the field `moment` is asked at the moments alone at
    which that word stands in some text. Of common words every row is asked, until a page is full. The moments are
    those that `index` was told.
    """
    phrases = _phrases(text) if connection.vendor == "postgresql" else []
    rarest = _rare(phrases, list(kinds)) if phrases else None
    return Q() if rarest is None else Q(_Has(_AT_A_MOMENT, moment, rarest, list(kinds)))


def latest() -> int:
    """Return the number of the entry that was written last: a mark for `since`."""
    return SearchEntry.objects.aggregate(last=Max("id"))["last"] or 0


def since(kind: str, mark: int | None) -> Q:
    """Return the filter on items of `kind` that were indexed, anew too, since `mark` was the latest; None: on none."""
    if mark is None:
        return Q()
    return Q(pk__in=SearchEntry.objects.filter(kind=kind, id__gt=mark).values("item_id"))


def _phrases(text: str) -> list[str]:
    """The words of `text` as the database's index wants to be asked."""
    return [_written(phrase, prefix=prefix) for phrase, prefix in bigrams.query(text)]


def _written(phrase: list[str], *, prefix: bool) -> str:
    """A phrase as the database's index wants to be asked."""
    if connection.vendor == "sqlite":
        return '"' + " ".join(phrase) + '"' + (" *" if prefix else "")
    return " <-> ".join(f"'{token}'" for token in phrase) + (":*" if prefix else "")


def _rare(phrases: list[str], kinds: list[str]) -> str | None:
    """Return the phrase by whose rows a search had better begin; None where all are common.

    A sample says so: PostgreSQL's own guess takes the pairs of one word for independent, and errs by a factor of 100.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'kit_searchentry'::regclass")
        known = max(cursor.fetchone()[0], 0)
        if known <= SAMPLE:
            return phrases[0]
        counts = ", ".join("count(*) FILTER (WHERE tokens @@ %s::tsquery)" for _ in phrases)
        every = " AND ".join("tokens @@ %s::tsquery" for _ in phrases)
        cursor.execute(
            f"SELECT count(*), count(*) FILTER (WHERE {every}), {counts} FROM kit_searchentry "  # noqa: S608 - no text
            "TABLESAMPLE SYSTEM (%s) REPEATABLE (0) WHERE kind = ANY(%s)",
            [*phrases, *phrases, min(100.0, 100 * SAMPLE / known), kinds],
        )
        seen, together, *found = cursor.fetchone()
    fewest, rarest = min(zip(found, phrases, strict=True))
    share = (together + 0.5) / (seen + 1)
    return rarest if (fewest + 0.5) / (seen + 1) * known * share < WORTH_GATHERING else None


class Asked(Exists):
    """A subquery that PostgreSQL asks row by row, in the order of the list: it may not gather all answers first."""

    template = "EXISTS(%(subquery)s OFFSET 0)"


class _Has(Expression):
    """Whether a text that has a phrase belongs to a row, on PostgreSQL; `template` says how a column tells."""

    conditional = True

    def __init__(self, template: str, name: str, *values: Any) -> None:
        super().__init__(output_field=BooleanField())
        self.template, self.values = template, values
        self.column: Any = F(name)

    def get_source_expressions(self) -> list[Any]:
        """Return the column of the row that is asked for: Django finds and renames it."""
        return [self.column]

    def set_source_expressions(self, exprs: Iterable[Any]) -> None:
        """Take the column as the query at hand calls it."""
        (self.column,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Write the condition as SQL."""
        del connection
        return self.template.format(column=compiler.compile(self.column)[0]), self.values


def _stretches(tokens: list[str]) -> Iterator[list[str]]:
    for start in range(0, max(len(tokens), 1), STRETCH - OVERLAP):
        yield tokens[start : start + STRETCH]


def _store(entry: SearchEntry, tokens: list[str]) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("INSERT INTO kit_search (rowid, tokens) VALUES (%s, %s)", [entry.pk, " ".join(tokens)])
        else:
            vector = " ".join(f"'{token}':{place}" for place, token in enumerate(tokens, 1))
            cursor.execute("UPDATE kit_searchentry SET tokens = %s::tsvector WHERE id = %s", [vector, entry.pk])
