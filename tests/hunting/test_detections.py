"""Rules over what is new in an organisation's logs: what is written, once, and who hears of it."""

import pytest

from factories.lakes import fill_lake
from factories.members import make_people
from noroshi.core import clock
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.hunting import actions, queries
from noroshi.hunting.engine.detections import running
from noroshi.hunting.engine.detections.running import Outcome, Session
from noroshi.hunting.models import Detection, DetectionRun, RuleUse
from noroshi.hunting.tasks import look_at_news
from noroshi.notify.models import Notice, NoticeKind

BURST = "Burst of failed logins for one user"
SPRAY = "Password spraying from one address"


def failed(second, user="taro", address="198.51.100.7"):
    """A failed login so many seconds after ten o'clock in Tokyo."""
    hours, rest = divmod(second, 3600)
    at = f"2026-11-20T{1 + hours:02}:{rest // 60:02}:{rest % 60:02}Z"
    return {"class": "auth", "timestamp": at, "action": "login", "outcome": "failure", "user": user, "src_ip": address}


def burst(start=0, count=10, step=30, **more):
    return [failed(start + step * n, **more) for n in range(count)]


def spray(start=0, address="203.0.113.9"):
    return [failed(start + 10 * n, user=f"u{n}", address=address) for n in range(15)]


@pytest.fixture
def run(cast, drain):
    """Let the schedule and the worker do their work."""

    def go():
        look_at_news()
        drain()

    return go


def rows(organisation):
    """What rules saw in the logs of an organisation: (title, events, state)."""
    found = Detection.everything.filter(organisation=organisation).order_by("first_seen", "title_en", "state")
    return [(row.title_en, row.count, row.state) for row in found]


def ledger_of(action):
    return list(LedgerEntry.objects.filter(action=action).order_by("pk"))


def notices(kind):
    found = Notice.objects.unrestricted(reason="test").filter(kind=kind)
    return sorted(found.values_list("person__email", "count"))


def rule_line(cast, title, person="a1"):
    return next(line for line in queries.rules_for(cast.actor(person)) if line.known.rule.title.en == title)


# Running.


def test_what_arrives_is_looked_at_and_belongs_to_its_organisation_alone(cast, run):
    fill_lake(cast.bank_a, burst())
    run()
    assert rows(cast.bank_a) == [(BURST, 10, "new")]
    assert rows(cast.bank_b) == []
    assert [name for name in ("a1", "b1", "hub_op", "a_admin") if queries.detections_for(cast.actor(name))] == ["a1"]


def test_the_same_logs_are_not_looked_at_again(cast, run):
    fill_lake(cast.bank_a, burst())
    run()
    run()
    assert DetectionRun.everything.count() == 1
    assert list(queries.organisations_with_news()) == []


def test_a_run_that_is_repeated_writes_nothing_twice(cast, run):
    fill_lake(cast.bank_a, burst() + spray(4000))
    run()
    before = list(Detection.everything.order_by("pk").values())
    RuleUse.everything.update(arrival=0)
    run()
    assert list(Detection.everything.order_by("pk").values()) == before


def test_a_detection_grows_with_what_comes_later_and_what_comes_late(cast, run):
    fill_lake(cast.bank_a, burst(600), name="middle.ndjson")
    run()
    (first,) = Detection.everything.all()
    fill_lake(cast.bank_a, burst(900, count=5), name="after.ndjson")
    run()
    fill_lake(cast.bank_a, burst(300, count=10), name="before.ndjson")
    run()
    (grown,) = Detection.everything.all()
    assert (grown.pk, grown.count, grown.measure) == (first.pk, 25, 21)
    assert grown.first_seen < first.first_seen < first.last_seen < grown.last_seen


def test_a_burst_cut_in_two_by_its_files_is_found_when_both_are_there(cast, run):
    fill_lake(cast.bank_a, burst(count=5), name="one.ndjson")
    run()
    assert rows(cast.bank_a) == []
    fill_lake(cast.bank_a, burst(150, count=5), name="two.ndjson")
    run()
    assert rows(cast.bank_a) == [(BURST, 10, "new")]


def test_two_bursts_apart_are_two_detections(cast, run):
    fill_lake(cast.bank_a, burst() + burst(7200))
    run()
    assert rows(cast.bank_a) == [(BURST, 10, "new")] * 2


def test_an_uneventful_run_of_the_schedule_leaves_no_trace(cast, run):
    fill_lake(cast.bank_a, burst(count=3))
    run()
    assert DetectionRun.everything.count() == 0
    assert ledger_of("hunting.detection.made") == []


def test_one_run_at_a_time(cast):
    actor = cast.actor("a1")
    actions.ask_for_own_run(actor)
    with pytest.raises(Conflict):
        actions.ask_for_own_run(actor)
    assert actions.ask_for_run(cast.bank_a) is None
    with pytest.raises(NotAllowed):
        actions.ask_for_own_run(cast.actor("a_reader"))
    with pytest.raises(NotFound):
        actions.ask_for_own_run(cast.actor("sup"))


def test_a_worker_killed_between_two_rules_goes_on_where_it_was(cast, monkeypatch):
    fill_lake(cast.bank_a, burst() + spray(4000))
    organisation_run = actions.ask_for_run(cast.bank_a)
    detect, asked = Session.detect, []

    def killed(self, rule, window, **bounds):
        asked.append(rule.title.en)
        if rule.title.en == SPRAY and asked.count(SPRAY) == 1:
            raise KeyboardInterrupt
        return detect(self, rule, window, **bounds)

    monkeypatch.setattr(Session, "detect", killed)
    with pytest.raises(KeyboardInterrupt):
        actions.run_rules(organisation_run)
    assert (BURST, 10, "new") in rows(cast.bank_a)
    actions.run_rules(organisation_run)
    assert (SPRAY, 15, "new") in rows(cast.bank_a)
    assert asked.count(BURST) == 1
    actions.run_rules(organisation_run)
    assert len(ledger_of("hunting.detection.made")) == 1


def test_a_rule_that_found_too_much_took_too_long_or_broke_says_so_and_stops_no_other(cast, run, monkeypatch):
    outcomes = {BURST: Outcome(late=True), SPRAY: Outcome(error="out of memory")}
    detect = Session.detect
    monkeypatch.setattr(
        Session,
        "detect",
        lambda self, rule, *rest, **more: outcomes.get(rule.title.en) or detect(self, rule, *rest, **more),
    )
    monkeypatch.setattr(running, "MAX_FOUND", 1)
    fill_lake(cast.bank_a, [row | {"outcome": "success"} for row in [*spray(), *spray(9000, "203.0.113.10")]])
    run()
    troubles = {title: rule_line(cast, title).use.trouble for title in (BURST, SPRAY)}
    assert troubles == {BURST: "late", SPRAY: "broken"}
    many = rule_line(cast, "One address logs in to many accounts")
    assert (many.use.trouble, many.detections) == ("capped", 1)


# Who hears of it.


def test_what_is_grave_is_told_like_a_hit_and_the_rest_in_its_own_way(cast, run):
    fill_lake(cast.bank_a, burst() + spray(4000) + spray(9000, "203.0.113.10"))
    fill_lake(cast.bank_b, burst(count=3))
    run()
    assert notices(NoticeKind.HIT) == [("a1@bank-a.example", 2), ("a2@bank-a.example", 2)]
    assert notices(NoticeKind.DETECTION) == [("a1@bank-a.example", 1), ("a2@bank-a.example", 1)]


def test_a_notice_names_the_gravest_rule_to_those_who_see_it(cast, run):
    fill_lake(cast.bank_a, burst() + spray(4000))
    run()
    inbox = cast.client("a1").get("/inbox/").content.decode()
    assert "In your logs: Password spraying from one address and 1 more" in inbox
    assert "同一利用者" not in cast.client("b1", "ja").get("/inbox/").content.decode()


def test_the_ledger_names_no_value(cast, run):
    fill_lake(cast.bank_a, spray())
    run()
    told = "".join(str(entry.payload) + entry.reason for entry in LedgerEntry.objects.all())
    assert "203.0.113.9" not in told
    (made,) = ledger_of("hunting.detection.made")
    assert (made.payload["grave"], made.payload["other"], made.payload["organisation"]) == (1, 0, str(cast.bank_a.pk))


# What people make of it.


def test_what_is_set_aside_stays_aside_with_its_reason_and_tells_nobody(cast, run):
    fill_lake(cast.bank_a, spray(), name="one.ndjson")
    run()
    actor = cast.actor("a1")
    detection = queries.detections_for(actor).get()
    actions.handle_detection(actor, detection, state="aside", reason=" our own scanner ")
    fill_lake(cast.bank_a, spray(20_000) + spray(20_000, "203.0.113.10"), name="two.ndjson")
    run()
    assert rows(cast.bank_a) == [(SPRAY, 15, "aside"), (SPRAY, 15, "aside"), (SPRAY, 15, "new")]
    assert list(Detection.everything.filter(state="aside").values_list("reason", flat=True)) == ["our own scanner"] * 2
    assert [entry.payload["grave"] for entry in ledger_of("hunting.detection.made")] == [1, 1]


def test_a_state_needs_a_reason_and_a_change(cast, run):
    fill_lake(cast.bank_a, burst())
    run()
    actor = cast.actor("a1")
    detection = queries.detections_for(actor).get()
    for state, reason in (("seen", " "), ("seen", "x" * 2001), ("gone", "x")):
        with pytest.raises(InvalidInput):
            actions.handle_detection(actor, detection, state=state, reason=reason)
    handled = actions.handle_detection(actor, detection, state="seen", reason="asked the customer")
    assert (handled.state, handled.reason, handled.handled_by_id) == ("seen", "asked the customer", actor.person)
    with pytest.raises(Conflict):
        actions.handle_detection(actor, detection, state="seen", reason="again")
    (entry,) = ledger_of("hunting.detection.handled")
    assert (entry.payload, entry.reason) == ({"state": "seen", "of_rule": str(detection.rule)}, "")


def test_a_rule_is_switched_off_and_on_and_gets_a_threshold_of_its_own(cast, run):
    actor = cast.actor("a1")
    actions.tune_rule(actor, rule_line(cast, BURST), enabled=False, threshold=None)
    fill_lake(cast.bank_a, burst(), name="one.ndjson")
    fill_lake(cast.bank_b, burst(), name="one.ndjson")
    run()
    assert (rows(cast.bank_a), rows(cast.bank_b)) == ([], [(BURST, 10, "new")])
    actions.tune_rule(actor, rule_line(cast, BURST), enabled=True, threshold=4)
    run()
    assert rows(cast.bank_a) == [(BURST, 10, "new")]
    assert (rule_line(cast, BURST).threshold, rule_line(cast, BURST, "b1").threshold) == (4, 10)
    tuned = [(entry.payload["enabled"], entry.payload["threshold"]) for entry in ledger_of("hunting.rule.tuned")]
    assert tuned == [(False, None), (True, 4)]


def test_only_what_counts_has_a_threshold(cast):
    actor = cast.actor("a1")
    steps = rule_line(cast, "A transfer soon after a new payee")
    for line, threshold in ((steps, 3), (rule_line(cast, BURST), 0), (rule_line(cast, BURST), 2_000_000_001)):
        with pytest.raises(InvalidInput):
            actions.tune_rule(actor, line, enabled=True, threshold=threshold)
    with pytest.raises(NotAllowed):
        actions.tune_rule(cast.actor("a_reader"), steps, enabled=True, threshold=None)


# What the hub learns.


def test_the_hub_learns_how_many_organisations_a_rule_concerns_from_three_on(cast, run):
    rule = rule_line(cast, BURST).known.rule.id
    operator = cast.actor("hub_op")
    told = []
    for name in ("hub", "bank_a", "bank_b", "insurer", "outsider"):
        fill_lake(getattr(cast, name), burst())
        run()
        told.append(queries.reach_of_rules(operator))
    assert told == [{}, {}, {}, {rule: 3}, {rule: 3}]
    assert [queries.reach_of_rules(cast.actor(name)) for name in ("a1", "hub_reader", "auditor", "sup")] == [{}] * 4


def test_what_is_old_no_longer_counts(cast, run, stopped_clock):
    for name in ("bank_a", "bank_b", "insurer"):
        fill_lake(getattr(cast, name), burst())
    run()
    stopped_clock.advance(days=31)
    assert queries.reach_of_rules(cast.actor("hub_op")) == {}
    assert rule_line(cast, BURST).detections == 0
    assert clock.now() == stopped_clock.now


def test_people_who_left_or_need_not_know_hear_nothing(cast):
    make_people({"new@bank-a.example": (cast.bank_a, ("fraud_analyst",))})
    told = [person.email for person in queries.people_of(cast.bank_a.pk)]
    assert sorted(told) == ["a1@bank-a.example", "a2@bank-a.example", "new@bank-a.example"]
