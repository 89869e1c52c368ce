"""Few values are looked up, and their events read, in a way of their own: the answer is that of the long ways."""

import json
import random
from datetime import UTC, datetime, timedelta

import pytest

from hunting.conftest import KEY
from noroshi.hunting.engine import Lake, Merge, Needle, ScanReason, few, index_files, plan, scan

START = datetime(2026, 7, 1, tzinfo=UTC)
BANKS = ("bank-a", "bank-b")
DAYS = 90
ADDRESSES = [f"192.0.2.{number}" for number in range(12)] + [f"2001:db8::{number:x}" for number in range(4)]
NEEDLES = [
    *(Needle("ipv6" if ":" in address else "ipv4", address) for address in ADDRESSES),
    Needle("domain", "example.jp"),
    Needle("url", "https://www.example.jp/a"),
    Needle("url", "https://www.example.jp/a/b/c/d/e/f/g/h/i"),
    Needle("account", "taro"),
    Needle("email", "taro@example.jp"),
    Needle("user_agent", "curl/8"),
    Needle("ipv4", "203.0.113.1"),
]
WINDOWS = [
    (None, None),
    (START + timedelta(days=3, hours=5), START + timedelta(days=70, hours=7)),
    (START + timedelta(days=200), None),
]


def event(pick, place):
    """One event: of the addresses the first are seen often, the last once or twice."""
    at = START + timedelta(days=pick.randrange(DAYS), seconds=pick.randrange(86_400), milliseconds=pick.randrange(1000))
    return {
        "time": at.isoformat(),
        "src_ip": ADDRESSES[min(pick.randrange(16), pick.randrange(16))],
        "dst_ip": ADDRESSES[pick.randrange(4)] if place % 5 == 0 else None,
        "user": pick.choice(["taro", "hanako", "taro@example.jp"]),
        "email": pick.choice(["taro@example.jp", "hanako@example.com"]),
        "user_agent": pick.choice(["curl/8", "Mozilla/5.0"]),
        "url": "https://www.example.jp/a" + pick.choice(["", "/b", "/b/c/d/e/f/g/h/i/j", "b"]),
    }


@pytest.fixture(scope="module")
def written():
    pick = random.Random(5)
    return {bank: [event(pick, place) for place in range(150)] for bank in BANKS}


@pytest.fixture(scope="module")
def lake(written, tmp_path_factory):
    """A lake whose index is part of one piece, part of many."""
    folder = tmp_path_factory.mktemp("few")
    lake = Lake(folder / "lake", key=KEY, memory_limit="512MB")
    for number in range(3):
        for bank, events in written.items():
            path = folder / f"{bank}-{number}.json"
            path.write_text("".join(f"{json.dumps(event)}\n" for event in events[number * 50 : number * 50 + 50]))
            lake.ingest(bank, "app", [path])
        if number == 1:
            lake.compact_index(Merge.ALL)
    return lake


@pytest.mark.parametrize("window", WINDOWS)
def test_few_values_are_found_as_many_are(lake, window, monkeypatch):
    asked = dict(zip(("since", "until"), window, strict=True))
    assert few.suits(lake.prepare(NEEDLES))
    found = lake.hunt(NEEDLES, **asked)
    assert found.hits == lake.hunt(NEEDLES, index=False, **asked).hits
    monkeypatch.setattr(few, "FEW", 0)
    monkeypatch.setattr(scan, "FEW", 0)
    monkeypatch.setattr(plan, "FEW_SPANS", 0)
    longer = lake.hunt(NEEDLES, **asked)
    assert (found.hits, found.scanned) == (longer.hits, longer.scanned)


@pytest.mark.parametrize("bank", BANKS)
def test_the_events_behind_a_hit_are_all_that_show_it(lake, written, bank):
    for address in ADDRESSES:
        needle = Needle("ipv6" if ":" in address else "ipv4", address)
        times = [each["time"].isoformat() for each in lake.events(bank, needle, 1_000)]
        shown = [each for each in written[bank] if address in {each["src_ip"], each["dst_ip"]}]
        assert times == sorted(each["time"] for each in shown)


def test_networks_and_many_values_are_not_few(lake):
    assert not few.suits(lake.prepare([Needle("cidr", "192.0.2.0/24")]))
    assert not few.suits(lake.prepare([Needle("account", f"user{number}") for number in range(few.FEW + 1)]))


def test_a_file_that_is_missing_from_a_large_part_is_noticed(written, tmp_path, monkeypatch):
    monkeypatch.setattr(index_files, "ROWS_OF_A_FILE", 5)
    monkeypatch.setattr(index_files, "WORTH_CUTTING", 1)
    lake = Lake(tmp_path / "lake", key=KEY, memory_limit="512MB")
    for name, some in (("a", written["bank-a"][:75]), ("b", written["bank-a"][75:])):
        (tmp_path / name).write_text("".join(f"{json.dumps(event)}\n" for event in some))
        lake.ingest("bank-a", "app", [tmp_path / name])
    lake.compact_index()
    needles = NEEDLES[: len(ADDRESSES)]
    whole = lake.hunt(needles)
    files = list((lake._root / "index").glob("*/epoch=*/*/000001-*"))
    files[0].unlink()
    index_files._marked.cache_clear()
    index_files.bytes_to_read.cache_clear()
    found = lake.hunt(needles)
    assert (found.hits, whole.scanned) == (whole.hits, ())
    assert [read.reason for read in found.scanned] == [ScanReason.UNREADABLE]
