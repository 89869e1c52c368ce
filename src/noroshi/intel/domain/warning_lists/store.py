"""The lists in one file that many processes read: SQLite, opened read-only and mapped into memory.

Each entry of a list is one key: `=value` for equality, `.host` for a host and what lies under it, `4/24/c00002` for a
network (version, length, prefix in hexadecimal). An observable is in a list if one of its few possible keys is. Entries
that match by a part or a pattern cannot be looked up: they are few, and tried one by one where their list is asked.
"""

import re
import socket
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator
from contextlib import closing
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.warning_lists.published import Published, published
from noroshi.kit.domain.durable import publish

FORMAT: Final = 1
"""Of the file; its name has it, so that a version that writes another one makes its own."""

_SCHEMA: Final = """
CREATE TABLE list (number INTEGER PRIMARY KEY, slug TEXT, name TEXT, attributes TEXT);
CREATE TABLE entry (key TEXT, list INTEGER, PRIMARY KEY (key, list)) WITHOUT ROWID;
CREATE TABLE pattern (list INTEGER, matching TEXT, text TEXT);
CREATE TABLE prefix (version INTEGER, length INTEGER, PRIMARY KEY (version, length)) WITHOUT ROWID;
CREATE TEMP TABLE unsorted (key TEXT, list INTEGER);
"""
_MAPPED: Final = 1 << 30
_BITS: Final = {4: 32, 6: 128}
_LOOKED_UP: Final = {"string", "hostname", "cidr"}
_NETWORKS: Final = {ObservableType.IPV4, ObservableType.IPV6, ObservableType.CIDR}
_HOSTS: Final = {ObservableType.DOMAIN, ObservableType.URL}
ATTRIBUTES: Final[dict[ObservableType, frozenset[str]]] = {
    ObservableType.IPV4: frozenset({"ip-src", "ip-dst"}),
    ObservableType.IPV6: frozenset({"ip-src", "ip-dst"}),
    ObservableType.CIDR: frozenset({"ip-src", "ip-dst"}),
    ObservableType.DOMAIN: frozenset({"domain", "hostname"}),
    ObservableType.URL: frozenset({"url"}),
    ObservableType.EMAIL: frozenset({"email-src", "email-dst"}),
    ObservableType.MD5: frozenset({"md5"}),
    ObservableType.SHA1: frozenset({"sha1"}),
    ObservableType.SHA256: frozenset({"sha256"}),
}
"""By which of MISP's attribute types a list must declare that it answers for a type."""

_Matcher = Callable[[str], bool]


class _Listed(NamedTuple):
    slug: str
    name: str
    attributes: frozenset[str]


class Network(NamedTuple):
    """Addresses that share a prefix."""

    version: int
    length: int
    address: int

    def key(self, length: int) -> str:
        """Return the key of the network of this length around it."""
        return f"{self.version}/{length}/{self.address >> (_BITS[self.version] - length):x}"


class Store:
    """The file, opened; several threads may ask it."""

    def __init__(self, path: Path) -> None:
        self._database = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False)
        self._database.execute(f"PRAGMA mmap_size = {_MAPPED}")
        rows = self._database.execute("SELECT number, slug, name, attributes FROM list")
        self._lists = {number: _Listed(slug, name, frozenset(text.split())) for number, slug, name, text in rows}
        self._lengths: dict[int, list[int]] = defaultdict(list)
        for version, length in self._database.execute("SELECT version, length FROM prefix"):
            self._lengths[version].append(length)

    def names(self, observable: Observable, chosen: Container[str] | None) -> set[str]:
        """Return the names of the lists that know the observable: of those in `chosen` (slugs), or of all."""
        wanted = ATTRIBUTES.get(observable.type, frozenset())

        def is_asked(each: _Listed) -> bool:
            return not wanted.isdisjoint(each.attributes) and (chosen is None or each.slug in chosen)

        found = {each.name for each in self._looked_up(observable) if is_asked(each)}
        tried = (each for each in self._patterns if is_asked(each))
        return found | {each.name for each in tried if self._is_met(each, observable.value)}

    def _looked_up(self, observable: Observable) -> Iterator[_Listed]:
        keys = list(self._keys(observable))
        marks = ",".join("?" * len(keys))
        found = self._database.execute(f"SELECT list FROM entry WHERE key IN ({marks})", keys)  # noqa: S608 - marks alone
        return (self._lists[number] for (number,) in found)

    def _is_met(self, each: _Listed, value: str) -> bool:
        return any(matches(value) for matches in self._patterns[each])

    def _keys(self, observable: Observable) -> Iterator[str]:
        value = observable.value
        yield f"={value}"
        if observable.type in _HOSTS:
            yield from (f".{parent}" for parent in _parents(_host_of(value)))
        if observable.type in _NETWORKS:
            network = parse_network(value)
            yield from (network.key(length) for length in self._lengths[network.version] if length <= network.length)

    @cached_property
    def _patterns(self) -> dict[_Listed, list[_Matcher]]:
        found = defaultdict(list)
        for number, matching, text in self._database.execute("SELECT list, matching, text FROM pattern"):
            found[self._lists[number]].append(_regex(text) if matching == "regex" else _substring(text))
        return dict(found)


def build(path: Path) -> None:
    """Write all published lists into one file, which is there only once it is whole."""
    with TemporaryDirectory(dir=path.parent, prefix="building-") as folder:
        unfinished = Path(folder) / path.name
        with closing(sqlite3.connect(unfinished)) as database:
            database.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_SCHEMA}")
            for number, each in enumerate(published()):
                _add(database, number, each)
            database.execute("INSERT OR IGNORE INTO entry SELECT key, list FROM unsorted ORDER BY key, list")
            database.commit()
        publish(unfinished, path)


def _add(database: sqlite3.Connection, number: int, each: Published) -> None:
    row = (number, each.slug, each.name, " ".join(sorted(each.attributes)))
    database.execute("INSERT INTO list VALUES (?, ?, ?, ?)", row)
    if each.matching == "cidr":
        _add_networks(database, number, each.entries)
    elif each.matching in _LOOKED_UP:
        mark = "." if each.matching == "hostname" else "="
        keys = ((mark + entry.lower().lstrip("." if mark == "." else ""), number) for entry in each.entries)
        database.executemany("INSERT INTO unsorted VALUES (?, ?)", keys)
    else:
        rows = ((number, each.matching, entry.lower()) for entry in each.entries)
        database.executemany("INSERT INTO pattern VALUES (?, ?, ?)", rows)


def _add_networks(database: sqlite3.Connection, number: int, entries: Iterable[str]) -> None:
    networks = [network for entry in entries if (network := _network_of(entry)) is not None]
    database.executemany("INSERT INTO unsorted VALUES (?, ?)", ((each.key(each.length), number) for each in networks))
    lengths = {(each.version, each.length) for each in networks}
    database.executemany("INSERT OR IGNORE INTO prefix VALUES (?, ?)", sorted(lengths))


def _network_of(text: str) -> Network | None:
    """Read an entry of a list; one that is no network stops none of the others."""
    try:
        return parse_network(text)
    except (OSError, ValueError):
        return None


def parse_network(text: str) -> Network:
    """Parse an address or network that is known to be one; `ipaddress` would take ten times as long to load."""
    address, _, length = text.partition("/")
    version, family = (6, socket.AF_INET6) if ":" in address else (4, socket.AF_INET)
    return Network(version, int(length or _BITS[version]), int.from_bytes(socket.inet_pton(family, address)))


def _substring(part: str) -> _Matcher:
    return lambda value: part in value


def _regex(written: str) -> _Matcher:
    """Compile PHP's `/pattern/i`; canonical values are in lower case, so the flag is always meant."""
    bare = written.removeprefix("/").removesuffix("i").removesuffix("/")
    pattern = re.compile(bare, re.IGNORECASE)
    return lambda value: pattern.search(value) is not None


def _host_of(value: str) -> str:
    return urlsplit(value).hostname or "" if "://" in value else value


def _parents(host: str) -> Iterator[str]:
    while host:
        yield host
        host = host.partition(".")[2]
