"""What an allowed value stands for: nothing that looking for it would not show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hunting.engine.reference import matches
from noroshi.hunting.engine import Needle
from noroshi.hunting.engine.covering import Covering

KEY = b"k" * 16


def covers(allowed, found):
    return Covering([Needle(*allowed)], KEY).of(Needle(*found)) is not None


@pytest.mark.parametrize(
    ("allowed", "found", "expected"),
    [
        (("ipv4", "45.1.2.3"), ("ipv4", "45.1.2.3"), True),
        (("ipv4", "45.1.2.3"), ("ipv4", "45.1.2.4"), False),
        (("ipv4", "45.1.2.3"), ("url", "http://45.1.2.3/x"), True),
        (("ipv4", "45.1.2.3"), ("cidr", "45.1.2.0/24"), False),  # others are in the network
        (("cidr", "45.1.2.0/24"), ("ipv4", "45.1.2.255"), True),
        (("cidr", "45.1.2.0/24"), ("ipv4", "45.1.3.0"), False),
        (("cidr", "45.1.2.0/24"), ("cidr", "45.1.2.128/25"), True),
        (("cidr", "45.1.2.0/24"), ("cidr", "45.1.2.0/24"), True),
        (("cidr", "45.1.2.0/24"), ("cidr", "45.1.0.0/16"), False),
        (("cidr", "45.1.2.0/24"), ("url", "https://45.1.2.9:8443/x"), True),
        (("cidr", "45.1.2.9/32"), ("ipv4", "45.1.2.9"), True),
        (("cidr", "2400:1::/32"), ("ipv6", "2400:1:ffff::1"), True),
        (("cidr", "2400:1::/32"), ("ipv6", "2400:2::1"), False),
        (("cidr", "fd00::/16"), ("cidr", "fd00:8000::/17"), True),
        (("cidr", "2400:1::/96"), ("ipv6", "2400:1::ffff:ffff"), True),
        (("domain", "partner.example.jp"), ("domain", "partner.example.jp"), True),
        (("domain", "partner.example.jp"), ("domain", "a.b.partner.example.jp"), True),
        (("domain", "partner.example.jp"), ("domain", "notpartner.example.jp"), False),
        (("domain", "a.partner.example.jp"), ("domain", "partner.example.jp"), False),
        (("domain", "partner.example.jp"), ("url", "https://www.partner.example.jp/x?y"), True),
        (("domain", "partner.example.jp"), ("url", "https://evil.example.jp/partner.example.jp"), False),
        (("domain", "partner.example.jp"), ("email", "taro@mail.partner.example.jp"), True),
        (("domain", "partner.example.jp"), ("email", "partner.example.jp@evil.example.jp"), False),
        (("url", "https://h.example.jp/in/"), ("url", "http://h.example.jp/in/x"), True),
        (("url", "https://h.example.jp/in"), ("url", "https://h.example.jp/in?x=1"), True),
        (("url", "https://h.example.jp/in"), ("url", "https://h.example.jp/inside"), False),
        (("url", "https://h.example.jp/in"), ("url", "https://h.example.jp/"), False),
        (("url", "https://h.example.jp/"), ("url", "https://h.example.jp/in"), True),
        (("url", "https://h.example.jp/in"), ("domain", "h.example.jp"), False),
        (("email", "taro@bank.example.jp"), ("email", "Taro@bank.example.jp"), True),
        (("email", "taro@bank.example.jp"), ("account", "taro@bank.example.jp"), True),
        (("email", "taro@bank.example.jp"), ("domain", "bank.example.jp"), False),
        (("account", "1234567"), ("account", "123-4567"), True),
        (("account", "1234567"), ("account", "1234568"), False),
        (("user_agent", "Monitor/1"), ("user_agent", "Monitor/1"), True),
        (("user_agent", "Monitor/1"), ("user_agent", "Monitor/12"), False),
        (("md5", "a" * 32), ("md5", "A" * 32), True),
        (("domain", "partner.example.jp"), ("cidr", "not a network"), False),
    ],
)
def test_allowed_value_stands_for_what_lies_in_it_and_for_nothing_else(allowed, found, expected):
    assert covers(allowed, found) is expected


def test_the_narrowest_of_several_allowed_values_answers():
    wide, narrow = Needle("cidr", "45.0.0.0/8"), Needle("ipv4", "45.1.2.3")
    assert Covering([wide, narrow], KEY).of(Needle("ipv4", "45.1.2.3")) == narrow
    assert Covering([narrow, wide], KEY).of(Needle("ipv4", "45.1.2.4")) == wide


def test_values_that_would_allow_everybody_are_refused():
    covering = Covering([Needle("cidr", "0.0.0.0/0"), Needle("domain", "co.jp"), Needle("ipv4", "45.1.2.3")], KEY)
    assert [value for value, _reason in covering.refused] == ["0.0.0.0/0", "co.jp"]
    assert covering.of(Needle("ipv4", "45.1.2.4")) is None
    assert covering.of(Needle("domain", "bank.co.jp")) is None


def test_nothing_allowed_stands_for_nothing():
    assert Covering([], KEY).of(Needle("ipv4", "45.1.2.3")) is None


HOSTS = st.sampled_from(["example.jp", "a.example.jp", "b.a.example.jp", "other.jp", "example.jp.other.jp"])
PATHS = st.sampled_from(["", "/", "/in", "/in/", "/in/x", "/inside", "/in?x=1"])
ADDRESSES = st.integers(0, 7).map(lambda last: f"45.1.2.{last}")
URLS = st.builds("https://{}{}".format, HOSTS, PATHS)
MAILS = st.builds("{}@{}".format, st.sampled_from(["taro", "jiro"]), HOSTS)
NEEDLES = st.one_of(
    st.tuples(st.just("ipv4"), ADDRESSES),
    st.tuples(st.just("cidr"), st.sampled_from(["45.1.2.0/24", "45.1.2.0/30", "45.1.2.4/30"])),
    st.tuples(st.just("domain"), HOSTS),
    st.tuples(st.just("url"), URLS),
    st.tuples(st.just("email"), MAILS),
    st.tuples(st.just("account"), MAILS),
)
EVENTS = st.fixed_dictionaries(
    {"src_ip": ADDRESSES},
    optional={
        "url": st.builds("{}{}".format, HOSTS, PATHS.map(lambda path: path or "/")),
        "email": MAILS,
        "user": MAILS,
        "dns_query": HOSTS,
    },
)


@given(NEEDLES, NEEDLES, EVENTS)
def test_an_event_that_shows_a_suppressed_value_shows_the_allowed_one(allowed, found, event):
    if covers(allowed, found) and matches(event, *found):
        assert matches(event, *allowed)
