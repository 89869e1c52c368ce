"""Rules over a lake: bounded in time and in what they may find, and blind to whatever is not asked about."""

from dataclasses import fields
from datetime import UTC, datetime

from hunting.engine.detections.cases import CASES, failures, lines, login, web
from hunting.engine.detections.conditions_table import rule_of
from hunting.engine.detections.test_reading import BURST as COUNTED
from hunting.engine.detections.test_reading import FAILED, together
from noroshi.hunting.engine import Lake
from noroshi.hunting.engine.detections import running
from noroshi.hunting.engine.detections.reading import read_rules
from noroshi.hunting.engine.detections.rules import Query, Rule
from noroshi.hunting.engine.detections.running import Window
from noroshi.hunting.engine.detections.starting_pack import pack_rules

EVERYTHING = Window(0, 4_000_000_000_000_000)
BURST = next(rule for rule in pack_rules() if rule.title.en == "Burst of failed logins for one user")
EVERY_EVENT = rule_of({"it": {"source|exists": True}}, noroshi={"group-by": ["user_agent"]})


def detect(lake, rule, window=EVERYTHING, organisation="bank", **bounds):
    with lake.detections(organisation, window) as session:
        return session.detect(rule, window, **bounds)


def test_a_rule_that_matches_everything_is_cut_and_says_so(lake, write, monkeypatch):
    monkeypatch.setattr(running, "MAX_FOUND", 5)
    log = web((n, "203.0.113.7", "/", 200, f"agent {n}") for n in range(9))
    lake.ingest("bank", "web", [write("web.log", log)])
    outcome = detect(lake, EVERY_EVENT)
    assert (len(outcome.episodes), outcome.capped) == (5, True)


class Endless(Rule):
    """A rule whose query no machine ends."""

    def episodes(self, dialect):
        return Query("SELECT sum(a.range * b.range) FROM range(1000000000) AS a, range(1000000000) AS b", {})


def test_a_rule_that_takes_too_long_is_stopped_and_the_next_one_runs(lake, write):
    lake.ingest("bank", "web", [write("web.log", web([(0, "203.0.113.7", "/", 200)]))])
    endless = Endless(**{field.name: getattr(EVERY_EVENT, field.name) for field in fields(EVERY_EVENT)})
    with lake.detections("bank", EVERYTHING) as session:
        outcomes = [session.detect(endless, EVERYTHING, seconds=0.1), session.detect(EVERY_EVENT, EVERYTHING)]
    assert [(len(outcome.episodes), outcome.late) for outcome in outcomes] == [(0, True), (1, False)]


def test_an_episode_names_its_key_its_times_and_its_earliest_events(lake, write):
    lake.ingest("bank", "auth", [write("auth.log", CASES[BURST.title.en][0])])
    (episode,) = detect(lake, BURST).episodes
    assert (episode.count, episode.measure, len(episode.samples)) == (10, 10, 5)
    assert [sample["line"] for sample in episode.samples] == [1, 2, 3, 4, 5]
    noon = int(datetime(2026, 11, 20, 3, tzinfo=UTC).timestamp() * 1_000_000)
    assert (episode.first, episode.last) == (noon, noon + 531_000_000)


def test_the_events_behind_an_episode_are_those_of_its_key_and_time(lake, write):
    log = lines(failures(["taro"] * 12, range(0, 600, 50)) + failures(["jiro"] * 10, range(0, 500, 50)))
    lake.ingest("bank", "auth", [write("auth.log", log)])
    episode = max(detect(lake, BURST).episodes, key=lambda found: found.count)
    window = Window(episode.first, episode.last + 1)
    with lake.detections("bank", window) as session:
        rows = lake.readable(session.behind(BURST, episode.keys, window, 50))
    assert [row["line"] for row in rows] == list(range(1, 13))
    assert {row["user_key"] for row in rows} == set(episode.keys)
    assert rows[0]["file"] == "auth.log"


def test_a_correlation_without_keys_counts_whoever_it_was(lake, write):
    lake.ingest("bank", "auth", [write("auth.log", lines(failures(["taro", "jiro", "goro"], range(3))))])
    rule = read_rules(together(FAILED, COUNTED.replace("  group-by: [user]\n", "").replace("gte: 10", "gte: 3")))[0]
    (episode,) = detect(lake, rule).episodes
    assert (episode.keys, episode.count) == ((None,), 3)
    with lake.detections("bank", EVERYTHING) as session:
        assert len(session.behind(rule, [], EVERYTHING, 50)) == 3


def test_a_threshold_can_be_chosen(lake, write):
    lake.ingest("bank", "auth", [write("auth.log", lines(failures(["taro"] * 4, range(4))))])
    assert [len(detect(lake, BURST, threshold=number).episodes) for number in (4, 5)] == [1, 0]


def test_a_rule_may_name_a_user_and_finds_the_pseudonym(lake, write):
    lake.ingest("bank", "auth", [write("auth.log", lines([login(0, "Root", "success"), login(1, "taro", "success")]))])
    rule = rule_of({"it": {"user": "root"}}, noroshi={"group-by": ["user"]})
    assert [episode.count for episode in detect(lake, rule).episodes] == [1]


def test_no_organisation_is_asked_about_anothers_events(lake, write):
    lake.ingest("bank", "auth", [write("auth.log", CASES[BURST.title.en][0])])
    assert [len(detect(lake, BURST, organisation=name).episodes) for name in ("bank", "other")] == [1, 0]


def test_what_lies_outside_of_the_window_does_not_count(lake, write):
    lake.ingest("bank", "auth", [write("auth.log", CASES[BURST.title.en][0])])
    (episode,) = detect(lake, BURST).episodes
    assert detect(lake, BURST, Window(episode.first, episode.last)).episodes == ()
    assert detect(lake, BURST, Window(episode.first, episode.last + 1)).episodes == (episode,)


def test_arrivals_are_told_once_and_by_the_times_of_their_events(tmp_path, write):
    lake = Lake(tmp_path / "lake", key=b"k" * 32)
    assert lake.arrived("bank", 0) is None
    lake.ingest("bank", "auth", [write("late.log", lines([login(100, "taro", "success"), login(900, "a", "success")]))])
    lake.ingest("other", "auth", [write("x.log", lines([login(5000, "taro", "success")]))])
    first = lake.arrived("bank", 0)
    noon = int(datetime(2026, 11, 20, 3, tzinfo=UTC).timestamp() * 1_000_000)
    assert (first.first_time, first.last_time) == (noon + 100_000_000, noon + 900_000_000)
    assert lake.arrived("bank", first.number) is None
    lake.ingest("bank", "auth", [write("early.log", lines([login(0, "taro", "success")]))])
    second = lake.arrived("bank", first.number)
    assert (second.first_time, second.last_time) == (noon, noon)
    assert second.number > first.number
    lake.ingest("bank", "auth", [tmp_path / "early.log"])
    assert lake.arrived("bank", second.number) is None
