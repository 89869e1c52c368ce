import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.advisories.domain.cleaning import link_of, one_line, plain


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<p>一<b>二</b></p><p>三</p>", "一二\n三"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<script>alert(1)</script>x<style>y</style>", "x"),
        ("&lt;b&gt;not a tag&lt;/b&gt; &amp;amp; more", "<b>not a tag</b> & more"),
        ("<img src=x onerror=alert(1)>x", "x"),
        ("a \u3000 b\u00a0c", "a b c"),
    ],
)
def test_of_html_the_words_stay(text, words):
    assert plain(text) == words


def test_a_title_is_one_line():
    assert one_line(" <b>a</b>\n\n b ") == "a b"


@pytest.mark.parametrize(
    ("link", "found"),
    [
        ("https://x.example/a#b", "https://x.example/a"),
        ("/a", "https://base.example/a"),
        ("https://user:secret@x.example/", "https://x.example/"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("https://x.example/a b", ""),
        ("http://[", ""),
    ],
)
def test_a_link_leads_to_the_web_or_nowhere(link, found):
    assert link_of(link, "https://base.example/feed") == found


@given(st.text())
def test_whatever_comes_is_text_without_control_characters(text):
    found = plain(text)
    assert [sign for sign in found if sign != "\n" and not sign.isprintable() and ord(sign) < 32] == []
    assert "\n" not in one_line(text)
