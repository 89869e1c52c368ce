"""Patterns: where they go wrong, their one form, and what of them can be hunted."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.intel.domain.observables import Observable, ObservableType, parse_observable
from noroshi.intel.domain.stix.patterns import MAX_PATTERN, Fault, PatternError, check_pattern, parse_pattern
from noroshi.intel.domain.stix.patterns.hunted import Limit, hunted, pattern_of
from noroshi.intel.domain.stix.patterns.normal import normal_form, simplified, written
from noroshi.intel.domain.stix.patterns.parser import MAX_DEPTH
from noroshi.intel.domain.stix.patterns.syntax import (
    Comparison,
    Constant,
    ConstantKind,
    Joined,
    Joint,
    Observation,
    Operator,
    Path,
    Qualified,
)


@pytest.mark.parametrize(
    ("pattern", "fault", "place"),
    [
        ("", Fault.UNFINISHED, 0),
        ("[url:value = 'a'", Fault.UNFINISHED, 16),
        ("[url:value 'a']", Fault.UNEXPECTED, 11),
        ("[url:value = 'a'] x", Fault.UNEXPECTED, 18),
        ("[url:value = 'a", Fault.CHARACTER, 13),
        ("[ur:value = 'a']", Fault.TYPE, 1),
        ("[URL:value = 'a']", Fault.TYPE, 1),
        ("[url:value = 'a'] REPEATS 0 TIMES", Fault.NOT_POSITIVE, 26),
        ("[file:hashes.MD5 IN ('a')]", Fault.HASH, 17),
        ("[" * 3 + "url:value = 'a'" + "]" * 3, Fault.UNEXPECTED, 1),
        ("(" * (MAX_DEPTH + 1) + "[url:value = 'a']" + ")" * (MAX_DEPTH + 1), Fault.TOO_DEEP, MAX_DEPTH + 1),
        ("[" + "(" * 10_000, Fault.TOO_DEEP, MAX_DEPTH + 2),
        ("[url:value = '" + "a" * MAX_PATTERN + "']", Fault.TOO_LONG, MAX_PATTERN),
    ],
)
def test_pattern_when_it_is_none_then_the_fault_and_its_place_are_named(pattern, fault, place):
    error = check_pattern(pattern)
    assert (error.fault, error.place) == (fault, place)


def test_pattern_when_it_is_long_then_it_is_read_all_the_same():
    many = " OR ".join(f"ipv4-addr:value = '198.51.{n // 256}.{n % 256}'" for n in range(5_000))
    assert len(hunted(f"[{many}]").values) == 5_000


@pytest.mark.parametrize(
    ("pattern", "normal"),
    [
        ("[ url:value=='a' ]", "[url:value = 'a']"),
        ("([url:value = 'a'])", "[url:value = 'a']"),
        ("[(url:value = 'b' OR (url:value = 'a' OR url:value = 'b'))]", "[url:value = 'a' OR url:value = 'b']"),
        (
            "[file:size = +5 AND (file:name = 'a' OR file:name = 'b')]",
            "[(file:name = 'a' OR file:name = 'b') AND file:size = 5]",
        ),
        ("[file:name IN ('b', 'a', 'b')]", "[file:name IN ('a', 'b')]"),
        ("[file:name IN ('a')]", "[file:name = 'a']"),
        ("[file:name NOT = 'a']", "[file:name != 'a']"),
        ("[file:name NOT <> 'it\\'s \\\\']", "[file:name = 'it\\'s \\\\']"),
        ("[file:'name'.'x-y'[*].z9 = h'AB']", "[file:name.'x-y'[*].z9 = h'ab']"),
        ("[url:value = 'b'] AND [url:value = 'a']", "[url:value = 'a'] AND [url:value = 'b']"),
        ("[url:value = 'a'] AND [url:value = 'a']", "[url:value = 'a'] AND [url:value = 'a']"),
        ("[url:value = 'b'] FOLLOWEDBY [url:value = 'a']", "[url:value = 'b'] FOLLOWEDBY [url:value = 'a']"),
        (
            "([url:value = 'b'] OR [url:value = 'a']) REPEATS 2 TIMES",
            "([url:value = 'a'] OR [url:value = 'b']) REPEATS 2 TIMES",
        ),
    ],
)
def test_normal_form_when_patterns_differ_only_in_their_writing_then_it_is_one(pattern, normal):
    assert (normal_form(pattern), normal_form(normal)) == (normal, normal)


NAMES = st.sampled_from(("name", "value", "x-y", "a b", "*", "it's", "AND", "hash"))
TYPES = st.sampled_from(("file", "url", "x-own-type"))
TEXTS = st.text(alphabet="a'\\ %日", max_size=5)
CONSTANTS = st.one_of(
    st.builds(Constant, st.just(ConstantKind.STRING), TEXTS),
    st.builds(Constant, st.just(ConstantKind.INTEGER), st.integers(-9, 9).map(str)),
    st.builds(Constant, st.just(ConstantKind.HEX), st.binary(max_size=2).map(bytes.hex)),
    st.just(Constant(ConstantKind.BOOLEAN, "true")),
    st.just(Constant(ConstantKind.TIMESTAMP, "2026-01-02T03:04:05Z")),
)


@st.composite
def comparisons(draw):
    steps = draw(st.lists(NAMES | st.integers(0, 3), min_size=1, max_size=3))
    indices = frozenset(place for place, step in enumerate(steps) if place and isinstance(step, int))
    path = Path(
        draw(TYPES), tuple(step if place in indices else str(step) for place, step in enumerate(steps)), indices
    )
    operator = draw(st.sampled_from((Operator.EQUAL, Operator.UNEQUAL, Operator.LIKE, Operator.EXISTS, Operator.IN)))
    if operator is Operator.EXISTS:
        return Comparison(path, operator)
    text = Constant(ConstantKind.STRING, draw(TEXTS))
    one = {Operator.LIKE: (text,), Operator.IN: (text, Constant(ConstantKind.STRING, "b"))}
    return Comparison(path, operator, one.get(operator, (draw(CONSTANTS),)), draw(st.booleans()))


def _alternatives(parts, joint=Joint.OR):
    return Joined(joint, tuple(parts)) if len(parts) > 1 else parts[0]


OBSERVATIONS = st.lists(comparisons(), min_size=1, max_size=3).map(lambda parts: Observation(_alternatives(parts)))
TREES = st.recursive(
    OBSERVATIONS,
    lambda inner: st.one_of(
        st.builds(_alternatives, st.lists(inner, min_size=1, max_size=3), st.sampled_from(Joint)),
        st.builds(Qualified, inner, st.just("REPEATS"), st.just(("2",))),
        st.builds(Qualified, inner, st.just("WITHIN"), st.just(("2.5",))),
    ),
    max_leaves=5,
)


@settings(deadline=None)
@given(TREES)
def test_tree_when_it_is_written_and_read_then_it_is_the_same(tree):
    normal = simplified(tree)
    try:
        again = parse_pattern(written(normal))
    except PatternError as error:
        assert error.fault is Fault.QUALIFIED_TWICE  # noqa: PT017 - the generator qualifies what is qualified
    else:
        assert simplified(again) == normal


@settings(deadline=None)
@given(st.text(alphabet="[]()'=:.,*\\ urlvaeANDOR1-", max_size=40) | st.text(max_size=20))
def test_pattern_when_it_is_any_text_then_reading_it_ends(text):
    error = check_pattern(text)
    assert error is None or 0 <= error.place <= len(text)


A, B = Observable(ObservableType.IPV4, "198.51.100.3"), Observable(ObservableType.DOMAIN, "evil.example")


@pytest.mark.parametrize(
    ("pattern", "values", "limits"),
    [
        ("[ipv4-addr:value = '198.51.100.3/32' OR domain-name:value = 'EVIL.example']", [A, B], []),
        ("[network-traffic:dst_ref.value IN ('198.51.100.3', 'evil.example')]", [A, B], []),
        (
            "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
            [Observable(ObservableType.CIDR, "198.51.100.0/24")],
            [],
        ),
        ("[file:hashes.'SHA-1' = '" + "A" * 40 + "']", [Observable(ObservableType.SHA1, "a" * 40)], []),
        (
            "[email-message:to_refs[*].value = 'a@evil.example']",
            [Observable(ObservableType.EMAIL, "a@evil.example")],
            [],
        ),
        (
            "[network-traffic:dst_ref.value = '198.51.100.3' AND network-traffic:dst_port = 443]",
            [A],
            [(Limit.WIDER, "AND"), (Limit.FIELD, "network-traffic:dst_port")],
        ),
        (
            "([ipv4-addr:value = '198.51.100.3'] FOLLOWEDBY [domain-name:value = 'evil.example']) WITHIN 5 SECONDS",
            [A, B],
            [(Limit.ORDER, "WITHIN"), (Limit.ORDER, "FOLLOWEDBY")],
        ),
        ("[domain-name:value != 'evil.example']", [], [(Limit.NEGATED, "domain-name:value")]),
        ("[url:value LIKE '%evil%']", [], [(Limit.COMPARED, "url:value LIKE")]),
        ("[mutex:name = 'a']", [], [(Limit.FIELD, "mutex:name")]),
        ("[ipv4-addr:value = 'evil.example']", [], [(Limit.VALUE, "ipv4-addr:value evil.example")]),
    ],
)
def test_hunted_when_a_pattern_says_more_than_values_then_the_rest_is_named(pattern, values, limits):
    found = hunted(pattern)
    assert (list(found.values), [(each.limit, each.about) for each in found.limits]) == (values, limits)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (ObservableType.IPV4, "198.51.100.3"),
        (ObservableType.IPV6, "2001:db8::1"),
        (ObservableType.CIDR, "2001:db8::/32"),
        (ObservableType.CIDR, "198.51.100.0/24"),
        (ObservableType.DOMAIN, "evil.example"),
        (ObservableType.URL, "https://evil.example/a'b?c=\\d"),
        (ObservableType.EMAIL, "a@evil.example"),
        (ObservableType.MD5, "a" * 32),
        (ObservableType.SHA1, "b" * 40),
        (ObservableType.SHA256, "c" * 64),
        (ObservableType.USER_AGENT, "Mozilla/5.0 (it's)"),
        (ObservableType.ACCOUNT, "0001-1234567"),
    ],
)
def test_pattern_of_a_value_when_it_is_read_back_then_it_is_the_value(kind, value):
    observable = parse_observable(kind, value)
    assert hunted(pattern_of(observable)).values == (observable,)
