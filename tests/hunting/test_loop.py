"""The main loop: a signal goes out, every lake it may reach is searched, each owner alone hears of it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils.translation import override

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, share, to_people
from noroshi.core import clock
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.models import Hit, Hunt
from noroshi.intel.models import Sighting
from noroshi.intel.queries import organisations_that_saw, own_sighting
from noroshi.kit.jobs import deliver_events, run_due
from noroshi.notify.models import Notice
from noroshi.notify.presenters import present
from noroshi.sharing.actions import amend_signal, withdraw_signal
from noroshi.sharing.models import SignalObservable

BODY = f"送信元 {EVIL_ADDRESS} から http://{EVIL_DOMAIN}/login へ"


@pytest.fixture
def touched(cast):
    """Two banks whose logs have the campaign, an insurer whose logs do not."""
    fill_lake(
        cast.bank_a,
        [
            event("2026-11-20T01:00:00Z", src_ip=EVIL_ADDRESS),
            event("2026-11-20T03:00:00Z", src_ip=EVIL_ADDRESS),
            event("2026-11-21T05:00:00Z", url=f"http://{EVIL_DOMAIN}/login?id=1"),
        ],
    )
    fill_lake(cast.bank_b, [event("2026-11-19T00:00:00Z", src_ip=EVIL_ADDRESS), event()])
    fill_lake(cast.insurer, [event(), event(src_ip="198.51.100.8")])
    return cast


def rows(**narrow):
    found = Hit.everything.filter(**narrow).order_by("organisation__slug", "type", "value")
    return [(hit.organisation.slug, hit.type, hit.value, hit.count) for hit in found]


def told():
    return sorted(Notice.everything.filter(kind="hit").values_list("person__name", "count"))


def recorded(action):
    return list(LedgerEntry.objects.filter(action=action).order_by("id"))


def test_a_shared_signal_becomes_hits_of_those_it_touched(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    assert rows() == [
        ("bank_a", "ipv4", EVIL_ADDRESS, 2),
        ("bank_a", "url", f"http://{EVIL_DOMAIN}/login", 1),
        ("bank_b", "ipv4", EVIL_ADDRESS, 1),
    ]


def test_a_hit_has_its_times_and_where_it_stands_in_the_log(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    hit = Hit.everything.get(organisation=touched.bank_a, type="ipv4")
    assert hit.first_seen == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert hit.last_seen == datetime(2026, 11, 20, 3, tzinfo=UTC)
    assert hit.samples == [
        {"time": "2026-11-20T01:00:00+00:00", "source": "proxy", "file": "bank_a-proxy.ndjson", "line": 1},
        {"time": "2026-11-20T03:00:00+00:00", "source": "proxy", "file": "bank_a-proxy.ndjson", "line": 2},
    ]


def test_only_people_with_a_need_to_know_of_a_touched_organisation_are_told(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]


def test_the_loop_leaves_its_events(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    hunt = Hunt.everything.get(signal=signal)
    found = {(entry.payload["organisation"], entry.payload["hits"]) for entry in recorded("hunting.hit.found")}
    assert found == {(str(touched.bank_a.pk), 2), (str(touched.bank_b.pk), 1)}
    assert {entry.payload["hunt"] for entry in recorded("hunting.hit.found")} == {str(hunt.pk)}
    assert [entry.payload for entry in recorded("hunting.hunt.finished")] == [{"hits": 3, "lakes": 3, "values": 2}]


def test_no_event_names_a_value(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    for entry in LedgerEntry.objects.filter(action__startswith="hunting."):
        assert EVIL_ADDRESS not in str(entry.payload)
        assert EVIL_DOMAIN not in str(entry.payload)


def test_a_finished_hunt_knows_what_it_cost(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    hunt = Hunt.everything.get()
    assert (hunt.state, hunt.refused, hunt.values, hunt.organisation) == ("done", [], [], None)
    assert hunt.wall_seconds > 0
    assert hunt.cpu_seconds > 0


def test_sightings_flow_back_and_are_counted_from_three_on(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    assert organisations_that_saw(signal.pk) is None
    assert own_sighting(touched.actor("a1"), signal.pk).count == 3
    assert own_sighting(touched.actor("i1"), signal.pk) is None
    fill_lake(touched.trial, [event(src_ip=EVIL_ADDRESS)])
    fill_lake(touched.outsider, [event(src_ip=EVIL_ADDRESS)])
    signal = share(touched.actor("i1"), f"{EVIL_ADDRESS}")
    drain()
    assert organisations_that_saw(signal.pk) == 3  # the trial member's ceiling is below AMBER


def test_the_sighting_spans_all_values(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    sighting = Sighting.everything.get(item_id=signal.pk, organisation=touched.bank_a)
    assert sighting.first_seen == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert sighting.last_seen == datetime(2026, 11, 21, 5, tzinfo=UTC)


def test_a_value_known_as_harmless_is_not_looked_for(cast, drain):
    fill_lake(cast.bank_a, [event(src_ip="8.8.8.8"), event(src_ip=EVIL_ADDRESS)])
    share(cast.actor("i1"), f"8.8.8.8 {EVIL_ADDRESS}")
    drain()
    assert rows() == [("bank_a", "ipv4", EVIL_ADDRESS, 1)]


def test_a_signal_without_values_is_hunted_in_vain_and_ends(touched, drain):
    share(touched.actor("i1"), "no address here")
    drain()
    assert rows() == []
    assert Hunt.everything.get().state == "done"


def test_a_held_signal_is_not_hunted_before_its_release(touched, drain):
    share(touched.actor("i1"), BODY, tlp=TLP.RED, entries=to_people(touched.a1))
    drain()
    assert Hunt.everything.count() == 0


# Scope: nobody's logs are searched for what nobody there may see.


def test_a_red_signal_searches_the_logs_of_the_named_persons_banks_alone(touched, drain):
    entries = to_people(touched.a1)
    share(touched.actor("i1"), BODY, tlp=TLP.RED, entries=entries, releaser=touched.actor("hub_op"))
    drain()
    assert rows() == [
        ("bank_a", "ipv4", EVIL_ADDRESS, 2),
        ("bank_a", "url", f"http://{EVIL_DOMAIN}/login", 1),
    ]
    assert told() == [("a1", 2)]
    assert [entry.payload["lakes"] for entry in recorded("hunting.hunt.finished")] == [2]  # and the author's own


def test_a_red_hit_is_hidden_from_the_named_persons_colleagues(touched, drain):
    entries = to_people(touched.a1)
    share(touched.actor("i1"), BODY, tlp=TLP.RED, entries=entries, releaser=touched.actor("hub_op"))
    drain()
    assert queries.hits_for(touched.actor("a1")).count() == 2
    assert queries.hits_for(touched.actor("a2")).count() == 0
    assert queries.hits_for(touched.actor("b1")).count() == 0


def test_an_excluded_organisation_is_not_searched(touched, drain):
    excluded = Entry(EntryKind.EXCLUDED_ORGANISATION, touched.bank_b.pk)
    share(touched.actor("i1"), BODY, entries=frozenset({Entry(EntryKind.COMMUNITY), excluded}))
    drain()
    assert {row[0] for row in rows()} == {"bank_a"}


def test_a_suspended_organisation_is_neither_searched_nor_told(touched, drain):
    touched.bank_b.standing = "suspended"
    touched.bank_b.save()
    share(touched.actor("i1"), BODY)
    drain()
    assert {row[0] for row in rows()} == {"bank_a"}
    assert told() == [("a1", 2), ("a2", 2)]


def test_a_supervisors_lake_is_never_searched(cast, drain):
    fill_lake(cast.supervisor, [event(src_ip=EVIL_ADDRESS)])
    share(cast.actor("i1"), BODY, tlp=TLP.CLEAR)
    drain()
    assert rows() == []


def test_a_lake_whose_organisation_left_the_register_is_not_searched(cast, drain):
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS)])
    cast.bank_a.slug = "renamed"
    cast.bank_a.save()
    share(cast.actor("i1"), BODY)
    drain()
    assert rows() == []


def test_a_signal_of_an_exercise_touches_no_real_log(touched, drain):
    share(touched.actor("i1", world="exercise:1"), BODY)
    drain()
    assert rows() == []
    assert told() == []


def test_before_an_embargo_ends_only_the_named_persons_bank_is_searched(touched, drain, stopped_clock):
    fill_lake(touched.outsider, [event(src_ip=EVIL_ADDRESS)])
    until = clock.now() + timedelta(hours=2)
    entries = to_people(touched.a1) | {Entry(EntryKind.COMMUNITY)}
    share(touched.actor("i1"), BODY, entries=entries, embargo_until=until)
    drain()
    assert {row[0] for row in rows()} == {"bank_a"}
    assert told() == [("a1", 2)]
    run_due()
    stopped_clock.advance(hours=3)
    run_due()
    drain()
    assert {row[0] for row in rows()} == {"bank_a", "bank_b", "outsider"}
    assert told() == [("a1", 2), ("b1", 1), ("b2", 1), ("o1", 1)]
    assert Hunt.everything.count() == 1


# Once: events come again, jobs die, signals are amended.


def test_an_event_delivered_again_starts_no_second_hunt(touched, drain):
    from noroshi.hunting.receivers import look_back_for_signal

    share(touched.actor("i1"), BODY)
    drain()
    before = LedgerEntry.objects.count()
    look_back_for_signal(recorded("sharing.signal.published")[0])
    drain()
    assert Hunt.everything.count() == 1
    assert LedgerEntry.objects.count() == before
    assert len(rows()) == 3


def test_hits_announced_again_tell_nobody_twice(touched, drain):
    from noroshi.hunting.receivers import tell_of_hits

    share(touched.actor("i1"), BODY)
    drain()
    for entry in recorded("hunting.hit.found"):
        tell_of_hits(entry)
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]


def test_a_job_that_died_before_its_end_is_run_again_and_tells_nobody_twice(touched, drain, monkeypatch):
    """The worker dies once each organisation's hits are written: the next run finds them, and writes the end."""
    from noroshi.hunting.actions import running

    signal = share(touched.actor("i1"), BODY)
    while deliver_events():
        pass
    hunt = Hunt.everything.get(signal=signal)
    with monkeypatch.context() as patch:
        patch.setattr(running, "_finish", _killed)
        with pytest.raises(SystemExit):
            actions.run_hunt(hunt)
    hunt.refresh_from_db()
    found = rows()
    assert (hunt.state, len(found), recorded("hunting.hunt.finished")) == ("running", 3, [])
    drain()
    actions.run_hunt(hunt)
    drain()
    assert rows() == found
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]
    assert [len(recorded(f"hunting.{event}")) for event in ("hit.found", "hunt.finished")] == [2, 1]


def _killed(*_arguments):
    raise SystemExit


def test_an_organisations_hits_are_written_with_what_is_told_of_them_or_not_at_all(touched, monkeypatch):
    from noroshi.hunting.actions import hits

    signal = share(touched.actor("i1"), BODY)
    hunt = actions.look_back_for(signal.pk, 1, "real")
    with monkeypatch.context() as patch:
        patch.setattr(hits, "record_sighting", _killed_by_keyword)
        with pytest.raises(SystemExit):
            actions.run_hunt(hunt)
    assert (rows(), recorded("hunting.hit.found")) == ([], [])
    actions.run_hunt(hunt)
    assert len(rows()) == 3


def _killed_by_keyword(*_arguments, **_named):
    raise SystemExit


def test_two_workers_with_the_same_hunt_write_it_once(touched, drain, monkeypatch):
    """Between two organisations of the first, the second does all of it."""
    from noroshi.hunting.actions import running

    signal = share(touched.actor("i1"), BODY)
    hunt = actions.look_back_for(signal.pk, 1, "real")
    tell_owner = running.tell_owner

    def overtaken(*arguments):
        tell_owner(*arguments)
        monkeypatch.setattr(running, "tell_owner", tell_owner)
        actions.run_hunt(hunt)

    monkeypatch.setattr(running, "tell_owner", overtaken)
    actions.run_hunt(hunt)
    drain()
    assert len(rows()) == 3
    assert [len(recorded(f"hunting.{event}")) for event in ("hit.found", "hunt.finished")] == [2, 1]
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]


def test_a_lake_that_cannot_be_read_marks_the_hunt_and_is_tried_again(touched, settings, drain):
    signal = share(touched.actor("i1"), BODY)
    hunt = actions.look_back_for(signal.pk, 1, "real")
    part = next(settings.LAKE_DIR.glob("events/organisation=bank_b/**/*.parquet"))
    saved = part.read_bytes()
    part.write_bytes(b"not parquet")
    with pytest.raises(Exception, match="parquet"):
        actions.run_hunt(hunt)
    hunt.refresh_from_db()
    assert (hunt.state, [row[0] for row in rows()]) == ("failed", ["bank_a", "bank_a"])  # what could be read is told
    part.write_bytes(saved)
    actions.run_hunt(hunt)
    drain()
    assert len(rows()) == 3
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]


def test_an_amended_signal_tells_only_of_what_is_new(touched, drain):
    fill_lake(touched.bank_b, [event(url="https://second.example.net/")], name="later")
    signal = share(touched.actor("i1"), BODY)
    drain()
    amend_signal(touched.actor("i1"), signal, title="More", body=f"{BODY} second.example.net", reason="more")
    drain()
    assert rows()[-2:] == [
        ("bank_b", "domain", "second.example.net", 1),
        ("bank_b", "ipv4", EVIL_ADDRESS, 1),
    ]
    assert len(rows()) == 4
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b1", 1), ("b2", 1), ("b2", 1)]


def test_an_amended_signal_brings_known_hits_up_to_date(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    fill_lake(touched.bank_b, [event("2026-11-22T00:00:00Z", src_ip=EVIL_ADDRESS)], name="later")
    amend_signal(touched.actor("i1"), signal, title="Same", body=BODY, reason="wording")
    drain()
    hit = Hit.everything.get(organisation=touched.bank_b)
    assert (hit.count, hit.last_seen) == (2, datetime(2026, 11, 22, tzinfo=UTC))
    assert own_sighting(touched.actor("b1"), signal.pk).count == 2
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]


def test_a_value_taken_back_takes_its_hits_with_it(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    SignalObservable.everything.filter(signal=signal, observable__type="ipv4").delete()
    actions.look_again(Hunt.everything.get())
    drain()
    assert rows() == [("bank_a", "url", f"http://{EVIL_DOMAIN}/login", 1)]


def test_the_hits_of_a_withdrawn_signal_are_no_longer_shown(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    withdraw_signal(touched.actor("i1"), signal, reason="wrong level")
    drain()
    assert queries.hits_for(touched.actor("a1")).count() == 0
    assert queries.counts_by_organisation(touched.actor("hub_op"), signal) == []


def test_a_signal_withdrawn_before_its_hunt_is_not_hunted(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    withdraw_signal(touched.actor("i1"), signal, reason="wrong")
    drain()
    assert rows() == []


# Who sees what of it.


def test_each_bank_sees_its_own_hits_alone(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    seen = {
        name: sorted(queries.hits_for(touched.actor(name)).values_list("organisation__slug", flat=True))
        for name in touched.people
    }
    own = {"a1": ["bank_a"] * 2, "a2": ["bank_a"] * 2, "b1": ["bank_b"], "b2": ["bank_b"]}
    assert seen == {name: own.get(name, []) for name in touched.people}


def test_the_hub_counts_by_organisation_and_sees_no_value(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    counts = queries.counts_by_organisation(touched.actor("hub_op"), signal)
    assert [(count.organisation.slug, count.values, count.events) for count in counts] == [
        ("bank_a", 2, 3),
        ("bank_b", 1, 1),
    ]
    assert EVIL_ADDRESS not in str(counts)
    assert queries.hits_for(touched.actor("hub_op")).count() == 0


def test_nobody_but_a_hub_operator_counts(touched, drain):
    signal = share(touched.actor("i1"), BODY, tlp=TLP.CLEAR)
    drain()
    others = ("a1", "a_admin", "auditor", "hub_admin", "hub_reader", "i1", "v1")
    counted = {name: len(queries.counts_by_organisation(touched.actor(name), signal)) for name in ("hub_op", *others)}
    assert counted == {"hub_op": 2, **dict.fromkeys(others, 0)}


def test_the_supervisor_counts_nothing_and_sees_nothing(touched, drain):
    signal = share(touched.actor("i1"), BODY, tlp=TLP.CLEAR)
    drain()
    for name in ("sup", "sup_admin", "sup_reader"):
        assert queries.counts_by_organisation(touched.actor(name), signal) == []
        assert queries.hits_for(touched.actor(name)).count() == 0


def test_a_red_signal_of_others_is_not_the_hubs_to_count(touched, drain):
    entries = to_people(touched.a1)
    signal = share(touched.actor("i1"), BODY, tlp=TLP.RED, entries=entries, releaser=touched.actor("hub_op"))
    drain()
    assert rows() != []
    with pytest.raises(NotFound):
        queries.counts_by_organisation(touched.actor("hub_op"), signal)


def test_a_person_who_lost_the_signal_loses_the_hits(touched, drain):
    signal = share(touched.actor("i1"), BODY, entries=to_people(touched.a1, touched.b1))
    drain()
    assert queries.hits_for(touched.actor("a1")).count() == 2
    from noroshi.core.models import AudienceEntry

    AudienceEntry.objects.filter(item_id=signal.pk, target=touched.a1.pk).delete()
    assert queries.hits_for(touched.actor("a1")).count() == 0


def test_a_notice_reads_like_the_hits_it_is_about(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    notices = list(Notice.everything.filter(person=touched.a1, kind="hit"))
    with override("en"):
        shown = present(touched.actor("a1"), notices)
    assert [(text.title, text.url, text.tlp) for text in shown.values()] == [
        (
            "2 values of “Phishing of the branch network” are in your logs",
            f"/hunting/signals/{signal.pk}/",
            TLP.AMBER,
        )
    ]


def test_a_notice_says_nothing_to_somebody_else(touched, drain):
    share(touched.actor("i1"), BODY)
    drain()
    notices = list(Notice.everything.filter(person=touched.a1, kind="hit"))
    assert {name: present(touched.actor(name), notices) for name in ("i1", "hub_op", "sup", "a_admin")} == {
        "i1": {},
        "hub_op": {},
        "sup": {},
        "a_admin": {},
    }
