"""What of one signal is one thing of MISP, and what nobody can say."""

import pytest

from noroshi.intel.domain.misp.objects import things_among
from noroshi.intel.domain.observables import ObservableType, parse_observable
from noroshi.intel.domain.stix.patterns.files import files_in

URL = parse_observable(ObservableType.URL, "https://login.evil.example:8443/a?b=c")
OTHER = parse_observable(ObservableType.URL, "http://45.155.205.66/x")
HOST = parse_observable(ObservableType.DOMAIN, "login.evil.example")
ABOVE = parse_observable(ObservableType.DOMAIN, "evil.example")
ADDRESS = parse_observable(ObservableType.IPV4, "45.155.205.66")
MD5 = parse_observable(ObservableType.MD5, "a" * 32)
SHA1 = parse_observable(ObservableType.SHA1, "b" * 40)
SHA256, SECOND = (parse_observable(ObservableType.SHA256, letter * 64) for letter in "cd")


def told(values, files=()):
    return [
        (thing.template.name, [(relation, part.value) for relation, part in thing.parts])
        for thing in things_among(values, files)
    ]


def test_url_when_its_host_is_named_too_then_both_are_one_thing():
    assert told([ABOVE, HOST, URL, ADDRESS, OTHER]) == [
        ("url", [("url", URL.value), ("host", HOST.value)]),
        ("url", [("url", OTHER.value), ("ip", ADDRESS.value)]),
    ]
    assert told([ABOVE, URL, ADDRESS, HOST.__class__(ObservableType.DOMAIN, "other.example")]) == []


def test_hashes_are_one_file_only_where_that_is_said_of_values_that_are_named():
    named = [MD5, SHA1, SHA256, SECOND]
    assert told(named) == []
    one = frozenset({MD5, SHA256})
    assert told(named, [one]) == [("file", [("sha256", SHA256.value), ("md5", MD5.value)])]
    assert told([MD5], [one]) == []
    assert told(named, [one, frozenset({MD5, SECOND})]) == []  # whose MD5 that is, nobody says
    assert told(named, [frozenset({SHA256, SECOND})]) == []  # a file has one of each


@pytest.mark.parametrize(
    ("pattern", "files"),
    [
        (f"[file:hashes.MD5 = '{'a' * 32}' AND file:hashes.'SHA-256' = '{'c' * 64}']", [{MD5, SHA256}]),
        (f"[file:hashes.MD5 = '{'a' * 32}' AND file:name = 'x' AND file:hashes.'SHA-1' = '{'b' * 40}']", [{MD5, SHA1}]),
        (f"[file:hashes.MD5 = '{'a' * 32}' OR file:hashes.'SHA-256' = '{'c' * 64}']", []),
        (f"[file:hashes.MD5 = '{'a' * 32}'] AND [file:hashes.'SHA-256' = '{'c' * 64}']", []),
        (f"[file:hashes.MD5 = '{'a' * 32}' AND file:hashes.'SHA-256' != '{'c' * 64}']", []),
        (f"[file:hashes.MD5 IN ('{'a' * 32}', '{'e' * 32}') AND file:hashes.'SHA-256' = '{'c' * 64}']", []),
        ("[file:hashes.MD5 = ", []),
    ],
)
def test_pattern_says_which_hashes_are_of_one_file(pattern, files):
    assert files_in(pattern) == [frozenset(each) for each in files]
