"""Warning lists: values that are known to be benign or too shared to hunt for, from MISP's `warninglists`.

The package holds 119 lists in 65 MB; parsing them takes 0.6 CPU-seconds and 240 MB, its own loader 2.9 s. We
read a chosen part, each kind of value on its first use: networks in 0.2 CPU-seconds and 9 MB, names in 0.02 and
3 MB, hashes in 0.2 and 60 MB. Chosen by measurement on 125,163 hosts of real phishing reports, since a list that
calls phishing benign does harm:

- left out as wrong for hosts: tranco and tranco10k (they match every subdomain of a hosting provider: 19 % and
  15 % of the phishing hosts), lots-project (15 %), dynamic-dns (14 %); crux is exact but costs 0.2 CPU-seconds;
- left out as not benign: VPN, sinkhole and scanner ranges, clouds whose machines anyone can rent, shorteners;
- kept: reserved ranges, public resolvers, delivery networks and mail senders of the big providers, short top
  lists, bank and vendor names, hashes of common files. They hold 0.3 % of the hosts and 0.5 % of the URLs, all on
  services too shared to block (document stores, link shorteners).

A list answers only for the attribute types it names, and matches as MISP defines: `string` is equality, `hostname`
a host and its subdomains (of a URL: of its host), `cidr` an address within, `substring` and `regex` as they say.
"""

import json
import re
import socket
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple, TypedDict
from urllib.parse import urlsplit

from noroshi.intel.domain.observables import Observable, ObservableType

_NETWORKS = (
    "rfc1918", "rfc5735", "rfc6598", "rfc3849", "ipv6-linklocal", "multicast",
    "public-dns-v4", "public-dns-v6",
    "akamai", "cloudflare", "fastly", "stackpath",
    "apple", "google-gmail-sending-ips", "googlebot", "microsoft-office365-ip", "wikimedia",
)  # fmt: skip
_NAMES = (
    "alexa", "cisco_top20k", "majestic_million", "moz-top500", "rfc6761", "tlds",
    "google", "microsoft", "microsoft-office365", "microsoft-win10-connection-endpoints", "captive-portals",
    "microsoft-attack-simulator", "bank-website", "security-provider-blogpost",
    "automated-malware-analysis", "whats-my-ip",
)  # fmt: skip
_HASHES = ("common-ioc-false-positive", "eicar.com", "empty-hashes", "ti-falsepositives", "nioc-filehash")
_ADDRESSES = ("common-contact-emails",)

# Which lists may answer for a type, and by which of MISP's attribute types they must declare it.
_ASKED: dict[ObservableType, tuple[tuple[str, ...], frozenset[str]]] = {
    ObservableType.IPV4: (_NETWORKS, frozenset({"ip-src", "ip-dst"})),
    ObservableType.IPV6: (_NETWORKS, frozenset({"ip-src", "ip-dst"})),
    ObservableType.CIDR: (_NETWORKS, frozenset({"ip-src", "ip-dst"})),
    ObservableType.DOMAIN: (_NAMES, frozenset({"domain", "hostname"})),
    ObservableType.URL: (_NAMES, frozenset({"url"})),
    ObservableType.EMAIL: (_ADDRESSES, frozenset({"email-src", "email-dst"})),
    ObservableType.MD5: (_HASHES, frozenset({"md5"})),
    ObservableType.SHA1: (_HASHES, frozenset({"sha1"})),
    ObservableType.SHA256: (_HASHES, frozenset({"sha256"})),
}


class _List(TypedDict):
    """A warning list as MISP publishes it."""

    name: str
    type: str
    matching_attributes: list[str]
    list: list[str]


def benign_reasons(observable: Observable) -> tuple[str, ...]:
    """Return the names of the warning lists that contain the observable, sorted; empty if none does."""
    asked = _ASKED.get(observable.type)
    if asked is None:
        return ()
    slugs, attributes = asked
    if slugs is _NETWORKS:
        return tuple(sorted(set(_network_table().containing(observable.value))))
    matchers = _matchers(slugs, attributes)
    return tuple(sorted(name for name, contains in matchers if contains(observable.value)))


def _read(slug: str) -> _List:
    return json.loads((_folder() / slug / "list.json").read_bytes())  # type: ignore[no-any-return] # MISP's promise


@cache
def _folder() -> Path:
    """Find the package's data without importing the package, which would pull in an HTTP client."""
    spec = find_spec("pymispwarninglists")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("The package pymispwarninglists is not installed.")
    return Path(spec.origin).parent / "data" / "misp-warninglists" / "lists"


class _Network(NamedTuple):
    version: int
    length: int
    address: int


class _NetworkTable:
    """Networks by length of prefix: an address costs one look-up per length and list, the longest first."""

    def __init__(self) -> None:
        self._by_length: dict[tuple[int, int], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))

    def add(self, network: _Network, name: str) -> None:
        self._by_length[network.version, network.length][name].add(_prefix(network, network.length))

    def containing(self, value: str) -> Iterator[str]:
        wanted = _parse_network(value)
        for length in range(wanted.length, -1, -1):
            prefix = _prefix(wanted, length)
            lists = self._by_length.get((wanted.version, length), {})
            yield from (name for name, prefixes in lists.items() if prefix in prefixes)


def _prefix(network: _Network, length: int) -> int:
    return network.address >> (_BITS[network.version] - length)


_BITS = {4: 32, 6: 128}


def _parse_network(text: str) -> _Network:
    """Parse an address or network that is known to be one; `ipaddress` would take ten times as long to load."""
    address, _, length = text.partition("/")
    version, family = (6, socket.AF_INET6) if ":" in address else (4, socket.AF_INET)
    return _Network(version, int(length or _BITS[version]), int.from_bytes(socket.inet_pton(family, address)))


@cache
def _network_table() -> _NetworkTable:
    table = _NetworkTable()
    for slug in _NETWORKS:
        entries = _read(slug)
        for entry in entries["list"]:
            table.add(_parse_network(entry), entries["name"])
    return table


_Matcher = Callable[[str], bool]


@cache
def _matchers(slugs: tuple[str, ...], attributes: frozenset[str]) -> list[tuple[str, _Matcher]]:
    """Return name and test of each list that declares one of the attribute types."""
    return [(entries.name, entries.contains) for slug in slugs if (entries := _entries(slug)).attributes & attributes]


class _Entries(NamedTuple):
    name: str
    attributes: frozenset[str]
    contains: _Matcher


@cache
def _entries(slug: str) -> _Entries:
    raw = _read(slug)
    make = {"string": _equality, "hostname": _hostname, "substring": _substring, "regex": _regex}[raw["type"]]
    return _Entries(raw["name"], frozenset(raw["matching_attributes"]), make(map(str.lower, raw["list"])))


def _equality(values: Iterable[str]) -> _Matcher:
    return frozenset(values).__contains__


def _hostname(values: Iterable[str]) -> _Matcher:
    hosts = frozenset(value.lstrip(".") for value in values)
    return lambda value: any(parent in hosts for parent in _parents(_host_of(value)))


def _substring(values: Iterable[str]) -> _Matcher:
    parts = tuple(values)
    return lambda value: any(part in value for part in parts)


def _regex(values: Iterable[str]) -> _Matcher:
    """Compile PHP's `/pattern/i`; canonical values are in lower case, so the flag is always meant."""
    bare = (value.removeprefix("/").removesuffix("i").removesuffix("/") for value in values)
    patterns = [re.compile(pattern, re.IGNORECASE) for pattern in bare]
    return lambda value: any(pattern.search(value) for pattern in patterns)


def _host_of(value: str) -> str:
    return urlsplit(value).hostname or "" if "://" in value else value


def _parents(host: str) -> Iterator[str]:
    while host:
        yield host
        host = host.partition(".")[2]
