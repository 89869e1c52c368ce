"""The keys of needles meet what has arrived, and only that, wherever its index has gone."""

import json
import random

import pytest

from noroshi.hunting.engine import Earliest, Needle

START = 1_790_000_000
ADDRESS = Needle("ipv4", "192.0.2.1")
NETWORK = Needle("cidr", "192.0.2.0/30")
DEEP = Needle("url", "https://h.example/1/2/3/4/5/6/7/8/9")
OTHER = Needle("domain", "other.example")
ALL = [ADDRESS, NETWORK, DEEP, OTHER]


@pytest.fixture
def bring(lake, write):
    """Bring one event in by a file of its own; return the number of its arrival."""

    def bring_event(organisation, second, **fields):
        line = json.dumps({"time": START + second, **fields})
        lake.ingest(organisation, "app", [write(f"{organisation}-{second}.json", line)])
        return lake.arrived(organisation, 0).number

    return bring_event


def met(lake, organisation, after):
    return lake.met_since(organisation, after, lake.prepare(ALL))


def test_needles_meet_what_arrived_after_an_arrival_and_of_one_organisation(lake, bring):
    first = bring("bank-a", 0, src_ip="192.0.2.1")
    bring("bank-b", 0, src_ip="192.0.2.1")
    second = bring("bank-a", 1, url="https://h.example/1/2/3/4/5/6/7/8/9/10", dst_ip="192.0.2.2")
    third = bring("bank-a", 2, url="https://h.example/1/2/3/4/5/6/7/8/x")
    assert met(lake, "bank-a", 0) == [ADDRESS, NETWORK, DEEP]
    assert met(lake, "bank-a", first) == [NETWORK, DEEP]
    assert met(lake, "bank-a", second) == []  # the index ends before the ninth part of the address: the event tells
    assert met(lake, "bank-a", third) == []
    assert met(lake, "bank-b", 0) == [ADDRESS, NETWORK]
    assert lake.met_since("bank-a", 0, lake.prepare([])) == []


def test_only_the_index_of_what_arrived_is_read(lake, bring):
    first = bring("bank-a", 0, src_ip="192.0.2.1")
    old = [*(lake._root / "index").rglob("*.parquet"), *(lake._root / "events").rglob("*.parquet")]
    bring("bank-a", 1, domain="www.other.example")
    for path in [*old, *(lake._root / "events").rglob("*.parquet")]:
        path.unlink(missing_ok=True)
    assert met(lake, "bank-a", first) == [OTHER]


def test_what_was_not_watched_yet_is_met_in_the_index_that_was_made_of_it_meanwhile(lake, bring):
    first = bring("bank-a", 0, src_ip="192.0.2.1")
    last = bring("bank-a", 1, domain="other.example")
    bring("bank-b", 2, src_ip="192.0.2.1")
    lake.compact_index()
    assert set(met(lake, "bank-a", first)) >= {OTHER}
    assert met(lake, "bank-a", last) == []
    newest = bring("bank-a", 3, src_ip="192.0.2.2")
    assert met(lake, "bank-a", last) == [NETWORK]
    lake.compact_index()
    assert set(met(lake, "bank-a", last)) >= {NETWORK}
    assert met(lake, "bank-a", newest) == []


@pytest.mark.parametrize("mended", [False, True])
def test_what_arrived_is_met_though_its_index_is_lost_or_was_made_anew(lake, bring, mended):
    first = bring("bank-a", 0, domain="other.example")
    last = bring("bank-a", 1, src_ip="192.0.2.1")
    for path in (lake._root / "index").rglob("*.parquet"):
        path.unlink()
    if mended:
        lake.compact_index()
    assert set(met(lake, "bank-a", first)) >= {ADDRESS, NETWORK}
    assert met(lake, "bank-a", last) == []


def test_events_without_an_index_are_met_by_a_scan_of_the_times_that_arrived(lake, bring):
    first = bring("bank-a", 0, domain="other.example")
    last = bring("bank-a", 1, src_ip="192.0.2.1")
    with lake._manifest.transaction() as connection:
        connection.execute("DELETE FROM index_part")
        connection.execute("DELETE FROM indexed")
    assert met(lake, "bank-a", first) == [ADDRESS, NETWORK]
    assert met(lake, "bank-a", last) == []


def test_the_arrivals_that_parts_of_the_index_know_go_with_them(lake, bring):
    for second in range(3):
        bring("bank-a", second, src_ip="192.0.2.1")
    lake.compact_index()
    with lake._manifest.transaction() as connection:
        assert connection.execute("SELECT organisation, number FROM news").fetchall() == [("bank-a", 3)]


@pytest.fixture
def watch(lake):
    """Count what is looked for anew, as known events are followed by others; (count, samples) of each, and in full."""
    known, mark = {}, [0]

    def watched():
        arrived = lake.arrived("bank-a", mark[0])
        mark[0] = arrived.number
        times = {needle: [at.time for at in samples] for needle, (_, samples) in known.items()}
        for hit in lake.hunt(ALL, known=Earliest(times, arrived.first_time)).hits:
            needle, begins = Needle(hit.type, hit.value), hit.samples and hit.samples[0].time == hit.first_seen
            known[needle] = (hit.count, hit.samples if begins else (*known[needle][1], *hit.samples))
        full = {Needle(hit.type, hit.value): (hit.count, hit.samples) for hit in lake.hunt(ALL).hits}
        return known, full

    return watched


@pytest.mark.parametrize("seed", range(4))
def test_known_samples_and_those_that_follow_are_the_samples_of_a_hunt(lake, write, watch, seed):
    pick = random.Random(seed)
    now = START
    for batch in range(7):
        now += pick.choice([-5_000, 3_000, 90_000])  # some logs are late
        events = [{"time": now + pick.randrange(6_000), "src_ip": f"192.0.2.{pick.randrange(1, 9)}"} for _ in range(3)]
        events.append({"time": now, "domain": pick.choice(["a.other.example", "else.example"])})
        lake.ingest("bank-a", "app", [write(f"{batch}.json", "\n".join(map(json.dumps, events)))])
        if pick.random() < 0.3:
            lake.compact_index()
        known, full = watch()
        assert known == full


def test_of_known_samples_some_of_which_were_taken_out_none_is_kept(lake, bring, watch):
    for second in range(3):
        bring("bank-a", second, src_ip="192.0.2.1", user=f"user-{second}")
    watch()
    lake.forget("bank-a", "user-1")
    bring("bank-a", 9, src_ip="192.0.2.1", user="user-9")
    known, full = watch()
    assert known == full
    assert len(full[ADDRESS][1]) == 3


def test_samples_that_stand_are_not_read_again(lake, bring, watch):
    for second in range(6):
        bring("bank-a", second, src_ip="192.0.2.1")
    watch()
    arrived = lake.arrived("bank-a", 0)
    known = Earliest({ADDRESS: [at.time for at in lake.hunt([ADDRESS]).hits[0].samples]}, arrived.last_time + 1)
    for path in (lake._root / "events").rglob("*.parquet"):
        path.unlink()
    assert [(hit.count, hit.samples) for hit in lake.hunt([ADDRESS], known=known).hits] == [(6, ())]
