import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain.extract import extract
from noroshi.intel.domain.observables import (
    MAX_VALUE,
    InvalidObservable,
    Observable,
    ObservableType,
    defang,
    parse_observable,
)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("ipv4", " 203.0.113.5 ", "203.0.113.5"),
        ("ipv4", "２０３．０．１１３．５", "203.0.113.5"),
        ("ipv4", "203[.]0[.]113[.]5", "203.0.113.5"),
        ("ipv6", "2001:0DB8:0:0::1", "2001:db8::1"),
        ("ipv6", "::ffff:cb00:7105", "::ffff:203.0.113.5"),
        ("cidr", "203.0.113.77/24", "203.0.113.0/24"),
        ("cidr", "2001:db8::1/32", "2001:db8::/32"),
        ("domain", "WWW.Evil.Example.", "www.evil.example"),
        ("domain", "日本語.jp", "xn--wgv71a119e.jp"),
        ("domain", "evil[.]co[.]jp", "evil.co.jp"),
        ("url", "HTTP://Evil.Example:80/A?B#C", "http://evil.example/A?B#C"),
        ("url", "https://evil.example", "https://evil.example"),
        ("url", "https://evil.example:8443", "https://evil.example:8443"),
        ("url", "http://日本語.jp/", "http://xn--wgv71a119e.jp/"),
        ("url", "http://User:Pw@evil.example/", "http://User:Pw@evil.example/"),
        ("url", "http://0xcb.0.0161.5/", "http://203.0.113.5/"),
        ("url", "http://[2001:DB8::1]/", "http://[2001:db8::1]/"),
        ("url", "ldap://evil.example/a", "ldap://evil.example/a"),
        ("email", "User.Name+x@Evil.Example", "user.name+x@evil.example"),
        ("md5", "D41D8CD98F00B204E9800998ECF8427E", "d41d8cd98f00b204e9800998ecf8427e"),
        ("sha1", "A" * 40, "a" * 40),
        ("sha256", "B" * 64, "b" * 64),
        ("user_agent", "  curl/8.5.0   (x) ", "curl/8.5.0 (x)"),
        ("account", "１２３－１２３４５６７", "123-1234567"),
        ("account", "gb82 west 1234 5698 7654 32", "GB82WEST12345698765432"),
        ("account", "Evil_User.01", "evil_user.01"),
    ],
)
def test_parse_observable_gives_the_canonical_form(kind, raw, value):
    assert parse_observable(ObservableType(kind), raw) == Observable(ObservableType(kind), value)


@pytest.mark.parametrize(
    ("kind", "raw", "reason"),
    [
        ("ipv4", "203.0.113.256", "This is not an IPv4 address."),
        ("ipv4", "203.0.113.05", "This is not an IPv4 address."),
        ("ipv4", "2001:db8::1", "This is not an IPv4 address."),
        ("ipv6", "203.0.113.5", "This is not an IPv6 address."),
        ("ipv6", "fe80::1%eth0", "This is not an IPv6 address."),
        ("cidr", "203.0.113.5", "A network has the form address/length."),
        ("cidr", "203.0.113.5/33", "This is not an IPv4 or IPv6 network."),
        ("domain", "evil.exe", "The name does not end in a known domain such as .jp or .com."),
        ("domain", "co.jp", "The name does not end in a known domain such as .jp or .com."),
        ("domain", "", "A host name has 1 to 253 characters."),
        ("domain", "a" * 250 + ".com", "A host name has 1 to 253 characters."),
        ("domain", "あ" * 300 + ".com", "A host name has 1 to 253 characters."),
        ("domain", "a..com", "A host name consists of letters, digits and hyphens between single dots."),
        ("domain", "a" * 64 + ".com", "A host name consists of letters, digits and hyphens between single dots."),
        ("domain", "あ" * 63 + ".com", "The host name cannot be written in punycode."),
        ("url", "evil.example/a", "A URL has the form scheme://host/path, without spaces."),
        ("url", "http://evil.example/a b", "A URL has the form scheme://host/path, without spaces."),
        ("url", "http:///", "A URL has the form scheme://host/path, without spaces."),
        ("url", "javascript://evil.example/", "The scheme of the URL is not one that is looked for."),
        ("url", "http://1.2.3.4.5/", "The host of the URL is a number and no IPv4 address."),
        ("url", "http://[203.0.113.5]/", "This is not an IPv6 address."),
        ("email", "evil.example", "A mail address has the form name@domain."),
        ("email", "a..b@evil.example", "A mail address has the form name@domain."),
        ("email", "a" * 65 + "@evil.example", "A mail address has the form name@domain."),
        ("md5", "d41d8", "The hash has 32 hexadecimal digits."),
        ("sha256", "g" * 64, "The hash has 64 hexadecimal digits."),
        ("user_agent", "", "A user agent is one line of printable text."),
        ("user_agent", "a\x00b", "A user agent is one line of printable text."),
        ("account", "12", "An account has 4 to 64 letters, digits, dots, hyphens or underscores."),
        ("account", "GB83WEST12345698765432", "The check digits of the IBAN do not agree."),
        ("url", "http://evil.example/" + "a" * MAX_VALUE, "The value is longer than 4096 characters."),
    ],
)
def test_parse_observable_of_something_else_says_why(kind, raw, reason):
    with pytest.raises(InvalidObservable) as refusal:
        parse_observable(ObservableType(kind), raw)
    assert refusal.value.reason == reason


@pytest.mark.parametrize(
    ("kind", "value", "shown"),
    [
        ("url", "https://evil.example/a.b", "hxxps://evil[.]example/a.b"),
        ("url", "ftp://evil.example:2121/", "fxp://evil[.]example:2121/"),
        ("url", "http://a.b@evil.example/", "hxxp://a.b@evil[.]example/"),
        ("url", "http://[2001:db8::1]/", "hxxp://[2001:db8::1]/"),
        ("domain", "www.evil.example", "www[.]evil[.]example"),
        ("email", "a.b@evil.example", "a.b[@]evil[.]example"),
        ("ipv4", "203.0.113.5", "203[.]0[.]113[.]5"),
        ("ipv6", "2001:db8::1", "2001[:]db8[:][:]1"),
        ("cidr", "203.0.113.0/24", "203[.]0[.]113[.]0/24"),
        ("md5", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e"),
        ("account", "123-1234567", "123-1234567"),
    ],
)
def test_defang_makes_the_host_unclickable(kind, value, shown):
    assert defang(Observable(ObservableType(kind), value)) == shown


LABELS = st.from_regex(r"[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,4})?", fullmatch=True)
HOSTS = st.builds(
    lambda labels, suffix: ".".join([*labels, suffix]),
    st.lists(LABELS, min_size=1, max_size=3),
    st.sampled_from(["example", "com", "co.jp", "xn--q9jyb4c", "shop"]),
)
PATHS = st.from_regex(r"(:[1-9][0-9]{0,3})?(/[A-Za-z0-9_~%&=-]{0,8}){0,3}(\?[a-z]=[A-Za-z0-9]{1,8})?", fullmatch=True)
SCHEMES = st.sampled_from(["http", "https", "ftp"])
NETWORKS = st.tuples(st.ip_addresses(v=4), st.integers(0, 32)).map("{0[0]}/{0[1]}".format)
VALUES = st.one_of(
    st.tuples(st.just(ObservableType.IPV4), st.ip_addresses(v=4).map(str)),
    st.tuples(st.just(ObservableType.IPV6), st.ip_addresses(v=6, network="2001:db8::/32").map(str)),
    st.tuples(st.just(ObservableType.CIDR), NETWORKS),
    st.tuples(st.just(ObservableType.DOMAIN), HOSTS),
    st.tuples(st.just(ObservableType.URL), st.tuples(SCHEMES, HOSTS, PATHS).map("{0[0]}://{0[1]}{0[2]}".format)),
    st.tuples(st.just(ObservableType.EMAIL), st.tuples(LABELS, HOSTS).map("@".join)),
    st.tuples(st.just(ObservableType.SHA256), st.from_regex(r"[a-f][0-9a-f]{63}", fullmatch=True)),
)  # fmt: skip


@given(VALUES, st.sampled_from(["{}", "{}に接続", "通信先は{}です。", "（{}）", "「{}」", "IP：{}、"]))
def test_extract_of_a_defanged_observable_in_prose_finds_it_again(typed, sentence):
    observable = parse_observable(*typed)
    assert [p.observable for p in extract(sentence.format(defang(observable)))] == [observable]


@given(VALUES)
def test_parse_observable_of_a_canonical_or_defanged_value_changes_nothing(typed):
    observable = parse_observable(*typed)
    assert parse_observable(observable.type, observable.value) == observable
    assert parse_observable(observable.type, defang(observable)) == observable


@given(st.sampled_from(ObservableType), st.text(max_size=60))
def test_parse_observable_of_any_text_is_stable_or_refuses(kind, raw):
    try:
        observable = parse_observable(kind, raw)
    except InvalidObservable:
        return
    assert parse_observable(kind, observable.value) == observable
