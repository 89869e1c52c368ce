"""Where what came in goes, which items tell one story, and what of a change matters."""

import unicodedata
from collections import defaultdict
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.drafting import Reference, body_of, plain
from noroshi.advisories.domain.stories import (
    MANY,
    Joining,
    Standing,
    Version,
    glue_of,
    likeness,
    news_in,
)
from noroshi.advisories.domain.triage import Because, Conditions, Facts, Router, Rule, Way
from noroshi.kit.markdown import render

SOURCE = UUID(int=9)


def rule(number=1, **asked):
    return Rule(UUID(int=number), f"rule {number}", Conditions(**asked))


def evidence(facts, **asked):
    found = Router([rule(**asked)]).route(facts)
    return found and found.by


@pytest.mark.parametrize(
    ("asked", "facts", "by"),
    [
        ({"words": ("RCE",)}, Facts(("An RCE in it",)), ((Because.WORD, "RCE"),)),
        ({"words": ("RCE",)}, Facts(("the source",)), None),
        ({"words": ("ランサムウェア",)}, Facts(("新たなﾗﾝｻﾑｳｪｱが流行",)), ((Because.WORD, "ランサムウェア"),)),
        ({"words": ("ＶＰＮ", "銀行")}, Facts(("ネットバンク", "vpn装置の更新")), ((Because.WORD, "ＶＰＮ"),)),
        ({"words": ("VPN装置",)}, Facts(("VPN 装置",)), None),
        ({"names": ("CVE-2026-*",)}, Facts((), ("JVN#1", "CVE-2026-0007")), ((Because.NAME, "CVE-2026-0007"),)),
        ({"names": ("ｃｖｅ－２０２６－０００７",)}, Facts((), ("CVE-2026-0007",)), ((Because.NAME, "CVE-2026-0007"),)),
        ({"names": ("CVE-2026-000",)}, Facts((), ("CVE-2026-0007",)), None),
        ({"products": ("FortiOS",)}, Facts((), products=("Fortinet", "FortiOS")), ((Because.PRODUCT, "FortiOS"),)),
        ({"products": ("FortiOS",)}, Facts(("Update fortios now",)), ((Because.PRODUCT, "FortiOS"),)),
        ({"is_exploited": True}, Facts((), is_exploited=True), ((Because.EXPLOITED, ""),)),
        ({"is_exploited": True}, Facts(()), None),
        ({"source": SOURCE}, Facts((), source=SOURCE, source_name="JVN"), ((Because.SOURCE, "JVN"),)),
        ({"source": SOURCE}, Facts((), source=UUID(int=8)), None),
        ({"words": ("VPN",), "is_exploited": True}, Facts(("VPN",)), None),
        (
            {"words": ("VPN",), "is_exploited": True},
            Facts(("VPN",), is_exploited=True),
            ((Because.WORD, "VPN"), (Because.EXPLOITED, "")),
        ),
        ({}, Facts(("anything",), is_exploited=True), None),
        ({"words": ("  ",)}, Facts(("anything",)), None),
    ],
)
def test_a_rule_fires_where_each_kind_of_its_conditions_is_met_and_says_by_what(asked, facts, by):
    assert evidence(facts, **asked) == by


def test_the_first_rule_that_fires_decides_and_the_others_are_told():
    rules = [rule(1, words=("nothing",)), replace(rule(2, words=("VPN",)), way=Way.DROP), rule(3, words=("VPN",))]
    router, facts = Router(rules), Facts(("VPN",))
    decided = router.route(facts)
    assert decided.rule.number == UUID(int=2)
    assert decided.said == {"rule": "rule 2", "by": [["word", "VPN"]]}
    assert [each.rule.number.int for each in router.every(facts)] == [2, 3]
    assert Router([]).route(facts) is None


WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@given(st.text(alphabet="abVPN 銀行ネカﾊﾞ-1", max_size=30), st.sampled_from(["VPN", "銀行", "ab", "ネ"]))
def test_width_and_case_change_nothing(text, word):
    plain_ = evidence(Facts((text,)), words=(word,))
    for other in (text.translate(WIDE), text.upper(), unicodedata.normalize("NFD", text), text.lower()):
        assert evidence(Facts((other,)), words=(word,)) == plain_


@given(st.lists(st.text(max_size=12), max_size=4), st.text(max_size=80), st.text(max_size=20))
def test_no_rule_breaks_whatever_is_written_in_it(words, text, name):
    asked = {"words": tuple(words), "names": (*words, "*"), "products": tuple(words)}
    for kind, values in asked.items():
        evidence(Facts((text,), (name,), (text,)), **{kind: values})


def test_digests_and_long_lists_glue_nothing():
    few, many = [UUID(int=each) for each in range(MANY)], [UUID(int=each) for each in range(MANY + 1)]
    assert (glue_of(few, is_digest=False), glue_of(few, is_digest=True)) == (frozenset(few), frozenset())
    assert glue_of(many, is_digest=False) == frozenset()


def stories_of(items):
    """Place items, each a set of keys, and return which of them are in one story: sets of their places."""
    joining, where, gone = Joining(), {}, {}
    for place, keys in items:
        placed = joining.place(keys, UUID(int=1_000 + len(where)))
        gone |= dict.fromkeys(placed.absorbed, placed.story)
        where[place] = placed.story
    found = defaultdict(set)
    for place, story in where.items():
        found[final(story, gone)].add(place)
    return {frozenset(each) for each in found.values()}


def final(story, gone):
    return final(gone[story], gone) if story in gone else story


def components(items):
    """The slow reference: items that share a key, whatever is between them, are one."""
    groups = []
    for place, keys in items:
        touching = [group for group in groups if keys & group[1]] if keys else []
        merged = ({place}.union(*(group[0] for group in touching)), set(keys).union(*(group[1] for group in touching)))
        groups = [group for group in groups if group not in touching] + [merged]
    return {frozenset(group[0]) for group in groups}


SETS = st.lists(st.frozensets(st.integers(1, 9).map(lambda each: UUID(int=each)), max_size=3), max_size=14)


@given(SETS, st.randoms(use_true_random=False))
def test_items_that_share_an_identifier_are_one_story_in_whatever_order_they_come(sets, chance):
    items = list(enumerate(sets))
    expected = components(items)
    assert stories_of(items) == expected
    chance.shuffle(items)
    assert stories_of(items) == expected


KEY, OTHER = UUID(int=1), UUID(int=2)
ELDER, YOUNGER = Standing(UUID(int=11)), Standing(UUID(int=12))


@given(SETS, st.integers(0, 3), st.booleans())
def test_no_machine_takes_back_what_a_person_decided(sets, number, is_locked):
    decided = Standing(UUID(int=5), is_touched=True, is_locked=is_locked)
    joining = Joining([(UUID(int=each), decided) for each in range(1, number + 1)])
    for place, keys in enumerate(sets):
        placed = joining.place(keys, UUID(int=1_000 + place))
        assert decided.number not in placed.absorbed
        assert not (is_locked and placed.story == decided.number)


def test_a_story_that_a_person_decided_about_takes_in_the_others():
    taken = replace(YOUNGER, is_touched=True)
    placed = Joining([(KEY, ELDER), (OTHER, taken)]).place([KEY, OTHER], UUID(int=99))
    assert (placed.story, placed.is_new, placed.absorbed) == (taken.number, False, (ELDER.number,))
    both = Joining([(KEY, replace(ELDER, is_touched=True)), (OTHER, taken)]).place([KEY, OTHER], UUID(int=99))
    assert (both.story, both.absorbed) == (ELDER.number, ())


def test_an_item_that_changed_stays_where_a_person_left_it_and_brings_others_there():
    apart = Standing(UUID(int=20), is_touched=True)
    assert Joining([(KEY, ELDER)]).place([KEY], UUID(int=99), apart).absorbed == (ELDER.number,)
    assert Joining([(KEY, ELDER)]).place([], UUID(int=99), apart).story == apart.number
    locked = replace(apart, is_locked=True)
    placed = Joining([(KEY, ELDER)]).place([KEY], UUID(int=99), locked)
    assert (placed.story, placed.absorbed) == (locked.number, ())
    taken = Standing(UUID(int=21), is_touched=True)
    placed = Joining([(KEY, taken)]).place([KEY], UUID(int=99), ELDER)
    assert (placed.story, placed.absorbed) == (taken.number, (ELDER.number,))


@given(st.text(max_size=40), st.text(max_size=40))
def test_likeness_is_the_same_from_both_sides_and_whole_only_with_itself(one, other):
    assert likeness(one, other) == likeness(other, one)
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, one) == (1.0 if any(each.isalnum() for each in unicodedata.normalize("NFKC", one)) else 0.0)


def test_titles_about_one_thing_are_alike_in_japanese_and_english_and_others_are_not():
    one = "FortiOSにおける認証回避の脆弱性（CVE-2026-0007）に関する注意喚起"
    other = "ＦｏｒｔｉＯＳの認証回避の脆弱性 (CVE-2026-0007)"
    assert likeness(one, other) > 0.5
    assert likeness(one, "Apache Tomcatにおけるサービス運用妨害の脆弱性") < 0.3
    assert likeness("Exploited flaw in Acme VPN", "Acme VPN: exploited flaw!") > 0.6


BEFORE = Version("Ａｃｍｅ VPNの脆弱性", "更新してください。", ("CVE-2026-1",), ({"kind": "epss", "value": 1},))


@pytest.mark.parametrize(
    ("said", "parts"),
    [
        ({"title": "Acme VPN の脆弱性"}, ()),
        ({"summary": "更新して下さい"}, ("summary",)),
        ({"summary": " 更新してください"}, ()),
        ({"names": ("CVE-2026-1", "CVE-2026-2")}, ("names",)),
        ({"names": ()}, ()),
        ({"claims": ({"kind": "epss", "value": 2},)}, ()),
        ({"claims": ({"kind": "kev", "value": {}},)}, ("claims",)),
        ({"title": "Acme VPNの脆弱性（悪用を確認）", "names": ("CVE-2026-3",)}, ("title", "names")),
    ],
)
def test_what_matters_in_a_change_is_told_from_what_is_only_spelt_otherwise(said, parts):
    assert news_in(BEFORE, replace(BEFORE, **said)) == parts


def test_a_bulletin_is_begun_with_the_template_and_its_sources_below_their_heading():
    cited = [Reference("JVN", "VPNの脆弱性", "https://jvn.jp/1"), Reference("News", "a *b*", "")]
    lines = "- JVN: VPNの脆弱性 <https://jvn.jp/1>\n- News: a \\*b\\*"
    assert body_of("## 概要\n\n## 参考情報\n", cited) == f"## 概要\n\n## 参考情報\n\n{lines}"
    assert body_of("", cited) == f"## 参考情報\n\n{lines}"
    assert body_of("自由な文", cited) == f"自由な文\n\n## 参考情報\n\n{lines}"


@given(st.text(alphabet="a *_[](){}<>#`!|~\\\n-+.1:/hre", max_size=60))
def test_what_a_source_wrote_marks_nothing_up_in_a_bulletin(text):
    html = str(render(f"x {plain(text)} x"))
    assert [
        tag for tag in ("<a", "<em", "<strong", "<code", "<h", "<ul", "<ol", "<img", "<del", "<table") if tag in html
    ] == []
