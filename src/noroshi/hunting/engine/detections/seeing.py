"""What can be seen in an organisation's logs: for each source the classes of its events and the columns with data.

The columns come from the footers of the Parquet parts, the classes from one column; no event is read.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from noroshi.hunting.engine.detections.rules import Need
from noroshi.hunting.engine.session import connect

_SEEN: Final = """
WITH filled AS (
  SELECT file_name, path_in_schema AS name FROM parquet_metadata(getvariable('parts'))
  GROUP BY ALL HAVING sum(num_values) > sum(coalesce(stats_null_count, 0))
), classes AS (
  SELECT DISTINCT filename, source, class FROM (
    SELECT NULL::VARCHAR AS class WHERE false UNION ALL BY NAME
    SELECT * FROM read_parquet(getvariable('parts'), filename = true, hive_partitioning = false, union_by_name = true))
)
SELECT source, class, list(DISTINCT name) FROM classes JOIN filled ON filled.file_name = classes.filename
GROUP BY ALL ORDER BY ALL
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """Events of one class from one source, and the columns that have data in them or beside them."""

    source: str
    event_class: str | None
    columns: frozenset[str]


def seen_in(parts: Sequence[Path], *, memory_limit: str, spill: Path) -> list[Seen]:
    """Return what the parts hold, by source and class."""
    if not parts:
        return []
    with connect(memory_limit, spill) as connection:
        connection.execute("SET VARIABLE parts = ?", [[str(part) for part in parts]]).fetchall()
        rows = connection.execute(_SEEN).fetchall()
    return [Seen(source, kind, frozenset(columns)) for source, kind, columns in rows]


def sources_for(needs: Iterable[Need], seen: Sequence[Seen]) -> list[str]:
    """Return the sources, sorted, by which all of `needs` can be met; none where one of them cannot."""
    found: set[str] = set()
    for need in needs:
        fitting = {each.source for each in seen if _fits(need, each)}
        if not fitting:
            return []
        found |= fitting
    return sorted(found)


def _fits(need: Need, seen: Seen) -> bool:
    return need.event_class in {None, seen.event_class} and need.columns <= seen.columns
