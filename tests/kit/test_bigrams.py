"""Text as pairs of characters: what is found is what plain comparison finds."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.kit.domain import bigrams
from noroshi.kit.domain.bigrams import MAX_QUERY, MAX_TEXT, MAX_TOKEN, MAX_WORDS, query, tokens

JAPANESE = "不正送金攻撃者銀行フィシングサーバーの、。 "
LATIN = "ab1 -."


def finds(text: str, wanted: str) -> bool:
    """Phrase search over the tokens, as both databases do it."""
    have = list(tokens(text))
    return all(_has_phrase(have, phrase, prefix=prefix) for phrase, prefix in query(wanted))


def _has_phrase(have: list[str], phrase: list[str], *, prefix: bool) -> bool:
    *whole, last = phrase
    starts = range(len(have) - len(phrase) + 1)
    matches = str.startswith if prefix else str.__eq__
    return any(
        have[start : start + len(whole)] == whole and matches(have[start + len(whole)], last) for start in starts
    )


def has_words(text: str, wanted: str) -> bool:
    """Whether each word of `wanted` begins some word of `text`, and its earlier runs are whole words before it."""
    have = re.findall(r"\w+", text)
    return all(_has_phrase(have, runs, prefix=True) for word in wanted.split() if (runs := re.findall(r"\w+", word)))


@given(st.text(JAPANESE), st.text(JAPANESE.strip("、。 "), min_size=1, max_size=6))
def test_japanese_query_finds_what_a_plain_comparison_finds(text: str, wanted: str):
    assert finds(text, wanted) == (wanted in text)


@given(st.data())
def test_piece_of_a_japanese_text_is_always_found(data):
    text = data.draw(st.text(JAPANESE.strip("、。 "), min_size=1))
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, min(len(text), start + MAX_QUERY)))
    assert finds(text, text[start:end])


@given(st.text(LATIN), st.text(LATIN, min_size=1, max_size=6))
def test_latin_query_finds_whole_words_and_a_beginning_of_the_last(text: str, wanted: str):
    assert finds(text, wanted) == has_words(text, wanted)


@given(st.text(), st.text())
def test_any_text_and_any_query_give_tokens_without_spaces_and_quotes(text: str, wanted: str):
    every = [*tokens(text), *(token for phrase, _ in query(wanted) for token in phrase)]
    assert [token for token in every if not token or len(token) > MAX_TOKEN or set(token) & set(" \t\n'\"\\\0")] == []


@pytest.mark.parametrize(
    ("text", "wanted", "found"),
    [
        ("三大銀行から不正送金があった", "送金", True),
        ("三大銀行から不正送金があった", "金送", False),
        ("三大銀行から不正送金があった", "銀行 送金", True),
        ("三大銀行から不正送金があった", "銀行　送金", True),
        ("ﾌｨｯｼﾝｸﾞｻｲﾄを確認", "フィッシングサイト", True),
        ("フィッシングサイトを確認", "ﾌｨｯｼﾝｸﾞ", True),
        ("ＣＶＥ－２０２６－１２３４の悪用", "CVE-2026-1234", True),
        ("CVE-2026-12345 is exploited", "cve-2026-1234", True),
        ("CVE-2026-1235 is exploited", "cve-2026-1234", False),
        ("接続先はlogin.evil-bank.comです", "evil-bank.com", True),
        ("接続先はlogin.evil-bank.comです", "bank.co", True),
        ("接続先はlogin.evil-bank.comです", "vil-bank.com", False),
        ("203.0.113.9からの接続", "203.0.113.9", True),
        ("203.0.113.9からの接続", "03.0.113.9", False),
        ("攻撃abc者", "撃abc", True),
        ("攻撃、撃者", "攻撃者", False),
        ("シティ・バンク", "シティ・バンク", True),
        ("𠮷野家を名乗る", "𠮷野", True),
        ("火", "火", True),
        ("狼煙", "煙", True),
        ("Ｓtraße", "STRASSE", True),
    ],
)
def test_query_on_a_text(text: str, wanted: str, found: bool):  # noqa: FBT001 - the expected answer
    assert finds(text, wanted) is found


def test_long_word_is_cut_into_pieces_and_still_found_by_its_beginning():
    blob = "abcdefgh" * 100
    assert max(map(len, tokens(blob))) == MAX_TOKEN
    assert finds(f"x {blob} y", blob[:MAX_QUERY])
    assert not finds(f"x {blob} y", blob[: MAX_QUERY - 1] + "x")


def test_long_text_and_long_query_are_cut():
    assert sum(1 for _ in tokens("火 " * MAX_TEXT)) == MAX_TEXT // 2
    assert sum(map(len, tokens("\ufdfa" * MAX_TEXT))) <= MAX_TEXT  # one character that NFKC makes eighteen
    assert len(query("a b c d e f g h i j k l m n o p q r s t")) == MAX_WORDS
    assert query("攻" * 10_000) == query("攻" * MAX_QUERY)


def test_query_of_words_said_twice_asks_once():
    assert query("送金 送金 送金") == [(["送金"], False)]


@pytest.mark.parametrize("empty", ["", "  ", "　", "、。", "\x00", "'\"", "()&|!<->:*", "・"])
def test_query_of_nothing_to_find_has_no_phrase(empty: str):
    assert query(empty) == []


def test_normalised_is_one_form_for_widths_and_cases():
    assert bigrams.normalised("ＡＢｃ ｶﾞ①") == "abc ガ1"
