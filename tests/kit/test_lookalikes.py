"""Names that look like others (UTS 39)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.kit.domain.lookalikes import hides_something, looks, mixes_scripts


def alike(one, other):
    return not looks(one).isdisjoint(looks(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ミニ銀行", "ミ二銀行"),
        ("ロック証券", "口ック証券"),
        ("みずほ", "ﾐずほ".replace("ﾐ", "み")),
        ("ミニ", "ﾐﾆ"),
        ("Ａｌｐｈａ", "Alpha"),
        ("Alpha", "Аlpha"),
        ("Alpha Bank", "ALPHABANK"),
        ("Mizuho", "rnizuho"),
        ("Paypal", "PaypaI"),
        ("Bank 10", "Bank lO"),
    ],
)
def test_names_that_look_alike_are_found(one, other):
    assert alike(one, other)
    assert alike(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("第一銀行", "第二銀行"),
        ("第1部会", "第2部会"),
        ("Bank A", "Bank B"),
        ("北洋銀行", "北陸銀行"),
        ("みずほ銀行", "みずほ信託銀行"),
        ("Ai", "Al"),
    ],
)
def test_names_that_differ_to_the_eye_are_apart(one, other):
    assert not alike(one, other)


@given(st.text(max_size=40))
def test_name_looks_like_itself_in_any_case_and_width(text):
    assert alike(text, text)
    assert alike(text, f" {text} ")


@pytest.mark.parametrize(
    ("name", "mixed"),
    [
        ("pаypal.pdf", True),
        ("paypal.pdf", False),
        ("報告書 final.pdf", False),
        ("отчёт.pdf", False),
        ("αβ", False),
        ("β Bank", False),
        ("βank", True),
        ("日本Bank", False),
    ],
)
def test_word_that_mixes_letters_that_look_alike_is_told(name, mixed):
    assert mixes_scripts(name) is mixed


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("銀行", False),
        ("葛\U000e0100飾", False),  # a variant of a character, as people are named
        ("bank\u202e", True),
        ("bank\u2066", True),
        ("ba\u200bnk", True),
        ("ba\u00adnk", True),
        ("bank\x07", True),
        ("a\nb", True),
        ("\ufeffbank", True),
    ],
)
def test_character_that_nobody_sees_is_found(text, hidden):
    assert hides_something(text) is hidden
