"""One canonical form for each value, and no second one."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.engine import normalise

URLS = [
    ("https://Example.COM", "example.com/"),
    ("http://example.com:80/a", "example.com/a"),
    ("https://example.com:443/a", "example.com/a"),
    ("https://example.com:8443/a", "example.com:8443/a"),
    ("https://user:pw@example.com/a#frag", "example.com/a"),
    ("example.com/a", "example.com/a"),
    ("//example.com/a", "example.com/a"),
    ("https://example.com/a/./b/../c", "example.com/a/c"),
    ("https://example.com/a/..", "example.com/"),
    ("https://example.com/../../a", "example.com/a"),
    ("https://example.com/%7Ea%2fb", "example.com/~a%2Fb"),
    ("https://example.com?q=1", "example.com/?q=1"),
    ("https://日本語.jp/振込", "xn--wgv71a119e.jp/%E6%8C%AF%E8%BE%BC"),
    ("http://[2001:DB8::1]:8080/", "[2001:db8::1]:8080/"),
    ("http://192.0.2.1/", "192.0.2.1/"),
    ("/path?q", "/path?q"),
    ("/a/../b", "/b"),
    ("https://exa mple.com/", None),
    ("https://", None),
    ("-", None),
    ("", None),
]


@pytest.mark.parametrize(("raw", "canonical"), URLS)
def test_url_has_one_form(raw, canonical):
    found = normalise.url(raw)
    assert (found.text if found else None) == canonical


@given(st.from_regex(r"https?://[a-zA-Z0-9.-]{1,20}(:[0-9]{1,5})?(/[!-~]{0,30})?", fullmatch=True))
def test_url_normalised_twice_is_the_same(raw):
    once = normalise.url(raw)
    if once:
        assert normalise.url(f"https://{once.text}") == once


@given(st.text())
def test_url_domain_and_email_survive_any_text(raw):
    for read in (normalise.url, normalise.domain, normalise.email, normalise.host, normalise.account, normalise.text):
        read(raw)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_address_keys_say_the_address(given_address):
    found = normalise.address(str(given_address))
    address = getattr(given_address, "ipv4_mapped", None) or given_address
    assert found.text == str(address)
    if address.version == 4:
        assert (found.v4, found.v6_hi, found.v6_lo) == (int(address), None, None)
    else:
        assert ((found.v6_hi % 2**64) << 64) + found.v6_lo % 2**64 == int(address)
        assert max(abs(found.v6_hi), abs(found.v6_lo)) <= 2**63


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("192.0.2.1", "192.0.2.1"),
        (" 192.0.2.1 ", "192.0.2.1"),
        ("192.0.2.1:443", "192.0.2.1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        ("2001:0DB8:0:0::1", "2001:db8::1"),
        ("fe80::1%eth0", "fe80::1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::1.2.3.4", str(ipaddress.ip_address("::1.2.3.4"))),
        ("192.0.2.01", None),
        ("192.0.2", None),
        ("1.2.3.4.5", None),
        ("192.0.2.1\x00", None),
        ("unknown", None),
        ("AWS Internal", None),
        ("", None),
    ],
)
def test_address_has_one_form(raw, canonical):
    found = normalise.address(raw)
    assert (found.text if found else None) == canonical


@given(st.from_regex(r"[a-zA-Z0-9ぁ-ん.-]{1,40}", fullmatch=True))
def test_domain_normalised_twice_is_the_same(raw):
    once = normalise.domain(raw)
    if once:
        assert normalise.domain(once) == once


@pytest.mark.parametrize(
    ("raw", "canonical"),
    [
        ("Yamada", "yamada"),
        ("ＹＡＭＡＤＡ", "yamada"),
        ("123-456 7", "1234567"),
        ("j-smith", "j-smith"),
        ("12ab-3", "12ab-3"),
        ("-", None),
        ("  ", None),
    ],
)
def test_account_has_one_form(raw, canonical):
    assert normalise.account(raw) == canonical


def test_text_has_no_line_breaks_and_no_lone_surrogates():
    assert normalise.text("a\r\nb\x00c\ud800") == "a b c?"
