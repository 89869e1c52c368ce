"""The watch: a signal is out already, and logs that show its values arrive."""

import pytest

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, share, to_people
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hit, Hunt, WatchMark
from noroshi.intel.queries import own_sighting
from noroshi.kit.jobs import run_due
from noroshi.notify.models import Notice
from noroshi.sharing.actions import amend_signal, withdraw_signal

BODY = f"送信元 {EVIL_ADDRESS} から http://{EVIL_DOMAIN}/login へ"


@pytest.fixture
def out(cast, drain):
    """A signal that is out and was hunted in vain: no log had it."""
    fill_lake(cast.bank_a, [event()])
    signal = share(cast.actor("i1"), BODY)
    drain()
    assert rows() == []
    return signal


def rows():
    found = Hit.everything.order_by("organisation__slug", "type", "value")
    return [(hit.organisation.slug, hit.type, hit.value, hit.count) for hit in found]


def told():
    return sorted(Notice.everything.filter(kind="hit").values_list("person__name", "count"))


def arrive(organisation, *events, name="later.ndjson"):
    return fill_lake(organisation, events, name=f"{organisation.slug}-{name}")


def seen(time="2026-11-22T01:00:00Z", **fields):
    return event(time, src_ip=EVIL_ADDRESS, **fields)


def test_logs_that_arrive_after_a_signal_become_hits_and_their_owner_alone_is_told(cast, out, drain):
    arrive(cast.bank_a, seen(), seen("2026-11-22T02:00:00Z", url=f"http://{EVIL_DOMAIN}/login?id=1"), event())
    arrive(cast.insurer, event())
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 2), ("bank_a", "url", f"http://{EVIL_DOMAIN}/login", 1)]
    assert told() == [("a1", 2), ("a2", 2)]
    assert queries.hits_for(cast.actor("a1")).count() == 2
    assert queries.hits_for(cast.actor("b1")).count() == 0
    assert own_sighting(cast.actor("a1"), out.pk).count == 3
    assert Hit.everything.values_list("hunt__signal", flat=True).distinct().get() == out.pk


def test_a_value_seen_again_is_counted_and_not_told_again(cast, out, drain):
    arrive(cast.bank_a, seen())
    drain()
    arrive(cast.bank_a, seen("2026-11-23T01:00:00Z"), name="again.ndjson")
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 2)]
    assert told() == [("a1", 1), ("a2", 1)]
    assert own_sighting(cast.actor("a1"), out.pk).last_seen.isoformat() == "2026-11-23T01:00:00+00:00"


def test_a_batch_taken_again_or_watched_again_has_no_second_effect(cast, out, drain):
    arrive(cast.bank_a, seen())
    drain()
    before = (rows(), told(), LedgerEntry.objects.filter(action__startswith="hunting.hit").count())
    arrive(cast.bank_a, seen())
    WatchMark.objects.update(arrival=0)  # as a database put back from yesterday's backup
    drain()
    assert actions.watch_arrivals(cast.bank_a) == 0
    assert (rows(), told(), LedgerEntry.objects.filter(action__startswith="hunting.hit").count()) == before


def test_what_nobody_was_told_of_is_watched_soon(cast, out, drain, settings, tmp_path):
    """As after a worker that was killed between the lake's transaction and the ledger's."""
    path = tmp_path / "a.ndjson"
    path.write_text(f'{{"timestamp": "2026-11-22T01:00:00Z", "src_ip": "{EVIL_ADDRESS}"}}\n')
    open_lake().ingest("bank_a", "proxy", [path])
    drain()
    assert rows() == []
    assert [organisation.slug for organisation in queries.organisations_with_arrivals()] == ["bank_a"]
    run_due()
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]
    assert list(queries.organisations_with_arrivals()) == []


def test_a_watch_killed_before_its_end_is_made_again_and_writes_once(cast, out, drain, monkeypatch):
    from noroshi.hunting.actions import watch

    arrive(cast.bank_a, seen())
    with monkeypatch.context() as patch:
        patch.setattr(watch, "tell_owner", _killed)
        with pytest.raises(SystemExit):
            actions.watch_arrivals(cast.bank_a)
    assert (rows(), told()) == ([], [])
    drain()
    assert (rows(), told()) == ([("bank_a", "ipv4", EVIL_ADDRESS, 1)], [("a1", 1), ("a2", 1)])


def _killed(*_arguments):
    raise SystemExit


def test_batches_are_watched_though_their_index_was_merged_meanwhile(cast, out, drain):
    arrive(cast.bank_a, seen(), name="1.ndjson")
    arrive(cast.bank_b, seen(), name="1.ndjson")
    arrive(cast.bank_a, seen("2026-11-22T03:00:00Z"), name="2.ndjson")
    open_lake().compact_index()
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 2), ("bank_b", "ipv4", EVIL_ADDRESS, 1)]
    assert told() == [("a1", 1), ("a2", 1), ("b1", 1), ("b2", 1)]


def test_batches_are_watched_though_their_index_is_lost(cast, out, drain, settings):
    arrive(cast.bank_a, seen())
    for part in settings.LAKE_DIR.glob("index/**/*.parquet"):
        part.unlink()
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]


def test_a_hunt_under_way_has_the_watch_come_again(cast, out, drain):
    Hunt.everything.update(state="running")
    arrive(cast.bank_a, seen())
    assert actions.watch_arrivals(cast.bank_a) == 1
    assert [organisation.slug for organisation in queries.organisations_with_arrivals()] == ["bank_a"]
    Hit.everything.update(count=7)  # what the hunt wrote of the lake as it was before
    Hunt.everything.update(state="done")
    assert actions.watch_arrivals(cast.bank_a) == 0
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]
    assert list(queries.organisations_with_arrivals()) == []


# Whose logs are watched for what.


def test_logs_are_not_watched_for_a_signal_that_their_owner_may_not_see(cast, drain):
    excluded = Entry(EntryKind.EXCLUDED_ORGANISATION, cast.bank_b.pk)
    share(cast.actor("i1"), EVIL_ADDRESS, entries=frozenset({Entry(EntryKind.COMMUNITY), excluded}))
    drain()
    for organisation in (cast.bank_a, cast.bank_b, cast.supervisor):
        arrive(organisation, seen())
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]
    assert told() == [("a1", 1), ("a2", 1)]


def test_a_red_hit_at_arrival_is_the_named_persons_alone(cast, drain):
    entries = to_people(cast.a1)
    share(cast.actor("i1"), EVIL_ADDRESS, tlp=TLP.RED, entries=entries, releaser=cast.actor("hub_op"))
    drain()
    arrive(cast.bank_a, seen())
    arrive(cast.bank_b, seen())
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]
    assert told() == [("a1", 1)]
    assert queries.hits_for(cast.actor("a2")).count() == 0


def test_a_value_known_as_harmless_is_not_watched_for(cast, drain):
    share(cast.actor("i1"), f"8.8.8.8 {EVIL_ADDRESS}")
    drain()
    arrive(cast.bank_a, event(src_ip="8.8.8.8"), seen())
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]


def test_a_signal_of_an_exercise_is_not_watched_for(cast, drain):
    share(cast.actor("i1", world="exercise:1"), EVIL_ADDRESS)
    drain()
    arrive(cast.bank_a, seen())
    drain()
    assert rows() == []


def test_a_withdrawn_signal_is_not_watched_for(cast, out, drain):
    arrive(cast.bank_a, event(src_ip="198.51.100.9"))
    drain()  # what is watched for is known
    withdraw_signal(cast.actor("i1"), out, reason="wrong")
    drain()
    arrive(cast.bank_a, seen(), name="b.ndjson")
    drain()
    assert rows() == []


def test_an_amended_signal_is_watched_for_as_it_says_now(cast, out, drain):
    arrive(cast.bank_a, event(src_ip="198.51.100.9"))
    drain()
    amend_signal(cast.actor("i1"), out, title="More", body="second.example.net", reason="more")
    drain()
    arrive(cast.bank_a, seen(), event(domain="second.example.net"), name="b.ndjson")
    drain()
    assert rows() == [("bank_a", "domain", "second.example.net", 1)]
