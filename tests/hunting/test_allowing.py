"""Allow-lists: what an organisation knows as harmless is found, shown as suppressed, and told to nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from factories.lakes import EVIL_ADDRESS, EVIL_DOMAIN, event, fill_lake, share, to_people
from noroshi.core import clock
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotAllowed, NotFound, TooLarge
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.actions import allowing
from noroshi.hunting.models import AllowedValue, Hit, Hunt
from noroshi.intel.queries import own_sighting
from noroshi.kit.jobs import run_due
from noroshi.members.models import Organisation
from noroshi.notify.models import Notice
from noroshi.portal.queries import organisations_hit
from noroshi.sharing.actions import amend_signal

URL = f"http://{EVIL_DOMAIN}/login"
BODY = f"{EVIL_ADDRESS} {URL}"
NETWORK = "45.155.205.0/24"


@pytest.fixture
def touched(cast, drain):
    """Two banks whose logs have the campaign."""
    fill_lake(cast.bank_a, [event(src_ip=EVIL_ADDRESS), event("2026-11-21T05:00:00Z", url=f"{URL}?id=1")])
    fill_lake(cast.bank_b, [event(src_ip=EVIL_ADDRESS)])
    drain()
    return cast


def allow(cast, text, name="a1", reason="our scanner", **said):
    return actions.allow_values(cast.actor(name), text=text, reason=reason, **said)


def hits():
    rows = Hit.everything.filter(allowed=None).order_by("organisation__slug", "type", "value")
    return [(hit.organisation.slug, hit.value, hit.count) for hit in rows]


def suppressed(cast, name="a1"):
    rows = queries.suppressed_for(cast.actor(name)).order_by("type", "value")
    return [(hit.value, hit.count, hit.allowed.reason) for hit in rows]


def told():
    return sorted(Notice.everything.filter(kind="hit").values_list("person__name", "count"))


def found_events():
    entries = LedgerEntry.objects.filter(action="hunting.hit.found").order_by("pk")
    return [
        (Organisation.objects.get(pk=entry.payload["organisation"]).slug, entry.payload["hits"]) for entry in entries
    ]


# What it does to hits.


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (EVIL_ADDRESS, [("bank_a", URL, 1)]),
        (NETWORK, [("bank_a", URL, 1)]),
        ("example.com", [("bank_a", EVIL_ADDRESS, 1)]),
        (f"{NETWORK}\n{EVIL_DOMAIN}", []),
        ("45.155.206.0/24\nother.example.com", [("bank_a", EVIL_ADDRESS, 1), ("bank_a", URL, 1)]),
    ],
)
def test_a_signals_hunt_suppresses_what_a_bank_allows_in_its_own_logs_alone(touched, drain, text, left):
    allow(touched, text)
    share(touched.actor("i1"), BODY)
    drain()
    assert hits() == [*left, ("bank_b", EVIL_ADDRESS, 1)]
    assert told() == [*((name, len(left)) for name in ("a1", "a2") if left), ("b1", 1), ("b2", 1)]
    assert found_events() == [*((("bank_a", len(left)),) if left else ()), ("bank_b", 1)]


def test_what_is_suppressed_is_shown_with_its_count_and_reason_and_counted_nowhere(touched, drain):
    allow(touched, NETWORK)
    signal = share(touched.actor("i1"), EVIL_ADDRESS)
    drain()
    assert suppressed(touched) == [(EVIL_ADDRESS, 1, "our scanner")]
    assert queries.hits_for(touched.actor("a1")).count() == 0
    assert own_sighting(touched.actor("a1"), signal.pk) is None
    assert [count.organisation.slug for count in queries.counts_by_organisation(touched.actor("hub_op"), signal)] == [
        "bank_b"
    ]
    finished = LedgerEntry.objects.get(action="hunting.hunt.finished")
    assert finished.payload["hits"] == 1


def test_the_watch_at_arrival_suppresses_too(touched, drain):
    signal = share(touched.actor("i1"), "45.155.207.7 second.example.net")
    drain()
    allow(touched, "45.155.207.0/24")
    for bank in (touched.bank_a, touched.bank_b):
        fill_lake(bank, [event("2026-11-22T00:00:00Z", src_ip="45.155.207.7")], name=f"{bank.slug}-later.ndjson")
    drain()
    assert hits() == [("bank_b", "45.155.207.7", 1)]
    assert suppressed(touched) == [("45.155.207.7", 1, "our scanner")]
    assert told() == [("b1", 1), ("b2", 1)]
    fill_lake(touched.bank_a, [event("2026-11-23T00:00:00Z", src_ip="45.155.207.7")], name="again.ndjson")
    drain()
    assert suppressed(touched) == [("45.155.207.7", 2, "our scanner")]
    assert own_sighting(touched.actor("a1"), signal.pk) is None


def test_an_own_search_suppresses_what_it_found_and_says_so(touched, drain):
    allow(touched, "example.com", reason="a partner")
    hunt = actions.search_own_lake(touched.actor("a2"), text=BODY)
    drain()
    assert hits() == [("bank_a", EVIL_ADDRESS, 1)]
    assert suppressed(touched) == [(URL, 1, "a partner")]
    assert queries.shared_suppressed_for(touched.actor("a1")).count() == 0
    assert [row.hunt_id for row in queries.suppressed_for(touched.actor("a2"))] == [hunt.pk]


def test_what_was_seen_is_answered_without_what_is_allowed(touched):
    allow(touched, EVIL_ADDRESS)
    answer = actions.ask_own_lake(touched.actor("a1"), values=[EVIL_ADDRESS, URL, "9.9.9.10", "no value"])
    assert [(sight.value, sight.count) for sight in answer.sights] == [(URL, 1), ("9.9.9.10", 0)]
    assert [(each.found.value, each.found.count, each.line.reason) for each in answer.suppressed] == [
        (EVIL_ADDRESS, 1, "our scanner")
    ]
    assert ("no value", "") in answer.passed
    other = actions.ask_own_lake(touched.actor("b1"), values=[EVIL_ADDRESS])
    assert ([sight.count for sight in other.sights], other.suppressed) == ([1], [])


def test_an_amended_signal_takes_suppressed_hits_back_too(touched, drain):
    allow(touched, NETWORK)
    signal = share(touched.actor("i1"), BODY)
    drain()
    amend_signal(touched.actor("i1"), signal, title="Less", body=URL, reason="less")
    drain()
    assert suppressed(touched) == []
    assert hits() == [("bank_a", URL, 1)]


# A list that changes.


def test_a_value_allowed_later_suppresses_the_hits_there_are(touched, drain):
    signal = share(touched.actor("i1"), BODY)
    drain()
    assert own_sighting(touched.actor("a1"), signal.pk).count == 2
    allow(touched, EVIL_ADDRESS)
    drain()
    assert hits() == [("bank_a", URL, 1), ("bank_b", EVIL_ADDRESS, 1)]
    assert own_sighting(touched.actor("a1"), signal.pk).count == 1
    allow(touched, EVIL_DOMAIN)
    drain()
    assert hits() == [("bank_b", EVIL_ADDRESS, 1)]
    assert own_sighting(touched.actor("a1"), signal.pk) is None
    assert own_sighting(touched.actor("b1"), signal.pk).count == 1
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]


def test_a_value_taken_off_the_list_makes_hits_again_and_they_are_told(touched, drain):
    allow(touched, f"{EVIL_ADDRESS}\n{EVIL_DOMAIN}\n{NETWORK}", reason="x")
    signal = share(touched.actor("i1"), BODY)
    drain()
    assert told() == [("b1", 1), ("b2", 1)]
    lines = {line.value: line for line in queries.allowed_values_for(touched.actor("a2"))}
    assert actions.disallow_values(touched.actor("a2"), lines=[lines[EVIL_ADDRESS]]) == 1
    assert suppressed(touched) == [(EVIL_ADDRESS, 1, "x"), (URL, 1, "x")]  # the network still allows it
    actions.disallow_values(touched.actor("a2"), lines=[lines[NETWORK], lines[EVIL_DOMAIN]])
    drain()
    assert suppressed(touched) == []
    assert hits()[:2] == [("bank_a", EVIL_ADDRESS, 1), ("bank_a", URL, 1)]
    assert told() == [("a1", 2), ("a2", 2), ("b1", 1), ("b2", 1)]
    assert own_sighting(touched.actor("a1"), signal.pk).count == 2


def test_what_was_allowed_up_to_a_day_is_a_hit_again_after_it_and_told_once(touched, drain, stopped_clock):
    allow(touched, NETWORK, until=clock.now() + timedelta(days=1))
    share(touched.actor("i1"), EVIL_ADDRESS)
    drain()
    assert suppressed(touched) == [(EVIL_ADDRESS, 1, "our scanner")]
    stopped_clock.advance(days=1)
    for _again in range(2):
        run_due()
        drain()
        stopped_clock.advance(minutes=2)
    assert hits() == [("bank_a", EVIL_ADDRESS, 1), ("bank_b", EVIL_ADDRESS, 1)]
    assert told() == [("a1", 1), ("a2", 1), ("b1", 1), ("b2", 1)]
    assert list(queries.organisations_to_judge()) == []


def test_what_a_watch_meets_before_the_end_of_a_line_was_noticed_is_told_too(touched, drain, stopped_clock):
    allow(touched, NETWORK, until=clock.now() + timedelta(days=1))
    share(touched.actor("i1"), EVIL_ADDRESS)
    drain()
    stopped_clock.advance(days=1)
    fill_lake(touched.bank_a, [event("2026-11-23T00:00:00Z", src_ip=EVIL_ADDRESS)], name="later.ndjson")
    drain()
    assert hits() == [("bank_a", EVIL_ADDRESS, 2), ("bank_b", EVIL_ADDRESS, 1)]
    assert told() == [("a1", 1), ("a2", 1), ("b1", 1), ("b2", 1)]


def test_an_ended_line_can_be_made_to_hold_again(touched, drain, stopped_clock):
    line = allow(touched, NETWORK, until=clock.now() + timedelta(days=1)).values[0]
    share(touched.actor("i1"), EVIL_ADDRESS)
    stopped_clock.advance(days=2)
    drain()
    assert hits()[0] == ("bank_a", EVIL_ADDRESS, 1)
    actions.change_allowed(touched.actor("a2"), line, reason=" still ours ", until=None)
    drain()
    assert suppressed(touched) == [(EVIL_ADDRESS, 1, "still ours")]
    assert queries.allowed_value_for(touched.actor("a1"), line.pk).added_by == touched.a2


def test_judging_again_changes_nothing_and_tells_nothing(touched, drain):
    allow(touched, NETWORK)
    share(touched.actor("i1"), BODY)
    drain()
    before = (hits(), suppressed(touched), told(), LedgerEntry.objects.count())
    actions.judge_hits(touched.bank_a)
    assert (hits(), suppressed(touched), told(), LedgerEntry.objects.count()) == before


# The list itself.


def test_values_are_allowed_with_reason_end_person_and_moment_and_an_entry_without_them(cast, stopped_clock):
    until = datetime(2026, 12, 1, tzinfo=UTC)
    made = allow(cast, "198.51.100[.]0/24\npartner.co.jp\nnothing here\nco.jp\n# ours\naccount: 123-4567", until=until)
    assert [(line.type, line.value, line.until) for line in made.values] == [
        ("cidr", "198.51.100.0/24", until),
        ("domain", "partner.co.jp", until),
        ("account", "123-4567", until),
    ]
    assert [value for value, _reason in made.refused] == ["nothing here", "co.jp"]
    assert {(line.added_by, line.added_at, line.organisation) for line in made.values} == {
        (cast.a1, stopped_clock.now, cast.bank_a)
    }
    entry = LedgerEntry.objects.get(action="hunting.value.allowed")
    assert (entry.person, entry.subject_id, entry.payload) == (cast.a1.pk, cast.bank_a.pk, {"values": 3})


def test_a_value_allowed_again_is_one_line_with_the_new_reason(cast):
    first = allow(cast, "partner.co.jp", until=clock.now() + timedelta(days=1)).values[0]
    again = allow(cast, "PARTNER[.]co.jp", name="a2", reason="a partner since 2026").values[0]
    (line,) = queries.allowed_values_for(cast.actor("a1"))
    assert (line.pk, again.pk, line.reason, line.until, line.added_by) == (
        first.pk,
        first.pk,
        "a partner since 2026",
        None,
        cast.a2,
    )


@pytest.mark.parametrize(
    ("text", "reason", "until", "field"),
    [
        ("", "x", None, "values"),
        ("0.0.0.0/0\nco.jp", "x", None, "values"),
        ("partner.co.jp", "  ", None, "reason"),
        ("partner.co.jp", "x" * 2001, None, "reason"),
        ("partner.co.jp", "x", datetime(2026, 11, 22, 3, tzinfo=UTC), "until"),
    ],
)
def test_what_cannot_be_allowed_is_refused_and_nothing_is_written(cast, stopped_clock, text, reason, until, field):
    with pytest.raises(InvalidInput) as refused:
        allow(cast, text, reason=reason, until=until)
    assert refused.value.field == field
    assert (AllowedValue.everything.count(), LedgerEntry.objects.count()) == (0, 0)


def test_a_list_has_an_end(cast, monkeypatch):
    monkeypatch.setattr(allowing, "MAX_ALLOWED", 2)
    allow(cast, "a.example.jp\nb.example.jp")
    allow(cast, "c.example.jp", name="b1")
    with pytest.raises(TooLarge):
        allow(cast, "c.example.jp")
    assert AllowedValue.everything.filter(organisation=cast.bank_a).count() == 2


@pytest.mark.parametrize("name", ["a_admin", "a_reader", "auditor", "hub_admin"])
def test_only_people_with_a_need_to_know_allow(cast, name):
    with pytest.raises(NotAllowed):
        allow(cast, "partner.co.jp", name=name)
    line = allow(cast, "partner.co.jp").values[0]
    for verb in (
        lambda: actions.disallow_values(cast.actor(name), lines=[line]),
        lambda: actions.change_allowed(cast.actor(name), line, reason="x", until=None),
    ):
        with pytest.raises(NotAllowed):
            verb()
    assert queries.allowed_values_for(cast.actor(name)).count() == 0


def test_nobody_takes_a_line_off_the_list_of_another(cast):
    line = allow(cast, "partner.co.jp").values[0]
    assert actions.disallow_values(cast.actor("b1"), lines=[line]) == 0
    with pytest.raises(NotFound):
        actions.change_allowed(cast.actor("b1"), line, reason="x", until=None)
    assert AllowedValue.everything.get().reason == "our scanner"
    assert AllowedValue.everything.count() == 1
    with pytest.raises(NotFound):
        queries.allowed_value_for(cast.actor("b1"), line.pk)


def test_a_suppressed_value_is_not_wider_than_its_signal(touched, drain):
    allow(touched, NETWORK)
    entries = to_people(touched.a1)
    share(touched.actor("i1"), EVIL_ADDRESS, tlp=TLP.RED, entries=entries, releaser=touched.actor("hub_op"))
    drain()
    assert suppressed(touched, "a1") == [(EVIL_ADDRESS, 1, "our scanner")]
    assert suppressed(touched, "a2") == []


def test_the_hub_counts_no_organisation_whose_hits_are_suppressed(touched, drain):
    for bank in (touched.outsider, touched.insurer):
        fill_lake(bank, [event(src_ip=EVIL_ADDRESS)])
    share(touched.actor("i1"), EVIL_ADDRESS)
    drain()
    assert organisations_hit(touched.actor("hub_op")) == 4
    allow(touched, NETWORK)
    drain()
    assert organisations_hit(touched.actor("hub_op")) == 3


def test_who_is_forgotten_leaves_the_allow_list_too(cast):
    allow(cast, "account: 123-4567\ntaro@bank-a.example\npartner.co.jp\n203.0.114.7")
    allow(cast, "taro@bank-a.example", name="b1")
    from noroshi.core.actor import Actor

    for subject in ("Taro@bank-a.example", "123-4567", "203.0.114.7"):
        actions.forget_subject(Actor.system("lake forget"), organisation=cast.bank_a, subject=subject)
    assert [line.value for line in queries.allowed_by(cast.bank_a)] == ["partner.co.jp"]
    assert queries.allowed_by(cast.bank_b).count() == 1
    entry = LedgerEntry.objects.filter(action="hunting.lake.forgotten").first()
    assert entry.payload == {"events": 0, "quarantined": 0, "allowed": 1}


def test_hits_of_an_exercise_or_a_search_are_judged_without_a_signal(touched, drain):
    actions.search_own_lake(touched.actor("a1"), text=EVIL_ADDRESS)
    drain()
    allow(touched, NETWORK)
    drain()
    assert (hits(), told()) == ([], [])
    actions.disallow_values(touched.actor("a1"), lines=queries.allowed_values_for(touched.actor("a1")))
    assert (hits(), told()) == ([("bank_a", EVIL_ADDRESS, 1)], [])
    assert Hunt.everything.get().signal is None
