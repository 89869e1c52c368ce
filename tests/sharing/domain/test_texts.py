"""What people type, made readable."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.sharing.domain.texts import one_line, readable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("  two\r\nlines\rthree ", "two\nlines\nthree"),
        ("tab\tstays", "tab\tstays"),
        ("nul\x00 bell\x07 escape\x1b[31m del\x7f c1\x9b", "nul bell escape[31m del c1"),
        ("report\u202efdp.exe", "report[U+202E]fdp.exe"),
        ("\u2066isolate\u2069 \u200emark\u200f \u061calm", "[U+2066]isolate[U+2069] [U+200E]mark[U+200F] [U+061C]alm"),
        ("half \ud800 character", "half  character"),
        ("日本語　全角", "日本語　全角"),
        ("e\u0301 👩‍💻", "e\u0301 👩‍💻"),
    ],
)
def test_readable_when_given_a_text_then_nothing_in_it_acts(text, expected):
    assert readable(text) == expected


@given(st.text())
def test_readable_when_given_anything_then_it_is_writable_and_turns_nothing(text):
    shown = readable(text)
    shown.encode()
    assert not {unicodedata.bidirectional(letter) for letter in shown} & {
        *("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
    }
    assert {letter for letter in shown if unicodedata.category(letter) == "Cc"} <= {"\n", "\t"}
    assert readable(shown) == shown


def test_one_line_when_given_several_then_they_are_joined():
    assert one_line(" a\n\nb\t c ") == "a b c"


HOSTS = st.text(alphabet="aаoоpрeе.- [](xn-)日本com", max_size=60)
"""Letters of which one looks like the other, and what a host is made of."""


@given(HOSTS)
def test_readable_when_read_again_then_it_stays_as_it_is(text):
    assert readable(readable(text)) == readable(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("see аpple.com now", "see аpple.com [xn--pple-43d.com] now"),
        ("攻撃元はаpple.comです", "攻撃元はаpple.com [xn--pple-43d.com]です"),
        ("https://gооgle.com/x", "https://gооgle.com [xn--ggle-55da.com]/x"),
        ("аррӏе.com, аррӏе.com", "аррӏе.com [xn--80ak6aa92e.com], аррӏе.com [xn--80ak6aa92e.com]"),
        ("a@аpple.com", "a@аpple.com [xn--pple-43d.com]"),
        ("apple.com", "apple.com"),
        ("日本語.jp と bücher.de", "日本語.jp と bücher.de"),
        ("аpple.notasuffix", "аpple.notasuffix"),
        ("аpple", "аpple"),
    ],
)
def test_readable_when_a_host_only_looks_like_another_then_its_ascii_name_stands_beside(text, expected):
    assert readable(text) == expected
    assert readable(expected) == expected
