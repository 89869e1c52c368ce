"""The fast matcher says what the reference says: of every pair the same answer, sureness and rule."""

import dataclasses
import random
import string
from collections import defaultdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.matching import Answer, Component, judge, keys_of, united
from noroshi.advisories.domain.readers import cve5
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.engine import Held, against, matches

SPELLINGS = (
    "", " ", "v", "0", "1", "1.0", "v1.0", "V1.0", " 1.0", "1.0.0", "1.0-rc1", "1.0-RC1", "1.0.0-rc.1", "1.0.0-RC.1",
    "1.0rc1", "1.0a", "1.0.0-1", "1.0.1", "1.1", "1.2.3.4", "2", "2.0", "2.*", "1.*", "1:1.0", "1!2.0", "1.0~rc1",
    "1.0^git", "1.0-1ubuntu2", "vv1", "latest", "release one", "1.0+local", "1.0.2k", "1.0 SP1", "3fd2a9c", "１.0",
    "ß1",
)  # fmt: skip
ENDS = st.sampled_from(SPELLINGS) | st.text(string.digits + ".-~+:!^*avcrVR ", max_size=6)
RANGES = st.builds(
    lambda low, high, is_single, *rest: Range(low, low if is_single else high, *rest),
    ENDS, ENDS, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(Status),
)  # fmt: skip
VENDORS = st.sampled_from(("", "Maker", "maker, Inc.", "n/a", "Other"))
NAMES = st.sampled_from(("", "Thing", "thing", "Widget"))
CPES = st.sampled_from(("", "", "cpe:2.3:a:maker:thing:1.0:*:*:*:*:*:*:*"))
PURLS = st.sampled_from(("", "", "pkg:npm/thing", "pkg:pypi/Thing@1.0"))
BLOCKS = st.builds(
    Affected,
    st.builds(Product, VENDORS, NAMES, CPES, PURLS),
    st.lists(RANGES, max_size=5).map(tuple),
    st.sampled_from(Scheme),
    st.sampled_from(Status),
    st.sampled_from(("", "", "", 'before \ud800 "1",\n2')),
)
RECORDS = st.lists(st.lists(BLOCKS, max_size=4), min_size=1, max_size=4)
PARTS = st.lists(st.builds(Component, NAMES, ENDS, VENDORS, CPES, PURLS), min_size=1, max_size=6)


def slowly(records, components):
    """Return by component and record what the reference says; what shares no name at all is not asked of it."""
    known = [(each, set(keys_of(each.vendor, each.name, each.cpe, each.purl))) for each in components]
    found = {}
    for name, blocks in records:
        heard = defaultdict(list)
        for block in blocks:
            product = block.product
            keys = set(keys_of(product.vendor, product.name, product.cpe, product.purl))
            for component, theirs in known:
                if keys & theirs and (verdict := judge(component, block)) is not None:
                    heard[component].append(verdict)
        found |= {(component, name): united(verdicts) for component, verdicts in heard.items()}
    return found


def fast(held, components, among=None):
    told = list(matches(held, components, among))
    found = {(each.component, each.vulnerability): each.verdict for each in told}
    assert len(found) == len(told), "a pair was told twice"
    return found


def once(records, components):
    told = list(against(components, records))
    found = {(each.component, each.vulnerability): each.verdict for each in told}
    assert len(found) == len(told), "a pair was told twice"
    return found


@settings(deadline=None, max_examples=60)
@given(RECORDS, PARTS)
def test_in_small_worlds(worlds, components):
    records = [(f"CVE-2099-{number}", blocks) for number, blocks in enumerate(worlds)]
    with Held() as held:
        held.extend(records)
        assert fast(held, components) == slowly(records, components)


@settings(deadline=None, max_examples=30)
@given(RECORDS, PARTS)
def test_in_small_worlds_that_are_read_once(worlds, components):
    records = [(f"CVE-2099-{number}", blocks) for number, blocks in enumerate(worlds)]
    assert once(records, components) == slowly(records, components)


@settings(deadline=None, max_examples=40)
@given(RECORDS, PARTS, st.sets(st.sampled_from(Answer), min_size=1))
def test_of_the_answers_that_are_asked_for_none_is_left_out_and_no_other_is_told(worlds, components, answers):
    records = [(f"CVE-2099-{number}", blocks) for number, blocks in enumerate(worlds)]
    expected = {pair: verdict for pair, verdict in slowly(records, components).items() if verdict.answer in answers}
    with Held() as held:
        held.extend(records)
        told = [(each.component, each.vulnerability) for each in matches(held, components, answers=answers)]
        assert sorted(told, key=repr) == sorted(expected, key=repr)
    told = {(each.component, each.vulnerability): each.verdict for each in against(components, records, answers)}
    assert told == expected


def test_several_blocks_of_one_record_come_to_one_answer(tmp_path):
    """By a package and by a name, by two orders, and by one name alone; what the tables hold is what was said."""
    ranged = (Range("1.0", "2.0"),)
    thing, purl = Product("Maker", "Thing"), "pkg:npm/thing"
    blocks = [
        Affected(thing, ranged, Scheme.OPAQUE, Status.UNAFFECTED),
        Affected(thing, ranged, Scheme.SEMVER, Status.UNAFFECTED),
        Affected(Product("", "Thing"), (), Scheme.OPAQUE, Status.UNAFFECTED),
        Affected(Product("Maker", "Widget", purl=purl), ranged, Scheme.PYTHON, Status.UNAFFECTED),
    ]
    records = [("CVE-2099-1", blocks), ("CVE-2099-2", blocks[:2]), ("CVE-2099-3", blocks[2:])]
    components = [Component("Thing", version, vendor, "", which)
                  for version in ("1.5", "2.5", "") for vendor in ("Maker", "") for which in ("", purl)]  # fmt: skip
    with Held(tmp_path) as held:
        held.extend(records)
    with Held(tmp_path) as again:
        assert fast(again, components) == once(records, components) == slowly(records, components)


@pytest.mark.parametrize("scheme", Scheme)
def test_where_one_spelling_has_two_places_in_an_order(scheme):
    """In some orders v1.0 and 1.0, or RC1 and rc1, are two versions; by their spelling they are one."""
    single = (Range(low, low, high_included=True) for low in ("v1.0", "1.0-RC1", "vv1", " 2.0"))
    records = [(each.low, [Affected(Product("", "Thing"), (each,), scheme)]) for each in single]
    components = [Component("Thing", each) for each in ("1.0", "V1.0", "1.0-rc1", "1.0-RC1", "v1", "vv1", "2.0")]
    with Held() as held:
        held.extend(records)
        assert fast(held, components) == slowly(records, components)


def real_records(shared_data):
    lines = (shared_data / "advisories/cve5/cve5-records.ndjson").read_bytes().splitlines()
    for line in lines:
        record = cve5.read_one(line)
        claims = (each for each in record.claims if each.kind is ClaimKind.AFFECTED)
        yield record.native_id, [Affected.read(claim.value) for claim in claims]


def inventory(records, number, chance):
    """Components of the products that records name, in versions at, beside and far from the ends of their ranges."""
    blocks = [each for _, said in records for each in said]
    for _ in range(number):
        block = chance.choice(blocks)
        ends = [end for each in block.ranges for end in (each.low, each.high) if end]
        version = chance.choice([*ends[:50], *chance.sample(SPELLINGS, 3)])
        version = chance.choice((version, version, f"{version}.1", f"v{version}"))
        product = block.product
        vendor = chance.choice((product.vendor, product.vendor, ""))
        yield Component(product.name, version, vendor, product.cpe if chance.random() < 0.2 else "", product.purl)


def test_on_real_records(shared_data):
    records = list(real_records(shared_data))
    components = list(dict.fromkeys(inventory(records, 300, random.Random(7))))
    with Held() as held:
        held.extend(records)
        found = fast(held, components)
    expected = slowly(records, components)
    assert found == expected
    assert once(records, components) == expected
    assert len(found) > len(components)
    assert len({verdict.answer for verdict in found.values()}) == 3


def test_some_records_are_asked_alone_and_what_comes_again_replaces_what_was_said(tmp_path):
    thing = Affected(Product("Maker", "Thing"), (Range("1.0", "2.0"),), Scheme.SEMVER, Status.UNAFFECTED)
    mended = dataclasses.replace(thing, ranges=(Range("1.0", "1.4"),))
    component = Component("Thing", "1.5", "Maker")
    with Held(tmp_path) as held:
        held.extend([("CVE-2099-1", [thing]), ("CVE-2099-2", [thing])])
        held.extend([("CVE-2099-1", [mended]), ("CVE-2099-3", [thing])])
        delta = slowly([("CVE-2099-1", [mended]), ("CVE-2099-3", [thing])], [component])
        assert fast(held, [component], ["CVE-2099-1", "CVE-2099-3", "CVE-2099-9"]) == delta
        whole = delta | slowly([("CVE-2099-2", [thing])], [component])
        assert fast(held, [component]) == whole
    with Held(tmp_path) as again:
        assert len(again) == 3
        assert fast(again, [component]) == whole
        again.extend([("CVE-2099-4", [thing])])
        assert fast(again, [component]) == whole | slowly([("CVE-2099-4", [thing])], [component])
    with Held(tmp_path) as third:
        assert len(third) == 4


def test_a_group_that_is_not_read_to_its_end_is_none(tmp_path):
    thing = Affected(Product("Maker", "Thing"), (), Scheme.SEMVER, Status.AFFECTED)
    other = Affected(Product("Maker", "Other"), (), Scheme.SEMVER, Status.AFFECTED)
    components = [Component("Thing", "1", "Maker"), Component("Other", "1", "Maker")]

    def broken():
        yield "CVE-2099-1", [other]
        yield "CVE-2099-2", [other]
        raise RuntimeError

    with Held(tmp_path) as held:
        held.extend([("CVE-2099-1", [thing])])
        with pytest.raises(RuntimeError):
            held.extend(broken())
        expected = slowly([("CVE-2099-1", [thing])], components)
        assert fast(held, components) == expected
    with Held(tmp_path) as again:
        assert fast(again, components) == expected
        more = [("CVE-2099-3", [other])]
        again.extend(more)
        assert fast(again, components) == expected | slowly(more, components)


def test_what_a_record_stood_at_and_how_far_one_came_are_known_again(tmp_path):
    thing = Affected(Product("Maker", "Thing"), (), Scheme.SEMVER, Status.AFFECTED)
    with Held(tmp_path) as held:
        assert (held.mark, held.states(["CVE-2099-1"])) == ("", {})
        held.extend([("CVE-2099-1", [thing]), ("CVE-2099-2", [])], {"CVE-2099-1": -(1 << 63), "CVE-2099-2": 7})
        held.extend([("CVE-2099-3", [thing])])
        held.mark = "first"
        held.mark = "second"
    with Held(tmp_path) as again:
        names = ["CVE-2099-1", "CVE-2099-2", "CVE-2099-3", "CVE-2099-4"]
        assert (again.mark, again.states(names)) == ("second", {"CVE-2099-1": -(1 << 63), "CVE-2099-2": 7})
        again.extend([("CVE-2099-1", [])], {"CVE-2099-1": 8})
        assert again.states(names) == {"CVE-2099-1": 8, "CVE-2099-2": 7}
