"""Files of rules: what is read, and that every error names its line."""

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.hunting.engine.detections.patterns import Measure
from noroshi.hunting.engine.detections.reading import read_rules
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason
from noroshi.hunting.engine.detections.rules import Layer, Level, Words

PLAIN = """\
title: Probing
id: 5b0d9b6e-0d4e-4d66-9a41-0c2b5a1f0001
description: Asks for a page
  of administration.
level: high
tags: [attack.reconnaissance, attack.t1595.001, attack.initial_access, cve.2024.1]
falsepositives: [A scan that was ordered.]
logsource:
  category: webserver
detection:
  page:
    cs-uri-stem|startswith: /admin
  condition: page
"""
FAILED = """\
title: A failed login
name: failed
logsource: {category: authentication}
detection:
  failed: {outcome: failure}
  condition: failed
"""
BURST = """\
title: Burst
id: 5b0d9b6e-0d4e-4d66-9a41-0c2b5a1f0002
correlation:
  type: event_count
  rules: failed
  group-by: [user]
  timespan: 10m
  condition: {gte: 10}
"""


def together(*documents):
    return "---\n".join(documents).encode()


def summed(kind, field):
    """The correlation of the burst, which counts a field."""
    return BURST.replace("event_count", kind).replace("10}", f"10, field: {field}}}")


def refused(text):
    """Why and in which line a file is refused."""
    with pytest.raises(RuleError) as error:
        read_rules(text if isinstance(text, bytes) else text.encode())
    return error.value.reason, error.value.line


def test_a_plain_rule_groups_by_address_and_hour():
    rule = read_rules(PLAIN.encode())[0]
    assert (rule.title, rule.reason) == (
        Words("Probing", "Probing"),
        Words(*["Asks for a page of administration."] * 2),
    )
    assert (rule.level, rule.layers) == (Level.HIGH, (Layer.ENTRY,))
    assert (rule.tactics, rule.techniques) == (("reconnaissance", "initial-access"), ("T1595.001",))
    assert (rule.measure, rule.threshold, rule.span, rule.keys) == (Measure.EVENTS, 1, 3600, ("src_ip",))
    assert (rule.keep_keyless, rule.tunable, rule.line) == (True, True, 1)
    assert rule.false_positives == (Words(*["A scan that was ordered."] * 2),)
    assert [(need.event_class, sorted(need.columns)) for need in rule.needs] == [("web", ["url"])]


def test_a_block_of_ours_says_what_sigma_has_no_place_for():
    block = {
        "title": "探索",
        "reason": {"en": "Robots.", "ja": "ロボット。"},
        "falsepositives": ["依頼した診断。"],
        "layer": ["exit", "entry"],
        "group-by": ["src_ip", "host"],
        "timespan": "2d",
        "regular": {"at-least": 5, "spread": 0.2},
    }
    rule = read_rules((PLAIN + yaml.safe_dump({"noroshi": block}, allow_unicode=True)).encode())[0]
    assert (rule.title.in_language("ja"), rule.title.in_language("en-gb")) == ("探索", "Probing")
    assert rule.false_positives == (Words("A scan that was ordered.", "依頼した診断。"),)
    assert (rule.reason, rule.layers) == (Words("Robots.", "ロボット。"), (Layer.ENTRY, Layer.EXIT))
    assert (rule.measure, rule.threshold, rule.span, rule.keys) == (Measure.REGULAR, 5, 172_800, ("src_ip", "host"))
    assert (rule.figures, rule.keep_keyless) == ({"apart": 30_000_000, "spread": 0.2}, False)


def test_a_rule_that_a_correlation_uses_is_none_by_itself():
    rules = read_rules(together(FAILED, BURST))
    assert [(rule.title.en, rule.measure, rule.threshold, rule.span) for rule in rules] == [
        ("Burst", Measure.EVENTS, 10, 600)
    ]
    assert rules[0].line == 8


def test_a_correlation_that_generates_leaves_its_rules_be():
    named = FAILED + "id: 5b0d9b6e-0d4e-4d66-9a41-0c2b5a1f0003\n"
    generating = BURST.replace("  rules:", "  generate: true\n  rules:")
    assert [rule.title.en for rule in read_rules(together(named, generating))] == ["A failed login", "Burst"]


@pytest.mark.parametrize(("condition", "threshold"), [("gt: 10", 11), ("gt: 9.5", 10), ("gte: 9.5", 10)])
def test_a_threshold_is_the_least_whole_number_that_passes(condition, threshold):
    assert read_rules(together(FAILED, BURST.replace("gte: 10", condition)))[0].threshold == threshold


@pytest.mark.parametrize(("kind", "measure"), [("value_sum", Measure.SUM), ("value_avg", Measure.AVERAGE)])
def test_numbers_are_added_up(kind, measure):
    rule = read_rules(together(FAILED, summed(kind, "bytes_out")))[0]
    assert (rule.measure, rule.threshold, rule.searches[0].value.column) == (measure, 10, "bytes_out")
    assert [sorted(need.columns) for need in rule.needs] == [["bytes_out", "outcome", "user_key"]]


def test_a_correlation_calls_fields_by_names_of_its_own():
    other = FAILED.replace("failed", "refused").replace("outcome: failure", "outcome: refused")
    aliases = "  aliases:\n    who: {failed: user, refused: account}\n"
    both = BURST.replace("[user]", "[who]").replace("rules: failed", "rules: [failed, refused]") + aliases
    rule = read_rules(together(FAILED, other, both.replace("event_count", "temporal")))[0]
    assert [[key.column for key in search.keys] for search in rule.searches] == [["user_key"], ["account_key"]]
    assert (rule.threshold, rule.tunable) == (2, False)


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("", RuleReason.NO_RULE, 1),
        ("---\n---\n", RuleReason.NO_RULE, 1),
        ("- a list", RuleReason.NO_MAPPING, 1),
        ("title: [a", RuleReason.YAML, 1),
        ("title: a\n\tb: c", RuleReason.YAML, 2),
        (b"title: \xff", RuleReason.NOT_TEXT, 1),
        (b"x" * 300_000, RuleReason.TOO_LARGE, 1),
        ("title: a\nx: &a [1]\ny: *a", RuleReason.ALIAS, 3),
        ("a: 1\nb: 2\na: 3", RuleReason.TWICE, 3),
        ("a: " + "[" * 1500, RuleReason.YAML, 1),
        (PLAIN.replace("level: high", "level: grave"), RuleReason.SIGMA, 5),
        (PLAIN.replace("id: 5b", "id: no"), RuleReason.SIGMA, 2),
        (PLAIN.replace("|startswith", "|begins"), RuleReason.SIGMA, 12),
        (PLAIN.replace("condition: page", "condition: site"), RuleReason.SIGMA, 13),
        (PLAIN.replace("condition: page", "condition: page and ("), RuleReason.SIGMA, 13),
        (PLAIN.replace("category: webserver", "category: teapot"), RuleReason.SOURCE, 8),
        (PLAIN.replace("id: ", "name: "), RuleReason.MISSING, 1),
        (PLAIN + "noroshi: [1]\n", RuleReason.WRONG, 14),
        (PLAIN + "noroshi:\n  colour: red\n", RuleReason.UNKNOWN, 15),
        (PLAIN + "noroshi:\n  layer: roof\n", RuleReason.WRONG, 15),
        (PLAIN + "noroshi:\n  reason: {en: a}\n", RuleReason.WRONG, 15),
        (PLAIN + "noroshi:\n  falsepositives: [a, b]\n", RuleReason.WRONG, 15),
        (PLAIN + "noroshi:\n  falsepositives: [1]\n", RuleReason.WRONG, 15),
        (PLAIN + "noroshi:\n  timespan: soon\n", RuleReason.SIGMA, 15),
        (PLAIN + "noroshi:\n  timespan: 40d\n", RuleReason.SPAN, 15),
        (PLAIN + "noroshi:\n  group-by: [a, b, c, d, e]\n", RuleReason.KEYS, 15),
        (PLAIN + "noroshi:\n  group-by: [colour]\n", RuleReason.FIELD, 15),
        (PLAIN + "noroshi:\n  regular: {spread: -1}\n", RuleReason.WRONG, 15),
        (together(FAILED, BURST.replace("rules: failed", "rules: nobody")), RuleReason.SIGMA, 12),
        (together(FAILED, BURST.replace("event_count", "value_sum")), RuleReason.SIGMA, 10),
        (together(FAILED, summed("value_median", "bytes_out")), RuleReason.CORRELATION, 11),
        (together(FAILED, summed("value_sum", "url")), RuleReason.NOT_SUMMED, 15),
        (together(FAILED, summed("value_avg", "bytes_out").replace("gte", "gt")), RuleReason.AVERAGE, 15),
        (together(FAILED, summed("value_avg", "bytes_out").replace("10,", "9.5,")), RuleReason.AVERAGE, 15),
        (together(FAILED, BURST.replace("gte: 10", "lt: 10")), RuleReason.CONDITION, 15),
        (together(FAILED, BURST.replace("gte: 10", "gte: 0")), RuleReason.WRONG, 15),
        (together(FAILED, BURST.replace("[user]", "[colour]")), RuleReason.FIELD, 13),
        (together(PLAIN, PLAIN), RuleReason.TWICE, 15),
        (together(*[FAILED] * 201), RuleReason.MANY, 1),
    ],
)
def test_an_error_names_its_line(text, reason, line):
    assert refused(text) == (reason, line)


def test_a_correlation_of_correlations_is_refused():
    above = BURST.replace("0002", "0004").replace("rules: failed", "rules: burst")
    assert refused(together(FAILED, BURST + "name: burst\n", above)) == (RuleReason.CHAIN, 22)


NAMES = st.sampled_from(
    ["title", "id", "level", "tags", "logsource", "detection", "correlation", "noroshi", "condition", "type", "rules"]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES | st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(NAMES, VALUES, max_size=6))
def test_whatever_a_mapping_holds_it_is_read_or_refused_with_a_line(data):
    document = yaml.safe_load(PLAIN) | data
    try:
        assert len(read_rules(yaml.safe_dump(document, allow_unicode=True).encode())) == 1
    except RuleError as error:
        line = error.line
    else:
        line = 1
    assert line > 0


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=80))
def test_whatever_bytes_come_they_are_refused_with_a_line(content):
    with pytest.raises(RuleError) as error:
        read_rules(content)
    assert error.value.line > 0
