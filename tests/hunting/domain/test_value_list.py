"""Lists of values, as they are pasted from mails and reports."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.hunting.domain.value_list import MAX_LINE, MAX_SHOWN, read_values
from noroshi.intel.domain.observables import ObservableType, defang, parse_observable

MD5 = "d41d8cd98f00b204e9800998ecf8427e"
SHA1 = "da39a3ee5e6b4b0d3255bfef95601890afd80709"
SHA256 = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def read(*lines):
    return [(value.type.value, value.value, written) for value, written in read_values(lines).values.items()]


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("45.155.205.66", "ipv4", "45.155.205.66"),
        ("45[.]155[.]205[.]66", "ipv4", "45.155.205.66"),
        ("2001:DB8::1", "ipv6", "2001:db8::1"),
        ("45.1.1.9/24", "cidr", "45.1.1.0/24"),
        ("2001:db8::/32", "cidr", "2001:db8::/32"),
        ("Evil.Example.COM", "domain", "evil.example.com"),
        ("日本語.jp", "domain", "xn--wgv71a119e.jp"),
        ("report.zip", "domain", "report.zip"),
        ("hxxps://evil[.]example.com/a", "url", "https://evil.example.com/a"),
        ("http://45.1.1.1:8080/x", "url", "http://45.1.1.1:8080/x"),
        ("A.B@Evil.co.jp", "email", "a.b@evil.co.jp"),
        (MD5.upper(), "md5", MD5),
        (SHA1, "sha1", SHA1),
        (SHA256, "sha256", SHA256),
    ],
)
def test_a_line_that_is_a_value_is_that_value_and_keeps_its_writing(line, kind, value):
    assert read(line) == [(kind, value, line)]


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ("account: 1234567", "account", "1234567"),
        ("USER_AGENT: Mozilla/5.0 (X11)", "user_agent", "Mozilla/5.0 (X11)"),
        (f"md5:{MD5}", "md5", MD5),
        ("domain: evil.example.com", "domain", "evil.example.com"),
    ],
)
def test_a_label_says_what_a_value_is(line, kind, value):
    assert read(line) == [(kind, value, value)]


def test_a_line_of_text_gives_the_values_in_it():
    assert read("攻撃元は45.155.205.66で、evil[.]example.comへ誘導") == [
        ("ipv4", "45.155.205.66", "45.155.205.66"),
        ("domain", "evil.example.com", "evil.example.com"),
    ]


@pytest.mark.parametrize("line", ["45.1.1.1 # c2", "45.1.1.1:443", "45.1.1.1,scanner,2026-11-20"])
def test_what_stands_beside_a_value_does_not_count(line):
    assert read(line) == [("ipv4", "45.1.1.1", "45.1.1.1")]


def test_blank_lines_comments_and_a_byte_order_mark_do_not_count():
    assert read("\ufeff45.1.1.1", "", "   ", "# 45.1.1.2", "\t45.1.1.3\r") == [
        ("ipv4", "45.1.1.1", "45.1.1.1"),
        ("ipv4", "45.1.1.3", "45.1.1.3"),
    ]


def test_a_value_named_twice_is_one_and_keeps_the_first_writing():
    assert read("EVIL.example.com", "evil[.]example.com") == [("domain", "evil.example.com", "EVIL.example.com")]


def test_a_line_without_a_value_is_refused_shortened_and_stops_nothing():
    found = read_values(["nothing at all", "x" * 300, "45.1.1.1", "account: !", "a" * (MAX_LINE + 1)])
    assert [value.value for value in found.values] == ["45.1.1.1"]
    assert found.refused == ["nothing at all", "x" * MAX_SHOWN, "account: !", "a" * MAX_SHOWN]


@given(st.lists(st.text(max_size=200), max_size=5))
def test_no_text_is_an_error_and_every_line_is_read_or_refused(lines):
    found = read_values(lines)
    counted = [line for line in lines if line.removeprefix("\ufeff").strip() not in {"", "\ufeff"}]
    assert len(found.refused) <= len(counted)
    for value in found.values:
        assert parse_observable(value.type, value.value) == value


@given(st.ip_addresses(v=4), st.ip_addresses(v=6))
def test_a_defanged_address_reads_as_the_address(four, six):
    for kind, address in ((ObservableType.IPV4, four), (ObservableType.IPV6, six)):
        value = parse_observable(kind, str(address))
        assert list(read_values([defang(value)]).values) == [value]
