from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain import warning_lists
from noroshi.intel.domain.observables import ObservableType, parse_observable
from noroshi.intel.domain.warning_lists import benign_reasons


def reasons(kind: str, raw: str) -> tuple[str, ...]:
    return benign_reasons(parse_observable(ObservableType(kind), raw))


RESERVED = "List of RFC 5735 CIDR blocks"


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("ipv4", "192.168.1.1", ("List of RFC 1918 CIDR blocks", RESERVED)),
        ("ipv4", "203.0.113.5", (RESERVED,)),
        ("ipv4", "8.8.8.8", ("List of known IPv4 public DNS resolvers",)),
        ("ipv4", "17.1.2.3", ("List of known Apple IP ranges",)),
        ("ipv6", "2001:db8::1", ("List of RFC 3849 CIDR blocks",)),
        ("ipv6", "fe80::1", ("List of IPv6 link local blocks",)),
        ("cidr", "192.168.4.0/22", ("List of RFC 1918 CIDR blocks", RESERVED)),
        ("cidr", "192.0.0.0/8", ()),  # larger than what the lists name: not benign as a whole
        ("cidr", "0.0.0.0/0", ()),
        ("domain", "www.smbc.co.jp", ("List of known bank domains",)),
        ("domain", "smbc.co.jp.evil.example", ()),
        ("domain", "notsmbc.co.jp", ()),
        ("domain", "evil.example", ()),
        ("domain", "evil.duckdns.org", ()),  # free names are what phishing uses: their lists are not read
        ("url", "https://blog.jpcert.or.jp/2024/", ("List of known security providers/vendors blog domain",)),
        ("url", "https://www.smbc.co.jp/", ("List of known bank domains",)),
        ("url", "https://evil.example/?next=https://www.smbc.co.jp/", ()),
        ("email", "abuse@evil.example", ("Common contact e-mail addresses",)),
        ("email", "info@evil.example", ()),
        ("sha256", "0" * 63 + "1", ()),
        ("user_agent", "curl/8.5.0", ()),
        ("account", "1234567", ()),
    ],
)
def test_benign_reasons_names_the_lists_that_hold_the_value(kind, raw, expected):
    assert reasons(kind, raw) == expected


PRIVATE = [ip_network(text) for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]


@given(
    st.ip_addresses(v=4) | st.sampled_from(PRIVATE).flatmap(lambda net: st.ip_addresses(network=net)),
    st.integers(0, 32),
)
def test_benign_reasons_of_a_network_agrees_with_ipaddress(address, length):
    network = ip_network(f"{address}/{length}", strict=False)
    is_private = any(network.subnet_of(private) for private in PRIVATE)
    assert ("List of RFC 1918 CIDR blocks" in reasons("cidr", str(network))) is is_private


def test_benign_reasons_of_the_empty_file_names_every_hash_list_that_has_it():
    assert reasons("md5", "d41d8cd98f00b204e9800998ecf8427e") == (
        "Hashes that are often included in IOC lists but are false positives.",
        "List of known hashes for benign files",
        "List of known hashes for empty files",
        "List of known hashes with common false-positives (based on Florian Roth input list)",
    )


def test_benign_reasons_of_a_substring_list_matches_a_part():
    assert reasons("domain", "x.portal.docdeliveryapp.com") == (
        "List of known Office 365 Attack Simulator used for phishing awareness campaigns",
    )


@pytest.mark.parametrize("slugs", [asked[0] for asked in warning_lists._ASKED.values()])
def test_each_chosen_list_exists_once_and_declares_a_type_it_is_asked_for(slugs):
    assert len(set(slugs)) == len(slugs)
    asked = frozenset().union(*(types for chosen, types in warning_lists._ASKED.values() if chosen is slugs))
    without_an_answer = [slug for slug in slugs if not asked & set(warning_lists._read(slug)["matching_attributes"])]
    assert without_an_answer == []
