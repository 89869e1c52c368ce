"""What a person asks for against what a notice is about."""

from dataclasses import replace
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.notify.domain.topics import ANYTHING, Topic, Wish

LARGE, SMALL = UUID(int=1), UUID(int=2)
TOPIC = Topic(
    "fraud",
    frozenset({LARGE}),
    "regional_bank",
    "偽のログイン画面 on FortiGate 7.2 appliances of 勘定系システム",
    frozenset({"evil.example"}),
)


@pytest.mark.parametrize(
    ("wish", "wanted"),
    [
        (Wish(), True),
        (Wish(signal_kinds=frozenset({"fraud", "malware"})), True),
        (Wish(signal_kinds=frozenset({"malware"})), False),
        (Wish(groups=frozenset({LARGE, SMALL})), True),
        (Wish(groups=frozenset({SMALL})), False),
        (Wish(sectors=frozenset({"regional_bank"})), True),
        (Wish(sectors=frozenset({"insurer"})), False),
        (Wish(values=frozenset({"evil.example", "other.example"})), True),
        (Wish(values=frozenset({"other.example"})), False),
        (Wish(words="ログイン fortig"), True),
        (Wish(words="ログイン ransomware"), False),
        (Wish(words="..."), False),
        (Wish(assets=("勘定系",)), True),
        (Wish(assets=("VPN", "fortigate 7.2")), True),
        (Wish(assets=("Forti",)), False),
        (Wish(assets=("appliance",)), False),
        (Wish(assets=()), False),
        (Wish(signal_kinds=frozenset({"fraud"}), sectors=frozenset({"insurer"})), False),
    ],
)
def test_wish_when_held_against_a_topic_then_all_that_was_asked_for_must_be_so(wish, wanted):
    assert wish.wants(TOPIC) is wanted


def test_wish_when_it_narrows_and_nothing_is_known_of_the_topic_then_it_does_not_want_it():
    assert Wish().wants(ANYTHING)
    narrow = [Wish(signal_kinds=frozenset({"fraud"})), Wish(sectors=frozenset({"insurer"})), Wish(words="a")]
    assert [wish.wants(ANYTHING) for wish in narrow] == [False, False, False]


@given(
    st.sets(st.sampled_from(["fraud", "malware"])),
    st.sets(st.sampled_from([LARGE, SMALL])),
    st.sets(st.sampled_from(["regional_bank", "insurer"])),
    st.sampled_from(["", "fortigate", "nothing"]),
)
def test_wish_when_something_more_is_asked_for_then_it_never_wants_more(kinds, groups, sectors, words):
    wide = Wish(frozenset(kinds), frozenset(groups), frozenset(sectors))
    narrow = replace(wide, words=words)
    assert not narrow.wants(TOPIC) or wide.wants(TOPIC)
