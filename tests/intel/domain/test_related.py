from ipaddress import ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.observables import Observable, ObservableType, parse_observable
from noroshi.intel.domain.related import Tie, around


def shown(kind, raw):
    found = around(parse_observable(ObservableType(kind), raw))
    return [(tie.value, value.type.value, value.value) for tie, value in found]


@pytest.mark.parametrize(
    ("kind", "raw", "expected"),
    [
        ("domain", "a.b.evil.co.jp", [("parent", "domain", "b.evil.co.jp"), ("parent", "domain", "evil.co.jp")]),
        ("domain", "evil.co.jp", []),
        ("email", "x@mail.evil.com", [("host", "domain", "mail.evil.com"), ("parent", "domain", "evil.com")]),
        ("url", "https://www.evil.com:8443/a", [("host", "domain", "www.evil.com"), ("parent", "domain", "evil.com")]),
        ("sha256", "0" * 64, []),
        ("account", "1234567", []),
    ],
)
def test_around_a_value_lie_its_host_and_the_names_above_it(kind, raw, expected):
    assert shown(kind, raw) == expected


def test_around_an_address_lie_its_networks_and_around_a_url_those_of_its_host():
    networks = shown("ipv4", "45.155.205.66")
    assert (len(networks), networks[0], networks[8], networks[-1]) == (
        32,
        ("network", "cidr", "45.155.205.66/32"),
        ("network", "cidr", "45.155.205.0/24"),
        ("network", "cidr", "0.0.0.0/1"),
    )
    assert shown("url", "http://45.155.205.66/x") == [("host", "ipv4", "45.155.205.66"), *networks]
    assert shown("cidr", "45.155.205.0/24") == networks[9:]
    assert shown("url", "http://[2001:db8::1]/")[0] == ("host", "ipv6", "2001:db8::1")


@given(st.ip_addresses(), st.integers(1, 128))
def test_every_network_around_a_network_contains_it_and_is_canonical(address, length):
    network = ip_network(f"{address}/{min(length, 32 if address.version == 4 else 128)}", strict=False)
    for tie, wider in around(Observable(ObservableType.CIDR, str(network))):
        assert tie is Tie.NETWORK
        assert parse_observable(ObservableType.CIDR, wider.value) == wider
        assert network.subnet_of(ip_network(wider.value))
        assert network != ip_network(wider.value)
