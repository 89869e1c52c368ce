import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.refang import is_defanged, refang


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("ｅｖｉｌ．ｅｘａｍｐｌｅ＠：／", "evil.example@:/"),
        ("（ここ）、そこ。；！？…～", "（ここ）、そこ。；！？…～"),
        ("①203 ⒈203 ㈱ ²", "①203 ⒈203 ㈱ ²"),
        ("ev\u00adil\u200b\ufeff", "evil"),
        ("eﬃcient", "efficient"),
        ("hxxps[:]//evil[.]example", "https://evil.example"),
        ("http://evil.example/ and ftp://evil.example/", "http://evil.example/ and ftp://evil.example/"),
        ("smtp://evil.example", "smtp://evil.example"),
        ("一つ [x] 二つ (y)", "一つ [x] 二つ (y)"),
        ("look at the dots", "look at the dots"),
    ],
)
def test_refang_makes_plain_what_hides_an_indicator_and_nothing_else(text, plain):
    assert refang(text).text == plain


@pytest.mark.parametrize(
    ("text", "part", "original"),
    [
        ("は hxxp://evil[.]example/a に", "http://evil.example/a", "hxxp://evil[.]example/a"),
        ("ttp://evil.example", "evil.example", "evil.example"),
        ("\u200bevil[.]example\u200bです", "evil.example", "evil[.]example"),
        ("eﬃcient[.]example。", "efficient.example", "eﬃcient[.]example"),
        ("user at evil dot com", "user@evil.com", "user at evil dot com"),
        ("[.][.]evil", "evil", "evil"),
    ],
)
def test_span_of_a_part_is_its_place_in_the_original(text, part, original):
    rewritten = refang(text)
    start = rewritten.text.index(part)
    first, last = rewritten.span(start, start + len(part))
    assert text[first:last] == original


@pytest.mark.parametrize(
    ("quoted", "expected"),
    [
        ("evil[.]example", True),
        ("hxxp://a", True),
        ("evil dot com", True),
        ("ｅｖｉｌ．ｊｐ", False),
        ("evil.jp", False),
    ],
)
def test_is_defanged_tells_intent_from_full_width_forms(quoted, expected):
    assert is_defanged(quoted) is expected


@given(st.text(st.sampled_from("aé．ﬁ\u200b[].hxtp:/ dot@＠あ"), max_size=40))
def test_span_of_the_whole_lies_within_the_original_and_keeps_order(text):
    rewritten = refang(text)
    places = [rewritten.span(position, position + 1) for position in range(len(rewritten.text))]
    assert all(0 <= start <= end <= len(text) for start, end in places)
    assert places == sorted(places)


@given(st.text(st.characters(codec="ascii", categories=["L", "N", "Z"]), max_size=40))
def test_refang_of_letters_digits_and_spaces_without_spoken_dots_changes_nothing(text):
    text = text.replace("dot", "").replace("DOT", "")
    assert refang(text).text == text or " at " in text.lower() or " dot " in text.lower()
