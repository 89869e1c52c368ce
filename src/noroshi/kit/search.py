"""Full-text search over bigrams, one behaviour on SQLite and PostgreSQL (`domain.bigrams`).

The index only narrows: `matching` is a filter to be joined to `visible_to(actor)`, so nobody finds what they may not
see, and no count is taken before the policy has spoken.
"""

from collections.abc import Iterator
from typing import Final
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from noroshi.kit.domain import bigrams
from noroshi.kit.models import SearchEntry

# A tsvector knows positions up to 16,383; longer texts take several rows that overlap by the longest query.
STRETCH: Final = 16_000
OVERLAP: Final = bigrams.MAX_QUERY


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
    """Return the filter on items of `kind` whose text has every word of `text`; all of them for an empty text."""
    found = Q()
    for phrase, prefix in bigrams.query(text):
        found &= Q(pk__in=_items(kind, phrase, prefix=prefix))
    if text.strip() and not found:
        return Q(pk__in=[])  # only punctuation was asked for: nothing has that
    return found


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


def _items(kind: str, phrase: list[str], *, prefix: bool) -> RawSQL:
    if connection.vendor == "sqlite":
        wanted = '"' + " ".join(phrase) + '"' + (" *" if prefix else "")
        return RawSQL(
            "SELECT e.item_id FROM kit_search s JOIN kit_searchentry e ON e.id = s.rowid "
            "WHERE kit_search MATCH %s AND e.kind = %s",
            (wanted, kind),
        )
    wanted = " <-> ".join(f"'{token}'" for token in phrase) + (":*" if prefix else "")
    return RawSQL(
        "SELECT e.item_id FROM kit_searchentry e WHERE e.tokens @@ %s::tsquery AND e.kind = %s",
        (wanted, kind),
    )
