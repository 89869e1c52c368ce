"""What a part of the lake holds: those columns of the event schema that have values; all are read all the same."""

from pathlib import Path

import duckdb

from noroshi.hunting.engine import Needle
from noroshi.hunting.engine.schema import COLUMNS, events_sql

LINE = '203.0.113.9 - - [20/Nov/2026:10:30:00 +0900] "GET / HTTP/1.1" 200 5 "-" "-"\n'


def columns_of(relation):
    return dict(zip(relation.columns, map(str, relation.types), strict=True))


def parts_of(lake_folder):
    return [str(path) for path in lake_folder.rglob("events/**/*.parquet")]


def test_a_part_has_the_columns_with_values_in_the_order_of_the_schema_and_no_other(lake, write, tmp_path):
    lake.ingest("bank-a", "web", [write("access.log", LINE)])
    (part,) = parts_of(tmp_path)
    written = columns_of(duckdb.read_parquet(part, hive_partitioning=False))
    names = (
        *("organisation", "source", "time", "class", "action", "status", "src_ip", "src_v4", "url"),
        *("file", "line"),
    )
    assert list(written.items()) == [(name, COLUMNS[name]) for name in names]
    assert list(columns_of(duckdb.sql(events_sql(f"['{part}']"))).items()) == list(COLUMNS.items())


def test_a_part_written_before_a_column_came_has_it_empty(lake, write, tmp_path):
    lake.ingest("bank-a", "web", [write("access.log", LINE)])
    (part,) = parts_of(tmp_path)
    duckdb.sql(f"SELECT * EXCLUDE (class, day) FROM '{part}'").write_parquet(f"{part}.old")
    old = duckdb.sql(events_sql(f"['{part}.old']"))
    assert columns_of(old) == COLUMNS
    assert old.select("src_ip, status, class, ja4").fetchall() == [("203.0.113.9", 200, None, None)]
    Path(f"{part}.old").replace(part)
    assert [hit.count for hit in lake.hunt([Needle("ipv4", "203.0.113.9"), Needle("account", "1234567")]).hits] == [1]
    lake.ingest("bank-a", "web", [write("other.log", LINE.replace("10:30", "10:31"))])
    assert [hit.count for hit in lake.hunt([Needle("ipv4", "203.0.113.9")]).hits] == [2]


def test_a_band_of_an_amount_is_stored_and_never_the_amount(lake, write, tmp_path):
    row = "2026-11-20 10:00:00,7654321,1234567,普通 7654321,jpy,成功"
    header = "日時,振込元口座,金額,振込先口座,通貨,結果"
    lake.ingest("bank-a", "core", [write("transfers.csv", f"{header}\n{row}\n")])
    stored = duckdb.sql(events_sql(f"{parts_of(tmp_path)}"))
    assert stored.select("class, amount_band, currency, outcome").fetchall() == [
        ("transfer", 1_000_000, "JPY", "success")
    ]
    (event,) = stored.select("* EXCLUDE (time, file)").fetchall()
    assert not any("7654321" in str(value) or "1234567" in str(value) for value in event)
    sought = [Needle("account", "7654321"), Needle("account", "普通 7654321"), Needle("account", "1234567")]
    assert [(hit.value, hit.count) for hit in lake.hunt(sought).hits] == [("7654321", 1), ("普通 7654321", 1)]
