"""A level is never lost for the way in which its tag is written, and never made lower by another tag."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.misp.reach import COMMUNITY, EVERYBODY, OWN, Reach, Width, reach_of
from noroshi.intel.domain.misp.tags import level_of, others, pap_of, tag_of


@pytest.mark.parametrize(
    ("tags", "level"),
    [
        (["tlp:red"], TLP.RED),
        (["TLP:AMBER+STRICT"], TLP.AMBER_STRICT),
        (["tlp:amber-strict"], TLP.AMBER_STRICT),
        (["Tlp : Amber_Strict"], TLP.AMBER_STRICT),
        (['tlp:"amber+strict"'], TLP.AMBER_STRICT),
        (["TLP AMBER"], TLP.AMBER),
        (["tlp=green"], TLP.GREEN),
        (["ＴＬＰ：ＲＥＤ"], TLP.RED),
        (["TLPRED"], TLP.RED),
        (["traffic-light-protocol:amber"], TLP.AMBER),
        (["tlp:white"], TLP.CLEAR),
        (["tlp:clear"], TLP.CLEAR),
        (["tlp:clear", "tlp:red", "tlp:green"], TLP.RED),
        (["tlp:green", "tlp:ex:chr"], TLP.GREEN),
        (["tlp:ex:chr"], None),
        (["tlp:unclear"], TLP.RED),
        (["tlp:purple"], TLP.RED),
        (["tlp:"], TLP.RED),
        (["TLPT", "tlpa-report", 'osint:source-type="blog-post"'], None),
        ([], None),
    ],
)
def test_level_when_a_tag_is_written_this_way_then_it_is_this(tags, level):
    assert level_of(tags) == level


@given(st.lists(st.sampled_from([*TLP, "tlp:ex:chr", "phishing"]), max_size=5), st.randoms())
def test_level_when_several_tags_say_one_then_it_is_the_strictest_of_them(said, random):
    def spelt(each):
        text = tag_of(each) if isinstance(each, TLP) else each
        return random.choice([text, text.upper(), text.title(), text.replace(":", ": "), text.replace("+", "-")])

    levels = [each for each in said if isinstance(each, TLP)]
    assert level_of(map(spelt, said)) == max(levels, key=lambda level: level.rank, default=None)


def test_pap_when_tags_say_it_then_the_strictest_counts_and_paper_is_none():
    assert pap_of(["PAP:GREEN", "pap:amber", "paper:red"]) == "AMBER"
    assert pap_of(["PAP:PURPLE"]) == "RED"
    assert pap_of(["paper:red"]) is None
    assert others(["tlp:red", "PAP:RED", "paper:red", "TLPT"]) == ["paper:red", "TLPT"]


@pytest.mark.parametrize(
    ("distribution", "group", "reach"),
    [
        ("0", None, OWN),
        (1, None, COMMUNITY),
        ("2", None, COMMUNITY),
        ("3", None, EVERYBODY),
        ("4", None, OWN),
        ("4", {"SharingGroupOrg": [{"Organisation": {"name": " CIRCL "}}, {"Organisation": None}, 3]}, "circl"),
        ("5", None, COMMUNITY),
        (None, None, COMMUNITY),
        ("7", None, OWN),
        ([], None, COMMUNITY),
    ],
)
def test_reach_when_a_distribution_says_so_then_it_is_this(distribution, group, reach):
    wanted = Reach(Width.GROUP, frozenset({reach})) if isinstance(reach, str) else reach
    assert reach_of(distribution, group, COMMUNITY) == wanted


REACHES = st.one_of(
    st.sampled_from([OWN, COMMUNITY, EVERYBODY]),
    st.builds(lambda names: Reach(Width.GROUP, names), st.frozensets(st.sampled_from("abc"), min_size=1)),
)


@given(REACHES, REACHES)
def test_reach_when_two_hold_then_it_is_never_wider_than_either(one, other):
    both = one.within(other)
    assert both == other.within(one)
    for each in (one, other):
        assert both.width <= each.width
        assert (
            each.width is not Width.GROUP or both.width is not Width.GROUP or both.organisations <= each.organisations
        )
