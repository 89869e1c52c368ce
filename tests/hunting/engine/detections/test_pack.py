"""The starting pack: each rule finds its true case, once, leaves its false case alone, and says why it matters."""

import pytest

from hunting.engine.detections.cases import CASES
from noroshi.hunting.engine.detections import attack
from noroshi.hunting.engine.detections.running import Window
from noroshi.hunting.engine.detections.starting_pack import pack_rules

RULES = {rule.title.en: rule for rule in pack_rules()}


def episodes(lake, organisation, rule):
    """What a rule finds in all that an organisation has sent."""
    arrival = lake.arrived(organisation, 0)
    window = Window(arrival.first_time, arrival.last_time + 1)
    with lake.detections(organisation, window) as session:
        outcome = session.detect(rule, window)
    assert (outcome.capped, outcome.late, outcome.error) == (False, False, "")
    return outcome.episodes


def test_every_rule_has_its_cases():
    assert sorted(CASES) == sorted(RULES)


@pytest.mark.parametrize("title", sorted(CASES))
def test_a_rule_finds_its_true_case_and_leaves_its_false_case_alone(title, lake, write):
    for name, log in zip(("true", "false"), CASES[title], strict=True):
        report = lake.ingest(name, "log", [write(f"{name}.log", log)])
        assert (report.refused_files, report.quarantined) == ((), 0)
    assert len(episodes(lake, "true", RULES[title])) == 1
    assert episodes(lake, "false", RULES[title]) == ()


def test_every_rule_says_in_both_languages_why_it_matters_and_where_it_stands_in_the_matrix():
    for rule in pack_rules():
        assert rule.title.en != rule.title.ja
        assert min(len(rule.reason.en), len(rule.reason.ja)) > 40
        assert rule.reason.en != rule.reason.ja
        assert rule.tactics
        assert rule.techniques
        assert rule.false_positives
        assert all(each.en != each.ja for each in rule.false_positives)
        assert all(need.columns for need in rule.needs)


def test_every_technique_of_the_pack_is_in_the_matrix_in_one_of_its_rules_tactics():
    tagged = {(technique, rule.tactics) for rule in pack_rules() for technique in rule.techniques}
    known = {(id_, tactics) for id_, tactics in tagged if attack.BY_ID[id_].tactic in tactics}
    assert known == tagged


def test_an_ordinary_web_log_of_ten_thousand_lines_raises_nothing(lake, shared_data):
    lake.ingest("bank", "web", [shared_data / "logs" / "web" / "apache_combined_10k.log"])
    assert {title: len(episodes(lake, "bank", rule)) for title, rule in RULES.items()} == dict.fromkeys(RULES, 0)


@pytest.mark.parametrize(
    ("log", "title", "events"),
    [
        ("nginx-http-path-traversal", "Path traversal tried", 9),
        ("nginx-http-sqli-probing", "SQL injection tried", 9),
        ("apache_log4j2_cve-2021-44228", "Log4Shell or command injection tried", 2),
        ("f5-big-ip-cve-2020-5902", "Path traversal tried", 4),
    ],
)
def test_real_attacks_are_found(log, title, events, lake, shared_data):
    lake.ingest("bank", "web", [shared_data / "logs" / "mixed-formats" / f"{log}.log"])
    assert sum(episode.count for episode in episodes(lake, "bank", RULES[title])) == events
