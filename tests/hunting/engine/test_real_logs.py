"""The readers against logs that real products wrote."""

import gzip

import pytest

from noroshi.hunting.engine import Needle


def ingested(lake, folder, pattern):
    report = lake.ingest("bank-a", "real", sorted(folder.glob(pattern)))
    return (report.files, report.events, report.quarantined, report.refused_files)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("web/*.log", (1, 10_000, 0, ())),
        ("zeek-json/*", (4, 3557, 0, ())),
        ("cloudtrail/*.json", (37, 2122, 0, ())),
        ("suricata-eve/*.json", (2, 251, 0, ())),
    ],
)
def test_real_logs_are_read_to_the_last_line(lake, shared_data, pattern, expected):
    assert ingested(lake, shared_data / "logs", pattern) == expected


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
