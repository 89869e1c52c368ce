"""What a part of the lake holds: the columns of the event schema, and no other."""

import duckdb

from noroshi.hunting.engine import Lake
from noroshi.hunting.engine.schema import STAGED_COLUMNS


def test_a_part_has_the_columns_of_the_schema_and_no_other(tmp_path):
    log = tmp_path / "access.log"
    log.write_text('203.0.113.9 - - [20/Nov/2026:10:30:00 +0900] "GET / HTTP/1.1" 200 5 "-" "-"\n', encoding="utf-8")
    Lake(tmp_path / "lake", key=b"k" * 32).ingest("bank_a", "web", [log])
    parts = [str(path) for path in (tmp_path / "lake").rglob("*.parquet")]
    rows = duckdb.sql(f"SELECT DISTINCT name FROM parquet_schema({parts}) WHERE type IS NOT NULL").fetchall()
    assert {name for (name,) in rows} == set(STAGED_COLUMNS) | {"organisation", "source"}
