"""Where the words of a query stand in a text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.portal.domain.highlight import LEAD, SNIPPET, highlighted, snippet

TEXTS = st.text(alphabet=st.sampled_from('地銀ガｶﾞ狙うABcé①㌔ evil-bank.[]\n<&"ß０９'), max_size=60)


def _found(text, query):
    return [piece.text for piece in highlighted(text, query) if piece.found]


@pytest.mark.parametrize(
    ("text", "query", "found"),
    [
        ("地銀を狙う攻撃", "地銀", ["地銀"]),
        ("地銀を狙う攻撃", "攻撃 地銀", ["地銀", "攻撃"]),
        ("ＶＰＮ装置", "vpn", ["ＶＰＮ"]),
        ("VPN装置", "ｖｐｎ装", ["VPN装"]),
        ("ﾌｨｯｼﾝｸﾞ詐欺", "フィッシング", ["ﾌｨｯｼﾝｸﾞ"]),
        ("フィッシング詐欺", "ﾌｨｯｼﾝｸﾞ", ["フィッシング"]),
        ("see evil-bank[.]com now", "evil-bank.com", ["evil-bank[.]com"]),
        ("CVE-2026-1234 is used", "cve-2026-1234", ["CVE-2026-1234"]),
        ("abcabc", "abc", ["abc", "abc"]),
        ("abcd", "abcd abc", ["abcd"]),
        ("a.b*c", ".*", []),
        ("nothing here", "地銀", []),
        ("nothing here", "", []),
        ("nothing here", "?! ()", []),
        ("", "地銀", []),
    ],
)
def test_highlight_when_words_stand_in_a_text_then_just_they_are_marked(text, query, found):
    assert _found(text, query) == found


@given(TEXTS, TEXTS)
def test_highlight_when_joined_then_the_text_is_unchanged(text, query):
    pieces = highlighted(text, query)

    assert "".join(piece.text for piece in pieces) == text
    assert all(piece.text for piece in pieces)


@given(TEXTS.filter(lambda text: any(character.isalnum() for character in text)))
def test_highlight_when_a_text_is_asked_for_itself_then_something_of_it_is_found(text):
    assert _found(text, text)


@given(TEXTS, TEXTS)
def test_snippet_when_made_then_it_is_one_short_line(text, query):
    shown = "".join(piece.text for piece in snippet(text * 10, query))

    assert "\n" not in shown
    assert len(shown) <= SNIPPET + 4


def test_snippet_when_the_word_stands_late_then_the_line_is_around_it():
    text = "前置き" * 200 + "地銀を狙う攻撃" + "後書き" * 200

    pieces = snippet(text, "地銀")

    assert [piece.text for piece in pieces if piece.found] == ["地銀"]
    assert pieces[0].text == "… "
    assert pieces[-1].text == " …"
    assert len(pieces[1].text) == LEAD


def test_snippet_when_nothing_is_found_in_it_then_it_is_the_beginning():
    assert [piece.text for piece in snippet("short text", "地銀")] == ["short text"]


def test_snippet_when_the_text_is_empty_then_there_is_none():
    assert snippet("", "地銀") == []
