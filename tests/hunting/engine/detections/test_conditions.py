"""What a Sigma condition finds, and that no value of a rule is ever read as SQL."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hunting.engine.detections.conditions_table import KEY, matching, rule_of
from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason

AGENTS = ["curl/8.0", "CURL/8.0", "wget 100%_off", r"C:\temp\x.exe", "it's", None]
EVENTS = [{"user_agent": agent} for agent in AGENTS]


@pytest.mark.parametrize(
    ("detection", "found"),
    [
        ({"user_agent": "curl/8.0"}, [0, 1]),
        ({"user_agent|cased": "curl/8.0"}, [0]),
        ({"user_agent": "curl*"}, [0, 1]),
        ({"user_agent|cased": "curl*"}, [0]),
        ({"user_agent": "curl/?.0"}, [0, 1]),
        ({"user_agent|contains": "%_"}, [2]),
        ({"user_agent|contains": "_"}, [2]),
        ({"user_agent|endswith": r"\x.exe"}, [3]),
        ({"user_agent|startswith": "it'"}, [4]),
        ({"user_agent|contains|all": ["wget", "100"]}, [2]),
        ({"user_agent|contains": ["wget", "curl"]}, [0, 1, 2]),
        ({"user_agent|re": "^c.rl/[0-9]"}, [0]),
        ({"user_agent|re|i": "^c.rl/[0-9]"}, [0, 1]),
        ({"user_agent": None}, [5]),
        ({"user_agent": ""}, [5]),
        ({"user_agent|exists": True}, [0, 1, 2, 3, 4]),
        ({"user_agent|exists": False}, [5]),
        ({"user_agent|neq": "curl/8.0"}, [2, 3, 4, 5]),
        ({"http_user_agent|windash|contains": "-off"}, []),
    ],
)
def test_a_text_is_compared_as_sigma_says(detection, found):
    assert matching({"it": detection}, EVENTS) == found


@pytest.mark.parametrize(
    ("detection", "found"),
    [
        ({"status": 404}, [1]),
        ({"sc-status": "404"}, [1]),
        ({"status|gte": 404}, [1, 2]),
        ({"status|lt": 404}, [0]),
        ({"status|gt": 404.5}, [2]),
        ({"status": "40*"}, [1]),
        ({"status|exists": False}, [3]),
    ],
)
def test_a_number_is_compared_as_one(detection, found):
    assert matching({"it": detection}, [{"status": 200}, {"status": 404}, {"status": 500}, {}]) == found


def address(text):
    found = normalise.address(text)
    return {"src_ip": found.text, "src_v4": found.v4, "src_v6_hi": found.v6_hi, "src_v6_lo": found.v6_lo}


@pytest.mark.parametrize(
    ("detection", "found"),
    [
        ({"src_ip": "10.0.0.1"}, [0]),
        ({"source.ip": "::ffff:10.0.0.1"}, [0]),
        ({"src_ip|cidr": "10.0.0.0/8"}, [0]),
        ({"src_ip|cidr": "0.0.0.0/0"}, [0, 1]),
        ({"src_ip|cidr": "2001:db8::/32"}, [2, 3]),
        ({"src_ip|cidr": "2001:db8::/127"}, [2]),
        ({"src_ip|cidr": "fe00::/7"}, [4]),
        ({"src_ip|cidr": "::/0"}, [2, 3, 4]),
        ({"src_ip|startswith": "192.168."}, [1]),
        ({"src_ip|cidr": ["10.0.0.0/8", "192.168.0.0/16"]}, [0, 1]),
    ],
)
def test_an_address_is_compared_whole_by_its_text_or_by_its_network(detection, found):
    events = [address(text) for text in ("10.0.0.1", "192.168.7.7", "2001:db8::1", "2001:db8:ffff::8000", "fe80::1")]
    assert matching({"it": detection}, events) == found


def test_a_long_list_finds_each_of_its_values():
    events = [{"user_agent": f"agent {number}"} for number in (-1, 0, 49, 50, 171, 400)]
    assert matching({"it": {"user_agent": [f"agent {number}" for number in range(200)]}}, events) == [1, 2, 3, 4]
    assert matching({"it": {"user_agent|contains|all": ["a", "g", "e", "n", "t", *["agent"] * 150, "49"]}}, events) == [
        2
    ]


def test_a_user_is_found_by_the_pseudonym_of_the_whole_name():
    key = normalise.pseudonym("taro", KEY)
    assert matching({"it": {"user": "Taro"}}, [{"user_key": key}, {"user_key": "taro"}]) == [0]


def test_fields_are_compared_with_each_other():
    events = [{"host": "A.example", "domain": "a.example"}, {"host": "a.example", "domain": "example"}, {"host": "a"}]
    assert matching({"it": {"host|fieldref": "domain"}}, events) == [0]
    assert matching({"it": {"host|fieldref|endswith": "domain"}}, events) == [0, 1]


def test_an_hour_is_that_of_the_clock_on_the_wall():
    events = [{"time": "2026-11-20T14:59:00Z"}, {"time": "2026-11-20T15:01:00Z"}]
    assert matching({"it": {"time|hour": 0}}, events) == [1]


def test_what_is_encoded_once_or_twice_is_read_decoded():
    urls = ["/a?x=%27", "/a?x=%2527", "/a?x='", "/a?x=%FF", "/a"]
    assert matching({"it": {"url_decoded|contains": "'"}}, [{"url": url} for url in urls]) == [0, 1, 2]


def test_the_path_of_an_address_is_found_with_and_without_a_host():
    events = [{"url": "/admin?x=/user"}, {"url": "bank.example/admin"}, {"url": "/x/admin"}]
    assert matching({"it": {"cs-uri-stem|startswith": "/admin"}}, events) == [0, 1]
    assert matching({"it": {"url.query|contains": "user"}}, events) == [0]


def test_not_holds_for_what_an_event_does_not_have():
    detection = {"it": {"action": "get"}, "but": {"status": 404}, "condition": "it and not but"}
    events = [{"action": "GET"}, {"action": "GET", "status": 404}, {"action": "GET", "status": 200}]
    assert matching(detection, events) == [0, 2]


def test_one_of_many_and_all_of_many_are_read():
    detection = {"a1": {"action": "get"}, "a2": {"status": 404}, "condition": "1 of a*"}
    events = [{"action": "GET"}, {"status": 404}, {"action": "GET", "status": 404}, {}]
    assert matching(detection, events) == [0, 1, 2]
    assert matching(detection | {"condition": "all of a*"}, events) == [2]


@pytest.mark.parametrize(
    ("detection", "reason"),
    [
        ({"it": {"CommandLine": "x"}}, RuleReason.FIELD),
        ({"it": {"organisation": "bank-a"}}, RuleReason.FIELD),
        ({"it": {"src_v4": 1}}, RuleReason.FIELD),
        ({"it": ["word"]}, RuleReason.WORD),
        ({"it": {"user": "adm*"}}, RuleReason.PSEUDONYM),
        ({"it": {"user|re": "adm.*"}}, RuleReason.PSEUDONYM),
        ({"it": {"status": "many"}}, RuleReason.NO_NUMBER),
        ({"it": {"action|gt": 4}}, RuleReason.NOT_NUMERIC),
        ({"it": {"host|cidr": "10.0.0.0/8"}}, RuleReason.NETWORK),
        ({"it": {"action|hour": 4}}, RuleReason.NO_TIME),
        ({"it": {"user_agent|contains": "x" * 2001}}, RuleReason.PATTERN),
        ({"it": {"user_agent": [f"a{n}" for n in range(5001)]}}, RuleReason.VALUES),
        ({"it": {"user_agent|re": "(?<=a)b"}}, RuleReason.SIGMA),
        ({"it": {"user_agent": "a\x00b"}}, RuleReason.NUL),
    ],
)
def test_what_the_lake_cannot_answer_is_refused_with_its_line(detection, reason):
    with pytest.raises(RuleError) as refused:
        rule_of(detection)
    assert (refused.value.reason, refused.value.line) == (reason, 4)


HOSTILE = st.text(alphabet="ab'\"\\%_*?$v01;-/()[]{}|. \t\n?:\u3042\U0001f525", min_size=1, max_size=40)


def escaped(text):
    """A value as a rule writes it so that nothing in it is a wildcard."""
    return text.replace("\\", "\\\\").replace("*", "\\*").replace("?", "\\?")


@settings(max_examples=40, deadline=None)
@given(HOSTILE)
def test_no_value_is_read_as_sql_or_as_a_pattern(text):
    harmless = rule_of({"it": {"user_agent": "x", "url|contains": "x", "action": "x"}})
    hostile = {"user_agent": escaped(text), "url|contains": escaped(text), "action": escaped(text)}
    query = rule_of({"it": hostile}).episodes()
    assert query.sql == harmless.episodes().sql
    assert sorted(query.values) == ["v0", "v1", "v2"]


@settings(max_examples=40, deadline=None)
@given(HOSTILE.filter(lambda text: text.strip() == text), HOSTILE)
def test_a_value_finds_itself_and_nothing_else(text, other):
    events = [{"user_agent": text}, {"user_agent": other}, {"user_agent": f"{other}{text}"}]
    same = [number for number, event in enumerate(events) if event["user_agent"].lower() == text.lower()]
    within = [number for number, event in enumerate(events) if text.lower() in event["user_agent"].lower()]
    assert matching({"it": {"user_agent": escaped(text)}}, events) == same
    assert matching({"it": {"user_agent|contains": escaped(text)}}, events) == within


def test_only_what_every_alternative_asks_for_must_have_data():
    rule = rule_of(
        {
            "one": {"url": "a", "src_ip": "10.0.0.1"},
            "two": {"referrer": "b", "src_ip": "10.0.0.2"},
            "but": {"user_agent": "c"},
            "condition": "(one or two) and not but",
        }
    )
    assert [(need.event_class, sorted(need.columns)) for need in rule.needs] == [(None, ["src_ip"])]
