"""Saved searches: what is new in each, for its person alone; alerts once a signal, by the subscriptions' mail."""

import json
from datetime import date, time

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, to_group, to_person, without
from factories.program import program_of
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.membership import Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members.models import GroupMembership, Person, RoleAssignment
from noroshi.notify.actions import Timing, add_subscription
from noroshi.notify.mail import queue_due
from noroshi.notify.models import Delivery, Notice, Subscription
from noroshi.notify.queries import subscription_of, subscriptions_of
from noroshi.sharing import actions, queries
from noroshi.sharing.actions import searches
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import SavedSearch, Signal
from noroshi.sharing.receivers.searches import tell_searchers

LOGIN = Asked("ログイン")


@pytest.fixture
def keep(cast):
    """Keep a search of somebody."""

    def save(name, asked=LOGIN, alert=None, called="偽サイト"):
        return actions.save_search(cast.actor(name), name=called, asked=asked, alert=alert)

    return save


@pytest.fixture
def quiet(drain):
    """Mails of their own about searches alone: nobody is mailed about signals."""
    Person.objects.update(language="en")

    def settle(cast, *names):
        for name in names:
            add_subscription(cast.actor(name), wanted=_nothing())
            Subscription.objects.filter(person=cast.people[name]).delete()

    return settle


def _nothing():
    from noroshi.notify.actions import Wanted

    return Wanted(notices=["request"], delivery="inbox")


def fresh(cast, search, name):
    return queries.new_in(cast.actor(name), SavedSearch.everything.get(pk=search.pk))


def told(kind="search"):
    rows = Notice.everything.filter(kind=kind).order_by("created_at", "person__name")
    return list(rows.values_list("person__name", "subject_id"))


# New


def test_new_when_signals_come_change_and_are_commented_on_then_they_are_counted_until_looked_at(cast, share, keep):
    share("a1")
    search = keep("b1")
    seen = [fresh(cast, search, "b1")]
    signal = share("a1")
    seen.append(fresh(cast, search, "b1"))
    actions.look_at_search(cast.actor("b1"), search)
    seen.append(fresh(cast, search, "b1"))
    actions.comment_on_signal(cast.actor("b2"), signal, body="not about that")
    seen.append(fresh(cast, search, "b1"))
    actions.comment_on_signal(cast.actor("b2"), signal, body="ログインの画面は停止済み")
    seen.append(fresh(cast, search, "b1"))
    actions.look_at_search(cast.actor("b1"), search)
    actions.amend_signal(
        cast.actor("a1"), signal, title="偽のログイン画面", body="another body", reason="more is known"
    )
    seen.append(fresh(cast, search, "b1"))
    actions.withdraw_signal(cast.actor("a1"), signal, reason="a mistake")
    seen.append(fresh(cast, search, "b1"))

    assert seen == [0, 1, 0, 0, 1, 1, 0]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (Asked("ログイン"), 1),
        (Asked("ログイン", kind="phishing"), 1),
        (Asked("ログイン", kind="fraud"), 0),
        (Asked(tlp=TLP.AMBER), 1),
        (Asked(tlp=TLP.RED), 0),
        (Asked(since=date(2026, 11, 22)), 1),
        (Asked(since=date(2026, 11, 23)), 0),
        (Asked("45.155.205.66", with_values=True), 1),
        (Asked("ログイン 別の語"), 0),
    ],
)
def test_found_when_narrowed_then_by_words_and_filters_alike(cast, share, stopped_clock, asked, found):
    share("a1")
    assert queries.found_by(cast.actor("b1"), asked).count() == found


def test_new_when_hidden_signals_come_then_the_number_is_as_if_they_were_not_there(cast, share, keep):
    counted = {name: keep(name) for name in ("b1", "o1", "t1")}
    share("a1", COMMUNITY, without(cast.outsider))
    share("a1", to_group(cast.wg_incident), tlp=TLP.AMBER_STRICT, profile="f-isac-jp")
    share("a1", to_person(cast.b1), tlp=TLP.RED)
    hidden = share("a1", tlp=TLP.AMBER)
    Signal.everything.filter(pk=hidden.pk).update(state=State.HELD)

    assert {name: fresh(cast, search, name) for name, search in counted.items()} == {"b1": 3, "o1": 0, "t1": 0}


def test_new_when_a_signal_is_lowered_to_somebody_then_it_is_new_to_them(cast, share, keep):
    signal = share("a1")
    search = keep("t1")
    before = fresh(cast, search, "t1")
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")

    assert (before, fresh(cast, search, "t1")) == (0, 1)


def test_new_when_its_person_is_suspended_or_loses_the_role_then_it_finds_nothing(cast, share, keep):
    search = keep("b1")
    share("a1")
    assert fresh(cast, search, "b1") == 1
    RoleAssignment.objects.filter(person=cast.b1).delete()
    assert fresh(cast, search, "b1") == 0
    RoleAssignment.objects.create(person=cast.b1, role="analyst")
    Person.objects.filter(pk=cast.b1.pk).update(standing=Standing.SUSPENDED)
    assert (fresh(cast, search, "b1"), list(queries.searches_of(cast.actor("b1")))) == (0, [])


# Keeping


def test_save_when_done_then_it_is_one_s_own_and_the_ledger_has_no_word_of_it(cast, keep):
    search = keep("b1", alert=Timing())

    assert [list(queries.searches_of(cast.actor(name))) for name in ("b1", "b2", "hub_op")] == [[search], [], []]
    with pytest.raises(NotFound):
        queries.search_for(cast.actor("b2"), search.pk)
    entry = LedgerEntry.objects.get(action="sharing.search.saved")
    assert (entry.payload, entry.reason, entry.person) == ({"alert": True}, "", cast.b1.pk)


@pytest.mark.parametrize(
    ("name", "asked", "field"),
    [
        ("", LOGIN, "name"),
        ("   ", LOGIN, "name"),
        ("x" * 81, LOGIN, "name"),
        ("a\x00b", LOGIN, "name"),
        ("x", Asked(), "words"),
        ("x", Asked("  "), "words"),
        ("x", Asked("w" * 201), "words"),
        ("x", Asked("a\x00b"), "words"),
        ("x", Asked(kind="gossip"), "kind"),
    ],
)
def test_save_when_it_cannot_be_then_the_field_is_named(cast, name, asked, field):
    with pytest.raises(InvalidInput) as refused:
        actions.save_search(cast.actor("b1"), name=name, asked=asked)
    assert (refused.value.field, SavedSearch.everything.count()) == (field, 0)


@pytest.mark.parametrize("alert", [Timing("by pigeon"), Timing(weekday=7)])
def test_save_when_the_alert_cannot_be_then_nothing_is_written(cast, keep, alert):
    with pytest.raises(InvalidInput):
        keep("b1", alert=alert)
    assert (SavedSearch.everything.count(), Subscription.objects.count()) == (0, 0)


def test_save_when_by_a_machine_a_supervisor_or_too_often_then_it_is_refused(cast, keep, monkeypatch):
    with pytest.raises(NotAllowed):
        actions.save_search(cast.machine("bank_b"), name="x", asked=LOGIN)
    with pytest.raises(NotFound):
        keep("sup")
    monkeypatch.setattr(searches, "MOST_SEARCHES", 1)
    keep("b1")
    with pytest.raises(Conflict):
        keep("b1")


def test_change_and_delete_when_done_then_the_alert_follows(cast, share, keep):
    actor = cast.actor("b1")
    search = keep("b1", alert=Timing("digest", time(7, 30)))
    share("a1")
    first = search.alert_id
    changed = actions.change_search(actor, search, name="other", asked=LOGIN, alert=Timing("weekly"))
    assert (changed.alert_id, Subscription.objects.get().delivery, fresh(cast, search, "b1")) == (first, "weekly", 1)
    actions.change_search(actor, search, name="other", asked=Asked("画面"), alert=None)
    assert (Subscription.objects.count(), fresh(cast, search, "b1")) == (0, 0)
    for stranger in ("b2", "hub_op"):
        with pytest.raises(NotFound):
            actions.delete_search(cast.actor(stranger), search)
    actions.change_search(actor, search, name="other", asked=LOGIN, alert=Timing())
    actions.delete_search(actor, search)
    assert (SavedSearch.everything.count(), Subscription.objects.count()) == (0, 0)


def test_subscription_of_a_search_when_listed_or_asked_for_then_it_is_not_among_the_chosen(cast, keep):
    search = keep("b1", alert=Timing())
    assert [row.pk for row in subscriptions_of(cast.actor("b1")) if not row.is_usual] == []
    with pytest.raises(NotFound):
        subscription_of(cast.actor("b1"), search.alert_id)


# Alerts


def test_alert_when_a_signal_is_found_then_those_who_see_it_and_asked_are_told_once(cast, share, keep, drain):
    for name in ("b1", "o1", "t1", "a1"):
        keep(name, alert=Timing())
    keep("b1", alert=Timing(), called="the same again")
    keep("b2")  # without an alert
    keep("i1", Asked("別の語"), alert=Timing())
    signal = share("a1", COMMUNITY, without(cast.outsider))
    drain()
    assert told() == [("b1", signal.pk)]
    actions.amend_signal(cast.actor("a1"), signal, title="偽のログイン画面", body="more", reason="more is known")
    drain()
    assert told() == [("b1", signal.pk)]


def test_alert_when_a_comment_an_amendment_or_a_lower_level_makes_it_found_then_it_is_told(cast, share, keep, drain):
    keep("b1", Asked("狼煙台"), alert=Timing("inbox"))
    keep("t1", Asked("狼煙台"), alert=Timing("inbox"))
    keep("b2", Asked("狼煙台"), alert=Timing("inbox"))
    keep("i1", Asked("紫陽花"), alert=Timing("inbox"))
    signal = share("a1")
    drain()
    assert told() == []
    actions.comment_on_signal(cast.actor("b2"), signal, body="狼煙台でも確認")
    drain()
    assert told() == [("b1", signal.pk)]
    actions.amend_signal(cast.actor("a1"), signal, title="紫陽花", body="狼煙台", reason="more is known")
    drain()
    assert sorted(told()) == [(name, signal.pk) for name in ("b1", "b2", "i1")]
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")
    drain()
    assert sorted(told()) == [(name, signal.pk) for name in ("b1", "b2", "i1", "t1")]


def test_alert_when_only_words_of_a_narrower_level_match_then_new_readers_are_not_told(
    cast, share, keep, drain, stopped_clock
):
    keep("t1", Asked("狼煙台"), alert=Timing())
    signal = share("a1")
    stopped_clock.advance(minutes=1)
    actions.comment_on_signal(cast.actor("b1"), signal, body="狼煙台 among us")
    stopped_clock.advance(minutes=1)
    actions.lower_marking(cast.actor("a1"), signal, tlp="GREEN", reason="public by now")
    drain()
    assert told() == []


@pytest.mark.parametrize("change", ["suspended", "house suspended", "left the group", "paused"])
def test_alert_when_its_person_may_not_see_it_or_rests_it_then_nobody_is_told(cast, share, keep, drain, change):
    search = keep("b1", alert=Timing())
    match change:
        case "suspended":
            Person.objects.filter(pk=cast.b1.pk).update(standing=Standing.SUSPENDED)
        case "house suspended":
            type(cast.bank_b).objects.filter(pk=cast.bank_b.pk).update(standing=Standing.SUSPENDED)
        case "left the group":
            GroupMembership.objects.filter(person=cast.b1).delete()
        case "paused":
            Subscription.objects.filter(pk=search.alert_id).update(paused_at="2026-11-22T00:00:00Z")
    group = to_group(cast.wg_incident)
    share(
        "a1", *([group] if change == "left the group" else []), tlp=TLP.AMBER_STRICT if "group" in change else TLP.AMBER
    )
    drain()
    assert [name for name, _signal in told() if name == "b1"] == []


def test_alert_when_mailed_then_by_the_chosen_delivery_and_no_second_mail_beside_the_usual_one(
    cast, share, keep, drain, stopped_clock
):
    keep("b1", alert=Timing())
    keep("i1", alert=Timing(Delivery.DIGEST))
    signal = share("a1")
    drain()
    of_search = {row.person.name: row for row in Notice.everything.filter(kind="search").select_related("person")}
    assert {name: row.delivery for name, row in of_search.items()} == {"b1": "", "i1": ""}
    assert [letter.to for letter in mail.outbox if letter.to == [cast.b1.email]] == [[cast.b1.email]]
    assert told() == [("b1", signal.pk), ("i1", signal.pk)]


@pytest.mark.parametrize(
    ("timing", "letters"), [(Timing(), [1, 1]), (Timing("digest", time(8)), [0, 1]), (Timing("inbox"), [0, 0])]
)
def test_alert_when_nothing_else_is_mailed_then_it_is_mailed_as_chosen(  # noqa: PLR0917 - a day and its cases
    cast, share, keep, drain, quiet, stopped_clock, timing, letters
):
    quiet(cast, "b1")
    keep("b1", alert=timing)
    share("a1", tlp=TLP.GREEN)
    drain()
    at_once = len([letter for letter in mail.outbox if letter.to == [cast.b1.email]])
    stopped_clock.advance(hours=21, minutes=1)
    queue_due()
    drain()
    mine = [letter for letter in mail.outbox if letter.to == [cast.b1.email]]
    assert [at_once, len(mine)] == letters
    assert all("Found by a saved search: 偽のログイン画面 (TLP:GREEN)" in letter.subject for letter in mine)


def test_alert_when_the_marking_keeps_content_out_of_mail_then_the_mail_is_neutral(cast, share, keep, drain, quiet):
    quiet(cast, "b1")
    keep("b1", alert=Timing())
    share("a1", to_person(cast.b1), tlp=TLP.RED)
    drain()
    (letter,) = [letter for letter in mail.outbox if letter.to == [cast.b1.email]]
    assert letter.subject == "A signal needs you (TLP:RED)"
    assert "ログイン" not in letter.body


def test_alert_when_an_anonymous_comment_makes_it_found_then_no_minute_is_told(cast, share, keep, drain, stopped_clock):
    keep("i1", Asked("狼煙台"), alert=Timing())
    signal = share("a1")
    drain()
    stopped_clock.advance(minutes=17)
    actions.comment_on_signal(cast.actor("b2"), signal, body="狼煙台", anonymous=True)
    drain()
    notice = Notice.everything.get(kind="search")
    assert (notice.created_at.minute, notice.mail_due_at and notice.mail_due_at.minute) in {(0, 0), (0, None)}


def test_alert_when_an_anonymous_author_keeps_one_then_it_is_told_like_the_audience(cast, share, keep, drain):
    for name in ("a1", "b1"):
        keep(name, alert=Timing())
    share("a1", author_mode=AuthorMode.ANONYMOUS)
    drain()
    assert [name for name, _signal in told()] == ["a1", "b1"]


def test_alert_when_the_event_is_handled_again_then_nobody_is_told_twice(cast, share, keep, drain):
    keep("b1", alert=Timing())
    signal = share("a1")
    drain()
    tell_searchers(LedgerEntry.objects.get(action="sharing.signal.published", subject_id=signal.pk))
    assert told() == [("b1", signal.pk)]


def test_alert_when_more_keep_one_then_each_costs_one_query(cast, share, keep):
    counts = []
    for names in (["b1"], ["b2", "i1"]):
        for name in names:
            keep(name, Asked(kind="phishing"), alert=Timing())
        signal = share("a1")
        with CaptureQueriesContext(connection) as queries:
            tell_searchers(LedgerEntry.objects.get(action="sharing.signal.published", subject_id=signal.pk))
        counts.append(len(queries))

    assert [name for name, found in told() if found == signal.pk] == ["b1", "b2", "i1"]
    assert counts[1] - counts[0] == 2


# API


def test_api_when_a_program_keeps_searches_then_they_are_its_holder_s_own(cast, share):
    scopes = ("subscriptions.read", "subscriptions.write", "signals.read")
    holder, other = (program_of(cast, name, *scopes) for name in ("b1", "b2"))

    def call(program, method, path, body=None):
        answer = program.call(method, path, body)
        return answer.status_code, json.loads(answer.content or b"null")

    status, made = call(
        holder, "POST", "/saved-searches", {"name": "偽サイト", "words": "ログイン", "alert": {"delivery": "hourly"}}
    )
    address = f"/saved-searches/{made['id']}"
    share("a1")
    share("a1", to_person(cast.b1), tlp=TLP.RED)  # by no token
    assert (status, made["new"], made["kind"], made["alert"]["delivery"]) == (201, 0, None, "hourly")
    assert [row["new"] for row in call(holder, "GET", "/saved-searches")[1]["items"]] == [1]
    assert [row["tlp"] for row in call(holder, "GET", f"{address}/signals")[1]["items"]] == ["AMBER"]
    assert call(holder, "POST", f"{address}/looked")[0] == 204
    assert call(holder, "GET", "/saved-searches")[1]["items"][0]["new"] == 0
    assert call(holder, "PUT", address, {"name": "x", "kind": "fraud"})[1]["alert"] is None
    assert call(holder, "POST", "/saved-searches", {"name": "x"})[0] == 422
    assert call(other, "GET", "/saved-searches")[1] == {"items": [], "next": None}
    asked = [
        ("GET", "/signals", None),
        ("POST", "/looked", None),
        ("PUT", "", {"name": "x", "words": "y"}),
        ("DELETE", "", None),
    ]
    assert [call(other, method, address + end, body)[0] for method, end, body in asked] == [404] * 4
    assert call(holder, "DELETE", address)[0] == 204
    assert SavedSearch.everything.count() == 0
