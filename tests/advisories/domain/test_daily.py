"""What belongs on a daily sheet: each ground once, movements that matter, and nothing that only trembles."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from noroshi.advisories.domain.bulletins import digest
from noroshi.advisories.domain.daily import (
    MOST,
    Entry,
    Facts,
    Memory,
    Span,
    Watched,
    composed,
    frozen,
    is_empty,
    is_history,
    news_of,
    remembered,
)

NOW = datetime(2099, 2, 1, tzinfo=UTC)
CALM = Facts("CVE-2099-0001", score=7.5, probability=0.01)


def reasons(facts, memory=None, *, is_new=True):
    return [each["reason"] for each in news_of(facts, memory, is_new=is_new)]


def told(facts, memory=None):
    """What is remembered once a sheet has told of it."""
    return remembered(facts, memory, news_of(facts, memory, is_new=True))


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, []),
        ({"score": 8.9}, []),
        ({"score": 9.0}, ["critical"]),
        ({"probability": 0.499}, []),
        ({"probability": 0.5}, ["likely"]),
        ({"exploited_since": "2099-01-31"}, ["exploited"]),
        ({"ransomware": True, "exploited_since": "2099-01-31"}, ["exploited", "ransomware"]),
        ({"words": ("FortiOS", "Citrix")}, ["watched", "watched"]),
        ({"score": 10.0, "state": "rejected"}, []),
    ],
)
def test_a_new_one_is_told_for_each_ground(change, expected):
    assert reasons(replace(CALM, **change)) == expected


def test_what_was_told_is_told_once_and_what_comes_on_top_of_it_too():
    critical = replace(CALM, score=9.8)
    memory = told(critical)
    assert reasons(critical, memory) == []
    listed = replace(critical, exploited_since="2099-01-31")
    assert reasons(listed, memory) == ["exploited"]
    memory = told(listed, memory)
    assert reasons(listed, memory) == []
    assert reasons(replace(listed, ransomware=True), memory) == ["ransomware"]


def test_a_score_that_trembles_about_the_threshold_is_told_once():
    memory = told(replace(CALM, probability=0.51))
    for probability in (0.49, 0.51, 0.45, 0.54):
        facts = replace(CALM, probability=probability)
        assert reasons(facts, memory) == []
        memory = told(facts, memory)
    memory = told(replace(CALM, probability=0.3), memory)
    assert reasons(replace(CALM, probability=0.5), memory) == ["likely"]


def test_a_score_that_creeps_up_is_told_when_it_has_risen_enough_since_its_lowest():
    memory = told(replace(CALM, probability=0.2))
    for probability in (0.15, 0.2, 0.24):
        facts = replace(CALM, probability=probability)
        assert reasons(facts, memory) == []
        memory = told(facts, memory)
    (why,) = news_of(replace(CALM, probability=0.26), memory, is_new=False)
    assert why == {"reason": "rose", "before": 0.15, "after": 0.26}
    assert reasons(replace(CALM, probability=0.3), told(replace(CALM, probability=0.26), memory)) == []


@pytest.mark.parametrize(("is_new", "expected"), [(True, []), (False, ["rose"])])
def test_what_was_not_worth_remembering_may_rise_and_what_is_new_has_not_risen(is_new, expected):
    assert reasons(replace(CALM, probability=0.16), None, is_new=is_new) == expected


def test_what_was_told_is_followed_to_its_end():
    memory = told(replace(CALM, score=9.8))
    assert reasons(replace(CALM, score=9.8, has_remedy=True), memory) == ["mended"]
    assert reasons(replace(CALM, score=6.1), memory) == ["eased"]
    gone = replace(CALM, score=9.8, state="rejected")
    assert reasons(gone, memory) == ["rejected"]
    assert reasons(gone, told(gone, memory)) == []
    calm = told(CALM)
    assert [reasons(replace(CALM, **change), calm) for change in ({"has_remedy": True}, {"state": "rejected"})] == [
        [],
        [],
    ]


def test_a_watched_word_stays_told_though_it_is_not_named_again():
    memory = told(replace(CALM, words=("FortiOS",)))
    assert reasons(CALM, memory) == []
    assert reasons(replace(CALM, words=("FortiOS",)), told(CALM, memory)) == []


@pytest.mark.parametrize(
    ("memory", "kept"),
    [(Memory(), False), (Memory(probability=0.04), False), (Memory(probability=0.05), True), (Memory({"x"}), True)],
)
def test_what_says_nothing_is_not_kept(memory, kept):
    assert memory.is_worth_keeping is kept


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cisco ASA Software", ("ASA",)),
        ("NASA's tools", ()),
        ("ＡＳＡ 5500", ("ASA",)),
        ("一太郎2099に脆弱性", ("一太郎",)),
        ("fortios 7.0, asa", ("ASA", "FortiOS")),
        ("FortiOSManager", ()),
        ("C++ runtime", ("C++",)),
        ("", ()),
    ],
)
def test_words_are_found_whole_in_either_width_and_case(text, found):
    assert Watched(["ASA", "FortiOS", "一太郎", "C++", " "]).found_in([text]) == found


@pytest.mark.parametrize(
    ("published", "listed", "history"),
    [(None, "", False), (29, "", False), (31, "", True), (3000, "2099-01-30", False), (3000, "2098-01-01", True)],
)
def test_what_is_read_in_late_is_history_unless_it_has_just_been_listed(published, listed, history):
    moment = None if published is None else NOW - timedelta(days=published)
    assert is_history(replace(CALM, exploited_since=listed), moment, NOW) is history


def entry(name, **facts):
    return Entry(replace(CALM, name=name, **facts), ({"reason": "critical", "score": 9.8},))


def compose(**parts):
    said = {"changes": [], "entries": [], "older": 0, "sources": [], **parts}
    return composed(Span(NOW - timedelta(days=1), NOW), **said)


def test_the_gravest_stands_first_and_what_is_cut_is_counted():
    entries = [entry(f"CVE-2099-{number}", score=9.1) for number in range(1000, 1000 + MOST)]
    entries += [
        entry("CVE-2099-0003", exploited_since="2099-01-31", ransomware=True),
        entry("CVE-2099-0002", exploited_since="2099-01-31"),
    ]
    said = compose(entries=entries)
    names = [each["name"] for each in said["vulnerabilities"]]
    assert (names[:3], len(names)) == (["CVE-2099-0003", "CVE-2099-0002", "CVE-2099-1000"], MOST)
    assert said["more_vulnerabilities"] == 2


def test_changes_stand_in_the_order_of_what_happened():
    changes = [
        {"change": change, "name": name, "catalogue": "KEV"}
        for change, name in (("removed", "a"), ("edited", "b"), ("added", "z"), ("added", "c"))
    ]
    assert [each["name"] for each in compose(changes=changes)["changes"]] == ["c", "z", "b", "a"]


def test_an_empty_day_is_one_that_says_so_and_frozen_is_what_its_digest_names():
    said = compose(older=3, sources=[{"name": "KEV"}])
    assert is_empty(said)
    assert not is_empty(compose(entries=[entry("CVE-2099-0001")]))
    whole = frozen(said, reference="DAILY-2099-0001", tlp="GREEN")
    assert whole["sha256"] == digest(whole)
    assert digest({**whole, "older": 4}) != whole["sha256"]
