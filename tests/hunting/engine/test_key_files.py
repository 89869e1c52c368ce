"""The keys of many needles are made once, and say what the keys of each of them say."""

import os
import time

import duckdb
import pytest

from noroshi.hunting.engine import Needle, key_files

NEEDLES = [
    Needle("ipv4", "192.0.2.1"),
    Needle("cidr", "198.51.100.0/24"),
    Needle("domain", "co.jp"),
    Needle("account", "yamada"),
    Needle("url", "https://h.example/a"),
    Needle("user_agent", 'quoted "agent", with comma'),
    Needle("ipv4", "not, an address"),
    Needle("device", "nowhere"),
]
EVENTS = """\
{"time": 1790000000, "src_ip": "192.0.2.1", "user": "yamada"}
{"time": 1790000001, "src_ip": "198.51.100.7", "url": "https://h.example/a/b"}
{"time": 1790000002, "src_ip": "198.51.100.8", "user_agent": "quoted \\"agent\\", with comma"}
"""


@pytest.fixture
def many(lake, write, monkeypatch):
    """A lake with events, to which two needles are many already."""
    monkeypatch.setattr(key_files, "FEW", 1)
    assert lake.ingest("bank-a", "app", [write("x.json", EVENTS)]).quarantined == 0
    return lake


def key_paths(lake):
    return list((lake._root / "keys").glob("*"))


def test_many_needles_find_what_few_find_and_are_refused_alike(many, monkeypatch):
    found = [many.hunt(NEEDLES), many.hunt(NEEDLES), many.hunt(many.prepare(NEEDLES), index=False)]
    monkeypatch.undo()
    few = many.hunt(NEEDLES)
    assert [(result.hits, result.refused) for result in found] == [(few.hits, few.refused)] * 3
    assert [(hit.value, hit.count) for hit in few.hits] == [
        ("192.0.2.1", 1),
        ("198.51.100.0/24", 2),
        ("yamada", 1),
        ("https://h.example/a", 1),
        ('quoted "agent", with comma', 1),
    ]
    assert [value for value, _why in few.refused] == ["co.jp", "not, an address"]


def test_keys_are_made_once_for_the_same_needles_and_anew_for_others(many):
    many.prepare(NEEDLES)
    (file,) = key_paths(many)
    made = file.stat().st_ino
    assert many.prepare([*NEEDLES, *NEEDLES]) == many.prepare(NEEDLES)
    assert [path.stat().st_ino for path in key_paths(many)] == [made]
    many.prepare(NEEDLES[:-1])
    assert len(key_paths(many)) == 2
    assert list(many._root.glob("staging/*")) == []


def test_no_account_stands_in_a_file_of_keys(many):
    many.prepare(NEEDLES)
    (file,) = key_paths(many)
    texts = duckdb.read_parquet(str(file)).select("t0, t1").fetchall()
    assert ("h.example", "h.example/a") in texts
    assert "yamada" not in str(texts)


def test_a_torn_file_of_keys_is_made_anew(many):
    keys = many.prepare(NEEDLES)
    keys.file.write_bytes(keys.file.read_bytes()[:-9])
    assert len(many.hunt(NEEDLES).hits) == 5


def test_keys_that_nobody_has_used_for_a_month_are_deleted_with_the_next_compaction(many):
    for old in (many.prepare(NEEDLES).file, many.prepare(NEEDLES[1:]).file):
        os.utime(old, (time.time() - 31 * 86_400,) * 2)
    used = many.prepare(NEEDLES).file
    many.compact_index()
    assert key_paths(many) == [used]
