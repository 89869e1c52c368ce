"""Full-text search over bigrams, one behaviour on SQLite and PostgreSQL (`domain.bigrams`).

The index only narrows: `matching` is a filter to be joined to `visible_to(actor)`, so nobody finds what they may not
see, and no count is taken before the policy has spoken.
"""

import json
from collections.abc import Iterable, Iterator
from functools import reduce
from operator import and_
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, Expression, F, Q
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from noroshi.kit.domain import bigrams
from noroshi.kit.models import SearchEntry

# A tsvector knows positions up to 16,383; longer texts take several rows that overlap by the longest query.
STRETCH: Final = 16_000
OVERLAP: Final = bigrams.MAX_QUERY
MOST_GATHERED: Final = 50_000
"""Of a word that stands in more texts than this, PostgreSQL does not look up all."""

_ON_SQLITE: Final = (
    "SELECT e.item_id FROM kit_search s JOIN kit_searchentry e ON e.id = s.rowid "
    "WHERE kit_search MATCH %s AND e.kind = %s"
)
_GATHERED: Final = (
    "{item} = ANY(ARRAY(SELECT e.item_id FROM kit_searchentry e WHERE e.tokens @@ %s::tsquery AND e.kind = %s))"
)
_ASKED: Final = (
    "EXISTS (SELECT 1 FROM kit_searchentry e WHERE e.item_id = {item} AND e.tokens @@ %s::tsquery AND e.kind = %s "
    "LIMIT 1 OFFSET 0)"  # OFFSET: else all texts that have it would be gathered before the first is shown
)


@transaction.atomic
def index(kind: str, item_id: UUID, *texts: str) -> None:
    """Make `texts` the searchable text of an item, in place of what was there."""
    forget(item_id)
    for stretch in _stretches(list(bigrams.tokens("\n".join(texts)))):
        _store(SearchEntry.objects.create(kind=kind, item_id=item_id), stretch)


@transaction.atomic
def forget(item_id: UUID) -> None:
    """Take an item out of the index."""
    rows = SearchEntry.objects.filter(item_id=item_id)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for row_id in rows.values_list("id", flat=True):
                cursor.execute("DELETE FROM kit_search WHERE rowid = %s", [row_id])
    rows.delete()


def matching(kind: str, text: str) -> Q:
    """Return the filter on items of `kind` whose text has every word of `text`; all of them for an empty text.

    On PostgreSQL the rarest word is looked up first, and each item that has it is asked for the others. Where even
    that one stands in very many, each item is asked in the order of the list, which ends as soon as a page is full.
    """
    phrases = [_written(phrase, prefix=prefix) for phrase, prefix in bigrams.query(text)]
    if text.strip() and not phrases:
        return Q(pk__in=[])  # only punctuation was asked for: nothing has that
    if connection.vendor == "sqlite":
        looks = [RawSQL(_ON_SQLITE, (phrase, kind)) for phrase in phrases]  # noqa: S611 - its text is a constant
        return reduce(and_, [Q(pk__in=look) for look in looks], Q())
    guesses = {phrase: _guessed(phrase) for phrase in phrases}
    gathered = [phrase for phrase in phrases if guesses[phrase] <= MOST_GATHERED]
    rarest = min(gathered, key=guesses.__getitem__, default=None)
    found = Q() if rarest is None else Q(_Has(_GATHERED, kind, rarest))
    return reduce(and_, [Q(_Has(_ASKED, kind, phrase)) for phrase in phrases if phrase != rarest], found)


def _written(phrase: list[str], *, prefix: bool) -> str:
    """A phrase as the database's index wants to be asked."""
    if connection.vendor == "sqlite":
        return '"' + " ".join(phrase) + '"' + (" *" if prefix else "")
    return " <-> ".join(f"'{token}'" for token in phrase) + (":*" if prefix else "")


def _guessed(phrase: str) -> int:
    """In how many rows PostgreSQL expects a phrase: it looks at its statistics, not at the rows."""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) SELECT 1 FROM kit_searchentry WHERE tokens @@ %s::tsquery", [phrase])
        answer = cursor.fetchone()[0]
    plan = answer if isinstance(answer, list) else json.loads(answer)
    return int(plan[0]["Plan"]["Plan Rows"])


class _Has(Expression):
    """Whether an item has a phrase, on PostgreSQL; `template` says how that is found out."""

    conditional = True

    def __init__(self, template: str, kind: str, phrase: str) -> None:
        super().__init__(output_field=BooleanField())
        self.template, self.values = template, (phrase, kind)
        self.item: Any = F("pk")

    def get_source_expressions(self) -> list[Any]:
        """Return the column of the row that is asked for: Django finds and renames it."""
        return [self.item]

    def set_source_expressions(self, exprs: Iterable[Any]) -> None:
        """Take the column as the query at hand calls it."""
        (self.item,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """Write the condition as SQL."""
        del connection
        return self.template.format(item=compiler.compile(self.item)[0]), self.values


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
