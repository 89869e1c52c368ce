import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.affected import Range
from noroshi.advisories.domain.jvn_ranges import Bound, bounds_of, ranges_of


@pytest.mark.parametrize(
    ("text", "ranges"),
    [
        ("1.0.6 未満", [Range("", "1.0.6")]),
        ("バージョン １．０．６未満", [Range("", "1.0.6")]),
        ("Ver.3.2.1 およびそれ以前", [Range("", "3.2.1", high_included=True)]),
        ("ver3.2.1以前のバージョン", [Range("", "3.2.1", high_included=True)]),
        ("1.2.0 から 1.4.5 まで", [Range("1.2.0", "1.4.5", high_included=True)]),
        ("v1.2.0 ～ v1.4.5", [Range("1.2.0", "1.4.5", high_included=True)]),
        ("1.2.0 から 1.4.5 より前", [Range("1.2.0", "1.4.5")]),
        ("7.0 以降", [Range("7.0", "")]),
        ("8.1.2", [Range("8.1.2", "8.1.2", high_included=True)]),
        ("8.1.2、8.2.0 以前", [Range("8.1.2", "8.1.2", high_included=True), Range("", "8.2.0", high_included=True)]),
        ("全バージョン", [Range()]),
        ("すべて", [Range()]),
        ("prior to 2.0", [Range("", "2.0")]),
        ("2.0 and earlier", [Range("", "2.0", high_included=True)]),
        ("from 1.0 through 2.0", [Range("1.0", "2.0", high_included=True)]),
        ("versions 1.0 to before 2.0", [Range("1.0", "2.0")]),
    ],
)
def test_what_is_said_in_words_is_a_range(text, ranges):
    assert ranges_of(text) == tuple(ranges)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "不明",
        "詳細はベンダのサイトを確認してください",
        "5系",
        "2.x",
        "1.0 以前（ただし 0.9 を除く）",
        "1.0 以前、その他",
        "すべてではない",
        "1.0 と 2.0 の間",
        "1.0 以前" + " " * 500,
    ],
)
def test_what_is_not_understood_word_for_word_is_no_range(text):
    assert ranges_of(text) is None


def test_the_collected_phrases(shared_data):
    cases = json.loads((shared_data / "advisories/synthetic/vectors/jvn_version_expressions.json").read_text())
    assert {case["text"]: bounds_of(case["text"]) for case in cases} == {
        case["text"]: (tuple(Bound(sign, version) for sign, version in case["expect"]),) for case in cases
    }


@given(st.text(max_size=60) | st.text("1.0以前未満からまですべて、 v", max_size=20))
def test_no_text_is_every_version_but_one_that_says_so(text):
    found = ranges_of(text)
    assert found is None or Range() not in found or any(word in text.casefold() for word in ("すべて", "全", "all"))
