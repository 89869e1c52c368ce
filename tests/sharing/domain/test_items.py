"""Items of frameworks: read from what people type, compared whatever its width and case."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.items import MAX_ITEMS, FrameworkItem, UnreadableItemError, read_items


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("FISC 実務基準 実13", ["FISC 実務基準 実13"]),
        ("ＦＩＳＣ　実務基準　実１３、NIST CSF PR.AA-01", ["FISC 実務基準 実13", "NIST CSF PR.AA-01"]),
        ("A 1\nA  1; a 1", ["A 1"]),
        (" , ;\n", []),
    ],
)
def test_items_when_read_then_they_are_normal_and_each_once(text, names):
    assert [str(item) for item in read_items(text)] == names


@pytest.mark.parametrize("text", ["実13", f"A {'x' * 41}", ",".join(f"A {n}" for n in range(MAX_ITEMS + 1))])
def test_items_when_one_cannot_be_read_then_it_is_named(text):
    with pytest.raises(UnreadableItemError):
        read_items(text)


@given(st.text(max_size=200))
def test_items_when_read_again_from_their_names_then_they_are_the_same(text):
    try:
        items = read_items(text)
    except UnreadableItemError:
        return
    assert read_items(", ".join(map(str, items))) == items


@given(st.text("ABab12ＡＢ実", min_size=1, max_size=20), st.text("ABab12ＡＢ実", min_size=1, max_size=20))
def test_key_when_the_width_differs_then_it_is_one(framework, number):
    wide = FrameworkItem(framework, number)
    narrow = FrameworkItem(*(unicodedata.normalize("NFKC", part) for part in (framework, number)))
    assert wide.key == narrow.key
