"""The readers against logs that real products wrote."""

import gzip

import duckdb
import pytest

from noroshi.hunting.engine import Needle
from noroshi.hunting.engine.schema import events_sql


def ingested(lake, folder, pattern):
    report = lake.ingest("bank-a", "real", sorted(folder.glob(pattern)))
    return (report.files, report.events, report.quarantined, report.refused_files)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web/*.log", (1, 10_000, 0, ())),
        ("zeek-json/*", (4, 3557, 0, ())),
        ("zeek-tsv/*", (9, 40_283, 0, ())),  # all lines but those that begin with "#"
        ("cloudtrail/*.json", (37, 2122, 0, ())),
        ("suricata-eve/*.json", (2, 251, 0, ())),
    ],
)
def test_real_logs_are_read_to_the_last_line(lake, shared_data, pattern, expected):
    assert ingested(lake, shared_data / "logs", pattern) == expected


# No time at all, or one that cannot be told apart (02/03/2023).
WITHOUT_A_TIME = (
    "dropbear-logs.log",
    "immich-logs.log",
    "pterodactyl-wings-bf.log",
    "supavisor-logs.log",
    "thehive-bf.log",
    "zoneminder-bf.log",
)


def test_real_logs_of_many_products_are_read(lake, shared_data):
    folder = shared_data / "logs" / "mixed-formats"
    files, events, quarantined, refused = ingested(lake, folder, "*.log")
    assert (files, events, quarantined) == (179, 3502, 25)
    assert {name for name, _reason in refused} == set(WITHOUT_A_TIME)


def test_real_classes_are_told(lake, shared_data, tmp_path):
    ingested(lake, shared_data / "logs", "zeek-json/apt29*")
    parts = [str(path) for path in tmp_path.rglob("events/**/*.parquet")]
    counts = duckdb.sql(f"SELECT class, count(*) FROM ({events_sql(str(parts))}) GROUP BY 1 ORDER BY 1").fetchall()
    assert dict(counts) == {None: 1, "alert": 14, "auth": 35, "conn": 1515, "dns": 53, "file": 460, "web": 62}


def test_real_web_log_says_what_grep_says(lake, shared_data, write):
    raw = (shared_data / "logs" / "web" / "apache_combined_10k.log").read_bytes()
    lake.ingest("bank-a", "web", [write("access.log.gz", gzip.compress(raw))])
    lines = raw.decode().splitlines()
    sought = [
        (Needle("ipv4", "83.149.9.216"), sum(line.startswith("83.149.9.216 ") for line in lines)),
        (Needle("cidr", "66.249.0.0/16"), sum(line.startswith("66.249.") for line in lines)),
        (
            Needle("user_agent", "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/"),
            sum('"UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/"' in line for line in lines),
        ),
    ]
    hits = lake.hunt([needle for needle, _ in sought]).hits
    assert [(hit.value, hit.count) for hit in hits] == [(needle.value, count) for needle, count in sought]
    assert all(count > 0 for _, count in sought)
