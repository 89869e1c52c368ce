"""Learned names: the fast matcher says what the reference says, and both only what a pair allows."""

from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.aliases import NO_ALIASES, Alias, Aliases
from noroshi.advisories.domain.matching import Answer, Component, Confidence, judge, united
from noroshi.advisories.engine import Held, Parts, matches

VERSIONS = st.sampled_from(("", "1.0", "1.5", "2.0", "1.0-rc1", "latest"))
VENDORS = st.sampled_from(("", "Maker", "Other"))
NAMES = st.sampled_from(("", "Thing", "Widget", "境界"))
CPES = st.sampled_from(("", "", "", "cpe:2.3:a:maker:thing:1.0:*:*:*:*:*:*:*"))
PURLS = st.sampled_from(("", "", "", "pkg:npm/thing"))
CALLS = st.sampled_from(("maker/thing", "other/thing", "maker/widget", "/thing", "/widget", "/境界", "other/境界"))
RANGES = st.builds(Range, VERSIONS, VERSIONS, st.booleans(), st.booleans(), st.sampled_from(Status))
BLOCKS = st.builds(
    Affected,
    st.builds(Product, VENDORS, NAMES, CPES, PURLS),
    st.lists(RANGES, max_size=3).map(tuple),
    st.sampled_from(Scheme),
    st.sampled_from(Status),
)
RECORDS = st.lists(st.lists(BLOCKS, max_size=4), min_size=1, max_size=4)
PARTS = st.lists(st.builds(Component, NAMES, VERSIONS, VENDORS, CPES, PURLS), min_size=1, max_size=6)
PAIRS = st.lists(st.builds(Alias, CALLS, CALLS, st.booleans()), max_size=5)


def slowly(records, components, aliases):
    found = {}
    for name, blocks in records:
        heard = defaultdict(list)
        for block in blocks:
            for component in components:
                if (verdict := judge(component, block, aliases)) is not None:
                    heard[component].append(verdict)
        found |= {(component, name): united(verdicts) for component, verdicts in heard.items()}
    return found


def fast(held, components, aliases):
    told = list(matches(held, Parts(components, aliases)))
    found = {(each.component, each.vulnerability): each.verdict for each in told}
    assert len(found) == len(told), "a pair was told twice"
    return found


@settings(deadline=None, max_examples=120)
@given(RECORDS, PARTS, PAIRS)
def test_in_small_worlds_both_agree(worlds, components, pairs):
    records = [(f"CVE-2099-{number}", blocks) for number, blocks in enumerate(worlds)]
    components, aliases = list(dict.fromkeys(components)), Aliases(pairs)
    expected = slowly(records, components, aliases)
    with Held() as held:
        held.extend(records)
        assert fast(held, components, aliases) == expected
        assert fast(held, components, NO_ALIASES) == slowly(records, components, NO_ALIASES)


THING = Affected(Product("Maker", "Thing"), (Range("0", "2.0", status=Status.AFFECTED),), Scheme.SEMVER)


@pytest.mark.parametrize(
    ("component", "pair", "confidence", "rule"),
    [
        (Component("境界装置", "1.0", "自社"), ("自社/境界装置", "maker/thing", True), "ranged", "alias maker/thing"),
        (Component("境界装置", "1.0"), ("/境界装置", "maker/thing", False), "heuristic", "alias maker/thing"),
        (Component("Thing", "1.0"), ("/thing", "maker/thing", True), "ranged", "alias maker/thing"),
        (Component("Thing", "1.0"), ("/thing", "maker/other", True), "heuristic", "name thing"),
        (Component("Thing", "1.0", "Maker"), ("maker/thing", "maker/thing", False), "ranged", "product maker/thing"),
    ],
)
def test_a_learned_name_is_asked_before_a_name_alone_and_after_what_is_surer(component, pair, confidence, rule):
    verdict = judge(component, THING, Aliases([Alias(*pair)]))
    assert (verdict.answer, verdict.confidence, verdict.rule) == (
        Answer.AFFECTED,
        Confidence(confidence),
        f"{rule}; >= 0 < 2.0: affected",
    )


def test_a_pair_of_others_links_nothing():
    component = Component("境界装置", "1.0", "自社")
    assert judge(component, THING) is None
    assert judge(component, THING, Aliases([Alias("他社/境界装置", "maker/thing", is_sure=True)])) is None
    assert judge(component, THING, Aliases([Alias("maker/thing", "自社/境界装置", is_sure=True)])) is None
