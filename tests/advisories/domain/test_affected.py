from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status

texts = st.text(max_size=8)
products = st.builds(Product, texts, texts, texts, texts, st.lists(texts, max_size=2).map(tuple))
ranges = st.builds(Range, texts, texts, st.booleans(), st.booleans(), st.sampled_from(Status))
said = st.builds(
    Affected, products, st.lists(ranges, max_size=3).map(tuple), st.sampled_from(Scheme), st.sampled_from(Status), texts
)


@given(said)
def test_what_is_said_is_read_back_from_the_value_of_its_claim(affected):
    assert Affected.read(affected.value) == affected


def test_a_range_without_ends_holds_everything():
    assert Range().is_everything
    assert not Range(low="1").is_everything
    assert not Range(high="1").is_everything
