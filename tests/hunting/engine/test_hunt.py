"""A hunt finds what the obvious matcher finds: no more, no less."""

import json
import math
import random
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from hunting.conftest import KEY
from hunting.engine import reference
from noroshi.hunting.engine import Lake, LakeError, Merge, Needle, index_files

START = 1_790_000_000
EPOCH_END = START // (60 * 86_400) * (60 * 86_400)
DOMAINS = ["example.com", "a.example.com", "b.a.example.com", "notexample.com", "example.org", "xn--wgv71a119e.jp"]
DEEP = "/1/2/3/4/5/6/7/8/9"
PATHS = ["/", "/p", "/p/", "/p/x", "/px", "/p?q=1", "/p?q=1&z=2", "/p/x?q", "/P", DEEP, f"{DEEP}/10"]
URLS = [f"https://{host}{path}" for host in [*DOMAINS, "10.0.0.1"] for path in PATHS]
V4 = ["10.0.0.1", "10.0.0.255", "10.0.1.0", "198.51.100.7"]
V6 = ["2001:db8::1", "2001:db8::ffff", "2001:db8:0:1::", "fe80::1"]
USERS = ["yamada", "suzuki", "taro@example.com", "1234567"]
EMAILS = ["taro@example.com", "hanako@a.example.com"]
AGENTS = ["curl/8", "Curl/8", 'quoted "agent", with comma', "ブラウザ"]
DIGESTS = {"md5": 32, "sha1": 40, "sha256": 64}
ROLES = {
    "src_ip": V4 + V6,
    "dst_ip": V4 + V6,
    "url": URLS,
    "referrer": URLS,
    "domain": [*DOMAINS, "198.51.100.7"],
    "dns_query": DOMAINS,
    "email": EMAILS,
    "user_agent": AGENTS,
    "user": USERS,
    "account": USERS,
    "beneficiary": USERS,
    "device": ["device-1", "Device-1"],
    **{kind: ["a" * length, "b" * length] for kind, length in DIGESTS.items()},
}
NEEDLES = [
    *(("ipv4", value) for value in V4),
    *(("ipv6", value) for value in V6),
    *(("cidr", f"{base}/{bits}") for base, bits in [("10.0.0.0", 24), ("10.0.0.0", 8), ("10.0.0.1", 32)]),
    *(("cidr", f"{base}/{bits}") for base, bits in [("198.51.100.0", 25), ("fe80::", 16), ("2001:db8::", 112)]),
    *(("cidr", f"2001:db8::/{bits}") for bits in (32, 64, 65, 127, 128)),
    *(("domain", value) for value in DOMAINS),
    *(("url", value) for value in URLS),
    *(("email", value) for value in EMAILS),
    *(("account", value) for value in USERS),
    *((kind, value) for kind in ("user_agent", "device", *DIGESTS) for value in ROLES[kind]),
]
# Both sides of the midnights around which epochs and windows begin and end.
TIMES = [
    EPOCH_END + day * 86_400 + second for day in (-61, -60, -2, -1, 0, 1, 59, 60) for second in (0, 1, 40_000, 86_399)
]


def any_events(pick, count):
    """Make events whose values repeat so much that they meet each other in every way."""
    return [
        {"time": pick.choice(TIMES), **{role: pick.choice(some) for role, some in ROLES.items() if pick.random() < 0.4}}
        for _ in range(count)
    ]


def as_lines(found):
    return "".join(json.dumps(event) + "\n" for event in found)


def summary(result):
    return [(hit.organisation, hit.type, hit.value, hit.first_seen, hit.last_seen, hit.count) for hit in result.hits]


def damaged_never(lake_root):
    """Leave the index as it is."""


def damaged_by_loss(lake_root):
    next((lake_root / "index").rglob("*.parquet")).unlink()


def damaged_by_a_tear(lake_root):
    part = next((lake_root / "index").rglob("*.parquet"))
    part.write_bytes(part.read_bytes()[:-20])


def damaged_by_noise(lake_root):
    part = next((lake_root / "index").rglob("*.parquet"))
    part.write_bytes(b"x" * part.stat().st_size)


# A smaller seed is no smaller case: nothing to shrink.
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    seed=st.integers(0, 1 << 32),
    since=st.none() | st.sampled_from(TIMES),
    until=st.none() | st.sampled_from(TIMES),
    compacted=st.sampled_from([None, False, True]),
    damage=st.sampled_from([damaged_never, damaged_by_loss, damaged_by_a_tear, damaged_by_noise]),
)
def test_hunt_of_any_events_equals_the_obvious_matcher(seed, since, until, compacted, damage):
    pick = random.Random(seed)
    lakes = {organisation: any_events(pick, 150) for organisation in ("bank-a", "bank-b")}
    sought = [Needle(*needle) for needle in NEEDLES]
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake", key=KEY)
        for organisation, its_events in lakes.items():
            ingest_halves(lake, Path(folder), organisation, its_events)
        if compacted is not None:
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(index_files, "ROWS_OF_A_FILE", pick.choice([10, 10_000]))
                lake.compact_index(Merge.ALL if compacted else Merge.SMALL)
        damage(Path(folder) / "lake")
        window = {"since": moment(since), "until": moment(until)}
        found = lake.hunt(sought, **window)
        scanned = lake.hunt(sought, **window, index=False, samples=False)
    expected = reference.hunt(lakes, NEEDLES, since or 0, until or math.inf)
    assert (summary(found), found.refused, summary(scanned)) == (expected, (), expected)
    assert all(hit.samples[0].time == hit.first_seen for hit in found.hits)


def moment(seconds):
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def ingest_halves(lake, folder, organisation, its_events):
    """Bring events in by two files, the later ones first."""
    half = len(its_events) // 2
    for name, some in (("late", its_events[half:]), ("early", its_events[:half])):
        if some:
            file = folder / f"{organisation}-{name}.json"
            file.write_text(as_lines(some))
            assert lake.ingest(organisation, "app", [file]).quarantined == 0


@pytest.fixture
def events_in(lake, write):
    """Put events into an organisation's lake, a second apart."""

    def ingest(organisation, *its_events):
        lines = as_lines({"time": START + second, **event} for second, event in enumerate(its_events))
        report = lake.ingest(organisation, "app", [write(f"{organisation}.json", lines)])
        assert (report.events, report.quarantined) == (len(its_events), 0)

    return ingest


SEMANTICS = [
    # needle type, needle, event, found
    ("ipv4", "192.0.2.1", {"src_ip": "192.0.2.1"}, True),
    ("ipv4", "192.0.2.1", {"src_ip": "192.0.2.11"}, False),
    ("ipv4", "192.0.2.1", {"dst_ip": "192.0.2.1"}, True),
    ("ipv4", "192.0.2.1", {"src_ip": "::ffff:192.0.2.1"}, True),
    ("ipv4", "192.0.2.1", {"src_ip": "192.0.2.1:44321"}, True),
    ("ipv4", "192.0.2.1", {"url": "http://192.0.2.1:8080/x"}, True),
    ("ipv6", "2001:DB8:0::1", {"src_ip": "2001:db8::1"}, True),
    ("ipv6", "2001:db8::1", {"src_ip": "[2001:db8::1]:443"}, True),
    ("cidr", "192.0.2.0/24", {"src_ip": "192.0.2.255"}, True),
    ("cidr", "192.0.2.0/24", {"src_ip": "192.0.3.0"}, False),
    ("cidr", "192.0.2.77/24", {"src_ip": "192.0.2.1"}, True),
    ("cidr", "fc00::/16", {"src_ip": "fc00::1"}, True),
    ("cidr", "2001:db8::/127", {"src_ip": "2001:db8::2"}, False),
    ("domain", "example.com", {"host": "a.b.example.com"}, True),
    ("domain", "example.com", {"host": "EXAMPLE.com."}, True),
    ("domain", "example.com", {"host": "notexample.com"}, False),
    ("domain", "example.com", {"host": "example.com.evil.org"}, False),
    ("domain", "a.example.com", {"host": "example.com"}, False),
    ("domain", "example.com", {"referrer": "https://login.example.com/x"}, True),
    ("domain", "example.com", {"dns_query": "example.com"}, True),
    ("domain", "example.com", {"domain": "cdn.example.com"}, True),
    ("domain", "日本語.jp", {"host": "www.xn--wgv71a119e.jp"}, True),
    ("domain", "xn--wgv71a119e.jp", {"host": "日本語.jp"}, True),
    ("domain", "ｅｘａｍｐｌｅ．com", {"host": "example.com"}, True),
    ("url", "https://h.example/p", {"url": "https://h.example/p"}, True),
    ("url", "https://h.example/p", {"url": "http://h.example:80/p/x"}, True),
    ("url", "https://h.example/p", {"url": "https://H.EXAMPLE/p?q"}, True),
    ("url", "https://h.example/p", {"url": "https://h.example/px"}, False),
    ("url", "https://h.example/p", {"url": "https://h.example/P"}, False),
    ("url", "https://h.example/p", {"url": "https://sub.h.example/p"}, False),
    ("url", "https://h.example/p/", {"url": "https://h.example/p"}, True),
    ("url", "https://h.example", {"url": "https://h.example/anything"}, True),
    ("url", "https://h.example", {"url": "https://h.example.org/"}, False),
    ("url", "https://h.example:8443/p", {"url": "https://h.example:8443/p"}, True),
    ("url", "https://h.example:8443/p", {"url": "https://h.example/p"}, False),
    ("url", "https://h.example/%7euser/../p", {"url": "https://h.example/p#top"}, True),
    ("url", "https://h.example/振込", {"url": "https://h.example/%e6%8c%af%e8%be%bc"}, True),
    ("url", "https://h.example/p", {"referrer": "https://h.example/p/form"}, True),
    ("url", "https://h.example/p", {"host": "h.example", "uri": "/p"}, True),
    ("email", "Taro@Example.com", {"email": "taro@example.com"}, True),
    ("email", "taro@example.com", {"email": "山田 <taro@example.com>"}, True),
    ("email", "taro@example.com", {"user": "TARO@example.com"}, True),
    ("email", "taro@example.com", {"email": "ataro@example.com"}, False),
    ("md5", "D41D8CD98F00B204E9800998ECF8427E", {"md5": "d41d8cd98f00b204e9800998ecf8427e"}, True),
    ("sha1", "a" * 40, {"hash": "A" * 40}, True),
    ("sha256", "a" * 64, {"file": {"hash": {"sha256": "a" * 64}}}, True),
    ("user_agent", "EvilBot/1.0", {"user_agent": "EvilBot/1.0"}, True),
    ("user_agent", "EvilBot/1.0", {"user_agent": "evilbot/1.0"}, False),
    ("account", "123-4567890", {"account": "1234567890"}, True),
    ("account", "１２３４５６７８９０", {"account": "123 4567890"}, True),
    ("account", "Yamada", {"user": "yamada"}, True),
    ("account", "yamada", {"user": "yamada2"}, False),
]


@pytest.mark.parametrize(("kind", "value", "event", "found"), SEMANTICS)
def test_hunt_keeps_the_meaning_of_each_kind(lake, events_in, kind, value, event, found):
    events_in("bank-a", event, {"src_ip": "203.0.113.99"})
    result = lake.hunt([Needle(kind, value)])
    assert result.refused == ()
    assert [(hit.type, hit.value, hit.count) for hit in result.hits] == ([(kind, value, 1)] if found else [])


def test_hit_when_an_event_shows_the_needle_twice_counts_one_event(lake, events_in):
    events_in(
        "bank-a", {"src_ip": "192.0.2.1", "dst_ip": "192.0.2.2", "url": "https://a.example/", "host": "b.example"}
    )
    result = lake.hunt([Needle("cidr", "192.0.2.0/24"), Needle("cidr", "192.0.0.0/16"), Needle("domain", "a.example")])
    assert [(hit.value, hit.count) for hit in result.hits] == [
        ("192.0.2.0/24", 1),
        ("192.0.0.0/16", 1),
        ("a.example", 1),
    ]


def test_hunt_names_the_earliest_five_events_as_samples(lake, events_in):
    events_in("bank-a", *[{"src_ip": "192.0.2.1"}] * 7)
    (hit,) = lake.hunt([Needle("ipv4", "192.0.2.1")]).hits
    assert [(sample.line, sample.file_name, sample.source) for sample in hit.samples] == [
        (line, "bank-a.json", "app") for line in (1, 2, 3, 4, 5)
    ]
    assert hit.samples[0].time == hit.first_seen == datetime.fromtimestamp(START, UTC)
    assert hit.last_seen == datetime.fromtimestamp(START + 6, UTC)
    assert len(hit.samples[0].file_digest) == 64


def test_hunt_looks_only_where_it_is_told(lake, events_in):
    for organisation in ("bank-a", "bank-b", "bank-c"):
        events_in(organisation, {"src_ip": "192.0.2.1"}, {"src_ip": "192.0.2.1"}, {"src_ip": "192.0.2.1"})
    moment = datetime.fromtimestamp(START, UTC)
    result = lake.hunt(
        [Needle("ipv4", "192.0.2.1")],
        organisations=["bank-a", "bank-c"],
        since=moment + timedelta(seconds=1),
        until=moment + timedelta(seconds=2),
    )
    assert [(hit.organisation, hit.count) for hit in result.hits] == [("bank-a", 1), ("bank-c", 1)]
    assert lake.hunt([Needle("ipv4", "192.0.2.1")], organisations=[]).hits == ()
    assert lake.hunt([Needle("ipv4", "192.0.2.1")], since=moment + timedelta(days=1)).hits == ()


def test_hunt_with_a_naive_time_is_refused(lake, events_in):
    with pytest.raises(LakeError, match="time zone"):
        lake.hunt([Needle("ipv4", "192.0.2.1")], since=datetime(2026, 1, 1))  # noqa: DTZ001 - the mistake under test


def test_hunt_of_an_empty_lake_or_for_nothing_finds_nothing(lake, events_in):
    assert lake.hunt([Needle("ipv4", "192.0.2.1")]).hits == ()
    events_in("bank-a", {"src_ip": "192.0.2.1"})
    assert lake.hunt([]).hits == ()


def test_hunt_reports_each_needle_as_given_and_once(lake, events_in):
    events_in("bank-a", {"host": "evil.example.com"})
    sought = [
        Needle("domain", "EVIL.example.com"),
        Needle("domain", "evil.example.com"),
        Needle("domain", "EVIL.example.com"),
    ]
    assert [hit.value for hit in lake.hunt(sought).hits] == ["EVIL.example.com", "evil.example.com"]


def test_hunt_goes_on_without_the_needles_it_refuses(lake, events_in):
    events_in("bank-a", {"src_ip": "192.0.2.1"})
    result = lake.hunt([Needle("cidr", "0.0.0.0/0"), Needle("ipv4", "192.0.2.1"), Needle("domain", "x" * 100_000)])
    assert [hit.value for hit in result.hits] == ["192.0.2.1"]
    assert [(value[:10], len(value)) for value, _ in result.refused] == [("0.0.0.0/0", 9), ("x" * 10, 200)]


def test_hunt_of_many_needles_takes_one_pass(lake, events_in):
    events_in("bank-a", {"src_ip": "10.1.2.3"}, {"host": "x.host77.example"}, {"url": "https://host5.example/p5/z"})
    sought = [Needle("ipv4", f"10.{i // 65536}.{i // 256 % 256}.{i % 256}") for i in range(100_000)]
    sought += [Needle("domain", f"host{i}.example") for i in range(1000)]
    sought += [Needle("url", f"https://host{i}.example/p{i}") for i in range(1000)]
    assert [hit.value for hit in lake.hunt(sought).hits] == [
        "10.1.2.3",
        "host5.example",
        "host77.example",
        "https://host5.example/p5",
    ]


def test_events_of_a_hit_are_shown_without_clear_users_and_only_of_that_organisation(lake, events_in):
    events_in("bank-a", {"src_ip": "192.0.2.1", "user": "yamada", "session": "s3cret", "account": "1234567"})
    events_in("bank-b", {"src_ip": "192.0.2.1", "user": "suzuki"})
    (event,) = lake.events("bank-a", Needle("cidr", "192.0.2.0/24"), 10)
    assert {name: event[name] for name in ("organisation", "source", "src_ip", "file", "line", "time")} == {
        "organisation": "bank-a",
        "source": "app",
        "src_ip": "192.0.2.1",
        "file": "bank-a.json",
        "line": 1,
        "time": datetime.fromtimestamp(START, UTC),
    }
    assert not {"yamada", "s3cret", "1234567"} & set(map(str, event.values()))
    assert lake.events("bank-c", Needle("ipv4", "192.0.2.1"), 10) == []
    assert lake.events("bank-a", Needle("domain", "co.jp"), 10) == []


def test_events_are_limited_to_the_earliest(lake, events_in):
    events_in("bank-a", *[{"src_ip": "192.0.2.1"}] * 5)
    assert [event["line"] for event in lake.events("bank-a", Needle("ipv4", "192.0.2.1"), 2)] == [1, 2]


def test_daily_counts_follow_the_time_zone(lake, write):
    lines = as_lines([{"time": f"2026-04-01T{hour}:30:00Z", "ip": "192.0.2.1"} for hour in (14, 15, 16)])
    lake.ingest("bank-a", "app", [write("x.json", lines)])
    needle = Needle("ipv4", "192.0.2.1")
    assert lake.daily_counts("bank-a", needle) == [(date(2026, 4, 1), 1), (date(2026, 4, 2), 2)]
    assert lake.daily_counts("bank-a", needle, timezone="UTC") == [(date(2026, 4, 1), 3)]
    assert lake.daily_counts("bank-b", needle) == []


def test_pseudonyms_of_another_key_do_not_match(lake, events_in, tmp_path):
    events_in("bank-a", {"user": "yamada"})
    other = Lake(tmp_path / "lake", key=b"another key of sixteen bytes or more")
    assert [hit.count for hit in lake.hunt([Needle("account", "yamada")]).hits] == [1]
    assert other.hunt([Needle("account", "yamada")]).hits == ()
