"""Silly and broken needles are refused one by one, each with its reason."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine import Needle, NeedleReason
from noroshi.hunting.engine.needles import Key, prepare
from noroshi.hunting.engine.observables import URL_DEPTH, above_sql, text_key, text_key_sql, url_cut_sql, url_key

KEY = b"k" * 16

REFUSED = [
    ("ipv4", "", NeedleReason.EMPTY),
    ("ipv4", "   ", NeedleReason.EMPTY),
    ("ipv4", "1.2.3", NeedleReason.ADDRESS),
    ("ipv4", "1.2.3.256", NeedleReason.ADDRESS),
    ("ipv4", "0.0.0.0", NeedleReason.UNSPECIFIED),
    ("ipv6", "::", NeedleReason.UNSPECIFIED),
    ("ipv6", "2001:db8::/32", NeedleReason.ADDRESS),
    ("cidr", "0.0.0.0/0", NeedleReason.WIDE),
    ("cidr", "10.0.0.0/7", NeedleReason.WIDE),
    ("cidr", "::/0", NeedleReason.WIDE),
    ("cidr", "2000::/3", NeedleReason.WIDE),
    ("cidr", "10.0.0.0/33", NeedleReason.NETWORK),
    ("cidr", "example.com", NeedleReason.NETWORK),
    ("domain", ".", NeedleReason.DOMAIN),
    ("domain", "com", NeedleReason.SUFFIX),
    ("domain", "co.jp", NeedleReason.SUFFIX),
    ("domain", "*.co.jp", NeedleReason.SUFFIX),
    ("domain", "github.io", NeedleReason.SUFFIX),
    ("domain", "localhost", NeedleReason.SUFFIX),
    ("domain", "192.0.2.1", NeedleReason.DOMAIN),
    ("domain", "exa mple.com", NeedleReason.DOMAIN),
    ("domain", "a" * 64 + ".com", NeedleReason.DOMAIN),
    ("domain", "a." * 4000 + "com", NeedleReason.DOMAIN),
    ("domain", "a" * 100_000, NeedleReason.TOO_LONG),
    ("url", "/login", NeedleReason.URL),
    ("url", "https://", NeedleReason.URL),
    ("url", "https://[broken/", NeedleReason.URL),
    ("url", "https://h.example:99999/", NeedleReason.URL),
    ("email", "taro", NeedleReason.EMAIL),
    ("email", "@example.com", NeedleReason.EMAIL),
    ("md5", "a" * 31, NeedleReason.HASH),
    ("sha1", "g" * 40, NeedleReason.HASH),
    ("sha256", "a" * 40, NeedleReason.HASH),
    ("user_agent", "-", NeedleReason.SHORT),
    ("account", "12", NeedleReason.SHORT),
    ("account", "1 - 2", NeedleReason.SHORT),
    ("ja3", "a" * 32, NeedleReason.TYPE),
    ("", "x", NeedleReason.TYPE),
]


@pytest.mark.parametrize(("kind", "value", "reason"), REFUSED)
def test_needle_that_means_nothing_is_refused_with_its_reason(kind, value, reason):
    keys = prepare([Needle(kind, value)], KEY)
    assert (keys.needles, keys.refused, keys.keys) == ((), ((value[:200], str(reason)),), ())


def test_needles_given_twice_have_their_keys_once():
    assert prepare([Needle("ipv4", "192.0.2.1")] * 3, KEY).keys == (
        Key(0, "ipv4", 32, n0=3221225985),
        Key(0, "named_address", t0="192.0.2.1"),
    )


def test_network_keys_are_signed_64_bit_numbers():
    assert prepare([Needle("cidr", "fe80::/64"), Needle("cidr", "10.1.2.3/8")], KEY).keys == (
        Key(0, "ipv6", 64, n0=-108086391056891904, n1=0),
        Key(1, "ipv4", 8, n0=167772160),
    )


def test_accounts_leave_no_clear_text_in_their_keys():
    keys = prepare([Needle("account", "yamada"), Needle("email", "taro@example.com")], KEY).keys
    pseudonyms = [key.t0 for key in keys if key.kind == "pseudonym"]
    assert [len(pseudonym) for pseudonym in pseudonyms] == [32, 32]
    assert "yamada" not in str(keys)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_text_has_the_same_key_in_python_and_in_sql(text):
    found = duckdb.execute(f"SELECT {text_key_sql('?')}", [text]).fetchall()[0]
    assert found == (text_key(text),)


@given(st.text(alphabet="a/?&é", max_size=24))
def test_a_url_has_the_same_last_key_in_python_and_in_sql_and_is_cut_to_its_host(url):
    steps = f"""
        WITH RECURSIVE step AS (
            SELECT {url_cut_sql("$1")} AS cut
            UNION ALL SELECT {above_sql("cut")} FROM step WHERE cut <> {above_sql("cut")})
        SELECT cut, {text_key_sql("cut")} FROM step
    """
    cuts = duckdb.execute(steps, [url]).fetchall()
    places = [place for place, sign in enumerate(url.rstrip("/")) if sign in "/?&"]
    whole, deep = url_key(url)
    assert (cuts[0][1], deep, len(cuts)) == (whole, len(places) >= URL_DEPTH, min(len(places) + 1, URL_DEPTH))
    assert [cut for cut, _key in cuts[1:]] == [url[:place] for place in reversed(places[: len(cuts) - 1])]
