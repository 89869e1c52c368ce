from contextlib import suppress
from ipaddress import ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from factories.plain_warning_lists import knows
from noroshi.intel.domain import warning_lists
from noroshi.intel.domain.observables import InvalidObservable, ObservableType, parse_observable
from noroshi.intel.domain.warning_lists import BENIGN, benign_reasons, lists_knowing, store
from noroshi.intel.domain.warning_lists.published import published, read
from noroshi.intel.domain.warning_lists.store import ATTRIBUTES, Store, build


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


def test_lists_knowing_names_those_too_that_do_not_make_a_value_benign():
    assert reasons("domain", "evil.duckdns.org") == ()
    assert lists_knowing(parse_observable(ObservableType.DOMAIN, "evil.duckdns.org")) == (
        "List of LOTS (Living Off Trusted Sites) Project Domains",
        "List of known dynamic DNS domains",
        "Top 1,000,000 most-used sites from Tranco",
        "Top 10K most-used sites from Tranco",
    )


SMALL = [
    read(slug)
    for slug in (
        "rfc5735", "akamai", "public-dns-v6", "bank-website", "phone_numbers", "moz-top500",
        "microsoft-attack-simulator", "common-contact-emails", "empty-hashes", "eicar.com",
    )
]  # fmt: skip
NAMES = {each.name for each in SMALL}


@st.composite
def values_near_lists(draw):
    """An entry of a list, or something beside, around or below it, read as any type that takes it."""
    entry = draw(st.sampled_from([entry for each in SMALL for entry in each.entries[:200]]))
    before, after = draw(st.sampled_from(["", "a.", "x", "https://", "abuse@"])), draw(st.sampled_from(["", "x", "/1"]))
    found = []
    for kind in ObservableType:
        with suppress(InvalidObservable):
            found.append(parse_observable(kind, f"{before}{entry.lstrip('.').partition('/')[0]}{after}"))
            found.append(parse_observable(kind, f"{before}{entry.lstrip('.')}{after}"))
    assume(found)
    return draw(st.sampled_from(found))


@given(values_near_lists())
def test_the_file_answers_as_the_plain_way_does(observable):
    expected = {each.name for each in SMALL if knows(each, observable)}
    assert set(lists_knowing(observable)) & NAMES == expected


def test_each_chosen_list_is_published_and_answers_for_its_type():
    answering = {each.slug: each.attributes for each in published()}
    silent = {
        (kind, slug) for kind, slugs in BENIGN.items() for slug in slugs if not answering[slug] & ATTRIBUTES[kind]
    }
    only_of_hosts = {"tlds", "rfc6761", "majestic_million", "microsoft-office365", "microsoft-attack-simulator"}
    only_of_hosts.add("microsoft-win10-connection-endpoints")
    assert silent == {(ObservableType.URL, slug) for slug in only_of_hosts}


def test_a_file_of_an_earlier_version_is_taken_away_when_the_next_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(warning_lists, "_folder", tmp_path)
    monkeypatch.setattr(store, "published", lambda: iter([read("rfc1918")]))
    (tmp_path / "warning-lists-1.0.0-1.sqlite3").touch()
    made = warning_lists.ready_file()
    assert list(tmp_path.iterdir()) == [made]
    assert Store(made).names(parse_observable(ObservableType.IPV4, "10.1.2.3"), None) == {
        "List of RFC 1918 CIDR blocks"
    }


def test_an_entry_that_is_no_network_stops_none_of_the_others(tmp_path, monkeypatch):
    broken = read("rfc1918")._replace(entries=["not a network", "10.0.0.0/8", "10.0.0.0/x", ""])
    monkeypatch.setattr(store, "published", lambda: iter([broken]))
    build(tmp_path / "lists")
    assert Store(tmp_path / "lists").names(parse_observable(ObservableType.CIDR, "10.9.0.0/16"), None) == {broken.name}
