"""What is like what."""

from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.similarity import Likeness, jaccard, ranked

TOKENS = st.frozensets(st.text(max_size=2), max_size=12)


@given(TOKENS, TOKENS)
def test_jaccard_when_compared_then_it_is_a_share_and_the_same_both_ways(one, other):
    assert 0 <= jaccard(one, other) <= 1
    assert jaccard(one, other) == jaccard(other, one)
    assert jaccard(one, one) == (1 if one else 0)


def test_ranked_when_values_are_shared_then_these_come_before_any_words():
    by_words, by_value, little = Likeness("words", 0, 0.9), Likeness("value", 1, 0.0), Likeness("little", 0, 0.1)
    assert ranked([little, by_words, by_value], 5) == [by_value, by_words]
    assert ranked([by_words, by_value], 1) == [by_value]
