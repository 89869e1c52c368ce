"""Hits as a file for other programs: Parquet, one row for each value at each organisation.

Columns: organisation, type, value (text), count (BIGINT, events), first_seen and last_seen (TIMESTAMP WITH TIME ZONE).
"""

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from noroshi.hunting.engine.conditions import literal
from noroshi.hunting.engine.disk import disk_told
from noroshi.hunting.engine.session import connect

MEMORY: Final = "256MB"
COLUMNS: Final = {
    "organisation": "VARCHAR",
    "type": "VARCHAR",
    "value": "VARCHAR",
    "count": "BIGINT",
    "first_seen": "TIMESTAMP WITH TIME ZONE",
    "last_seen": "TIMESTAMP WITH TIME ZONE",
}


@dataclass(frozen=True, slots=True)
class HitRow:
    """One value at one organisation, as it leaves in a file."""

    organisation: str
    type: str
    value: str
    count: int
    first_seen: datetime
    last_seen: datetime


def write_parquet(rows: Iterable[HitRow], target: Path) -> None:
    """Write hits in their order to a Parquet file; raise `DiskError`, with none there, where it cannot be written."""
    columns = [list(column) for column in zip(*map(astuple, rows), strict=True)] or [[] for _ in COLUMNS]
    unnested = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in COLUMNS.items())
    with disk_told(), connect(MEMORY, target.parent) as connection:
        connection.execute(f"CREATE TABLE hit AS SELECT {unnested}", columns).fetchall()
        connection.execute(f"COPY hit TO {literal(str(target))} (FORMAT parquet, COMPRESSION zstd)").fetchall()
