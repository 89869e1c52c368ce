"""What received objects become when they are shared at a level: never wider, never naming what stays behind."""

import json
import re
from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from factories.stix import EXAMPLES
from factories.stix_store import CREATED, indicator, report
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.stix.check import check_object
from noroshi.intel.domain.stix.deriving import Terms, going_out
from noroshi.intel.domain.stix.levels import marked_level
from noroshi.intel.domain.stix.tlp import LEVELS, TLP_1, TLP_2

SIGNER = "identity--11111111-1111-4111-8111-111111111111"
AT = "2026-11-27T00:00:00.000Z"
ID = re.compile(r"[a-z0-9-]+--[0-9a-f]{8}-[0-9a-f-]{27}")


def terms(level=TLP.AMBER, profile=Profile.FIRST, **more):
    return Terms(level, profile, SIGNER, AT, "S-1", **more)


def shared(*objects, **how):
    return going_out([json.dumps(each).encode() for each in objects], terms(**how))


def marked(*levels):
    return {"object_marking_refs": [TLP_2[level] for level in levels]}


def relationship(source, target, **properties):
    return {
        "type": "relationship", "spec_version": "2.1", "id": "relationship--57b56a43-b8b0-4cba-9deb-34e3e1faed9e",
        "created": CREATED, "modified": CREATED, "relationship_type": "related-to", "source_ref": source["id"],
        "target_ref": target["id"], **properties,
    }  # fmt: skip


@pytest.mark.parametrize("level", [TLP.AMBER, TLP.AMBER_STRICT, TLP.RED])
def test_what_says_the_level_itself_goes_out_byte_for_byte(level):
    raw = json.dumps(indicator(**marked(level)), indent=1).encode()
    assert [(each.raw, each.is_derived) for each in going_out([raw], terms())] == [(raw, False)]


@pytest.mark.parametrize(
    "markings",
    [
        {},
        marked(TLP.GREEN),
        {"object_marking_refs": [TLP_1[TLP.GREEN]]},
        {**marked(TLP.AMBER), "granular_markings": [{"marking_ref": TLP_2[TLP.CLEAR], "selectors": ["pattern"]}]},
        {"granular_markings": [{"marking_ref": TLP_2[TLP.AMBER], "selectors": ["pattern"]}]},
    ],
)
def test_anything_else_goes_out_as_a_derived_object_of_whoever_shares_it(markings):
    one = indicator(created_by_ref=EXAMPLES["identity"]["id"], **markings)
    ((value, raw, is_derived),) = shared(one)
    kept = {
        name: part
        for name, part in one.items()
        if name not in {*markings, "id", "created_by_ref", "created", "modified"}
    }
    assert is_derived
    assert value == json.loads(raw) == {
        **kept, "id": value["id"], "created": AT, "modified": AT, "created_by_ref": SIGNER, **marked(TLP.AMBER),
    }  # fmt: skip
    assert (UUID(value["id"].partition("--")[2]).version, value["id"] == one["id"]) == (4, False)
    assert shared(one)[0].value == value  # the same each time
    (elsewhere,) = going_out([json.dumps(one).encode()], replace(terms(), item="S-2"))
    assert elsewhere.value["id"] != value["id"]


def test_a_stricter_marking_than_the_level_stays():
    granular = [{"marking_ref": TLP_2[TLP.RED], "selectors": ["pattern"]}]
    (going,) = shared(indicator(granular_markings=granular, **marked(TLP.GREEN)))
    assert going.value["object_marking_refs"] == [TLP_2[TLP.RED]]
    (unknown,) = shared(indicator(object_marking_refs=["marking-definition--0d0c8a26-5ba0-4b4b-8ef1-bb2b7ca5ec1b"]))
    assert unknown.value["object_marking_refs"] == [TLP_2[TLP.RED]]


def test_the_japanese_reading_of_amber_strict_leaves_as_red():
    (going,) = shared(indicator(**marked(TLP.AMBER_STRICT)), level=TLP.AMBER_STRICT, profile=Profile.F_ISAC_JP)
    assert going.value["object_marking_refs"] == [TLP_2[TLP.RED]]


def test_references_lead_to_what_goes_out_and_nowhere_else():
    plain, strict, elsewhere = indicator(), indicator(**marked(TLP.AMBER)), indicator()
    wave = report(plain, strict, elsewhere, **marked(TLP.AMBER))
    first, second, third = shared(plain, strict, wave)
    assert (first.is_derived, second.is_derived, third.is_derived) == (True, False, True)  # it names what is derived
    assert third.value["object_refs"] == [first.value["id"], strict["id"]]


def test_what_needs_something_that_stays_behind_is_left_out():
    here, elsewhere = indicator(), indicator()
    link = relationship(here, elsewhere)
    assert [each.value["type"] for each in shared(here, link, report(link))] == ["indicator"]
    assert [each.value["type"] for each in shared(here, elsewhere, link)] == ["indicator", "indicator", "relationship"]


def test_of_an_anonymous_one_nothing_tells_whose_it_was():
    mine = {**EXAMPLES["identity"], **marked(TLP.AMBER)}
    told = indicator(
        created_by_ref=mine["id"], x_case="BANK-A-17", labels=["bank-a"], **marked(TLP.AMBER),
        external_references=[{"source_name": "bank-a-tip", "external_id": "17"}],
    )  # fmt: skip
    (going,) = shared(mine, told, relationship(told, mine), veiled=True)
    assert set(going.value) == set(indicator(created_by_ref="", object_marking_refs=""))
    assert "bank" not in going.raw.decode().lower()


def test_what_marks_an_object_besides_goes_with_it():
    terms_of_use = {**EXAMPLES["marking-definition"]}
    del terms_of_use["object_marking_refs"], terms_of_use["granular_markings"], terms_of_use["extensions"]
    one = indicator(object_marking_refs=[terms_of_use["id"]])
    statement, going = shared(terms_of_use, one)
    assert going.value["object_marking_refs"] == [TLP_2[TLP.AMBER], statement.value["id"]]


def test_every_type_can_be_derived():
    everything = [each for kind, each in EXAMPLES.items() if kind != "extension-definition"]
    found = shared(*everything, definitions=frozenset(EXAMPLES["indicator"]["object_marking_refs"]))
    assert [check_object(each.value) for each in found] == [[]] * len(found)
    assert len(found) > len(everything) - 12  # those whose examples need an object that no example is


LEVELS_OR_NONE = st.one_of(st.none(), st.sampled_from(list(TLP)))


@st.composite
def bundles(draw):
    """Indicators, reports of them and of each other, and relationships, each marked somehow."""
    objects = [indicator(**_marked(draw)) for _ in range(draw(st.integers(1, 4)))]
    for number in range(draw(st.integers(0, 4))):
        held = draw(st.lists(st.sampled_from([*objects, indicator()]), min_size=1, max_size=3))
        objects.append(report(*held, **_marked(draw)))
        two = [draw(st.sampled_from(objects)) for _ in range(2)]
        name = f"relationship--57b56a43-b8b0-4cba-9deb-34e3e1fa{number:04x}"
        objects.append(relationship(*two, **{"id": name, **_marked(draw)}))
    return objects


def _marked(draw):
    level = draw(LEVELS_OR_NONE)
    return marked(level) if level else {}


@given(bundles(), st.sampled_from(list(TLP)), st.booleans())
def test_nothing_goes_out_wider_or_points_at_what_stays_and_twice_is_once(objects, level, veiled):
    found = shared(*objects, level=level, veiled=veiled)
    out = {each.value["id"] for each in found}
    for each in found:
        assert check_object(each.value) == []
        assert marked_level(each.value, frozenset()) >= level
        if each.is_derived:
            named = set(ID.findall(each.raw.decode())) - {SIGNER, *LEVELS}
            assert named <= out
    again = going_out([each.raw for each in found], terms(level=level))
    assert [each.raw for each in again] == [each.raw for each in found]
