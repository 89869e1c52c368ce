"""From what a person looks for to the keys that equal an event's columns.

| needle      | matches an event when                                                                              |
|-------------|----------------------------------------------------------------------------------------------------|
| ipv4, ipv6  | its source or destination address is the needle, or a URL, referrer or host names that address     |
| cidr        | its source or destination address lies in the network                                              |
| domain      | its host, referrer host, domain or DNS query is the needle or a name under it                      |
| url         | its URL or referrer is the needle or continues it after ``/``, ``?``, ``&`` (scheme does not count)|
| email       | its e-mail address is the needle, or its user or account is named by it                            |
| md5, ...    | its digest of that kind is the needle                                                              |
| user_agent  | its user agent is the needle, letter by letter                                                     |
| account     | its user or account is the needle (compared as keyed hashes)                                       |
"""

import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

import duckdb
from publicsuffixlist import PublicSuffixList

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.observables import BITS, KINDS, WIDEST, text_key, url_key
from noroshi.hunting.engine.reasons import BadNeedleError, NeedleReason
from noroshi.hunting.engine.records import Needle, NeedleType

MAX_NEEDLE: Final = 8192
MAX_SHOWN: Final = 200
MIN_ACCOUNT: Final = 3


class Key(NamedTuple):
    """What a needle equals in an event: a text (a host and a URL), or an address under a prefix length, as numbers.

    ``prefix`` is 0 for a kind without one.
    """

    needle: int
    kind: str
    prefix: int = 0
    t0: str | None = None
    t1: str | None = None
    n0: int | None = None
    n1: int | None = None


COLUMNS: Final = {
    "needle": "INTEGER",
    "kind": "VARCHAR",
    "prefix": "INTEGER",
    "t0": "VARCHAR",
    "t1": "VARCHAR",
    "n0": "BIGINT",
    "n1": "BIGINT",
}
# Besides what the scan compares: by which numbers the index knows a key; of a network, which it knows by the addresses
# inside, the type is negative. ``deep``: they are those of a URL's beginning.
TABLE_COLUMNS: Final = COLUMNS | {"type": "SMALLINT", "h0": "BIGINT", "h1": "BIGINT", "deep": "BOOLEAN"}
_TABLE: Final = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in TABLE_COLUMNS.items())


@dataclass(frozen=True, slots=True)
class Keys:
    """Needles that can be looked for, those that cannot with their reasons, and what the former equal.

    The keys of many needles are in a ``file`` instead (see `key_files`).
    """

    needles: tuple[Needle, ...]
    refused: tuple[tuple[str, str], ...]
    keys: tuple[Key, ...]
    file: Path | None = None

    def load(self, connection: duckdb.DuckDBPyConnection) -> None:
        """Make the table ``key`` of a session, with the columns `TABLE_COLUMNS`."""
        if self.file is not None:
            path = str(self.file).replace("'", "''")
            view = f"SELECT * FROM read_parquet('{path}') WHERE needle >= 0"  # noqa: S608 - a path of ours
            connection.execute(f"CREATE OR REPLACE TEMP VIEW key AS {view}").fetchall()
            return
        columns: list[list[Any]] = [list(column) for column in zip(*self.rows(), strict=True)]
        columns = columns or [[] for _ in TABLE_COLUMNS]
        connection.execute(f"CREATE OR REPLACE TEMP TABLE key AS SELECT {_TABLE}", columns).fetchall()

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of that table."""
        return ((*key, *_marks(key)) for key in self.keys)


def _marks(key: Key) -> tuple[int, int | None, int, bool]:
    number = KINDS[key.kind].number
    if key.t1 is not None:
        mark, deep = url_key(key.t1)
        return number, mark, 0, deep
    if key.t0 is not None:
        return number, text_key(key.t0), 0, False
    return number if key.prefix == BITS[key.kind] else -number, key.n0, key.n1 or 0, False


def prepare(needles: Iterable[Needle], pseudonym_key: bytes) -> Keys:
    """Deduplicate needles and turn each into its keys, or refuse it with a reason."""
    accepted: list[Needle] = []
    refused: list[tuple[str, str]] = []
    keys: list[Key] = []
    for needle in dict.fromkeys(needles):
        try:
            keys += _keys(len(accepted), needle, pseudonym_key)
        except BadNeedleError as bad:
            refused.append((needle.value[:MAX_SHOWN], str(bad)))
            continue
        accepted.append(needle)
    return Keys(tuple(accepted), tuple(refused), tuple(keys))


def _keys(number: int, needle: Needle, pseudonym_key: bytes) -> Sequence[Key]:
    value = needle.value.strip()
    if not value:
        raise BadNeedleError(NeedleReason.EMPTY)
    if len(value) > MAX_NEEDLE:
        raise BadNeedleError(NeedleReason.TOO_LONG)
    match needle.type:
        case NeedleType.IPV4 | NeedleType.IPV6:
            return _address_keys(number, value)
        case NeedleType.CIDR:
            return [_network_key(number, value)]
        case NeedleType.URL:
            return [Key(number, "url", 0, *_url(value))]
        case NeedleType.EMAIL:
            address = _required(normalise.email(value), NeedleReason.EMAIL)
            pseudonym = _account(address, pseudonym_key)
            return [Key(number, "email", 0, address), Key(number, "pseudonym", 0, pseudonym)]
        case NeedleType.ACCOUNT:
            return [Key(number, "pseudonym", 0, _account(value, pseudonym_key))]
        case _:
            return [_text_key(number, needle.type, value)]


def _text_key(number: int, kind: str, value: str) -> Key:
    match kind:
        case NeedleType.DOMAIN:
            return Key(number, "host", 0, _domain(value))
        case NeedleType.MD5 | NeedleType.SHA1 | NeedleType.SHA256:
            return Key(number, str(kind), 0, _required(normalise.digest(value, kind), NeedleReason.HASH))
        case NeedleType.USER_AGENT | NeedleType.DEVICE:
            return Key(number, str(kind), 0, _required(normalise.text(value), NeedleReason.SHORT))
        case _:
            raise BadNeedleError(NeedleReason.TYPE)


def _required(value: str | None, reason: NeedleReason) -> str:
    if value is None:
        raise BadNeedleError(reason)
    return value


def _address_keys(number: int, value: str) -> Sequence[Key]:
    found = normalise.parse_ip(value)
    if found is None:
        raise BadNeedleError(NeedleReason.ADDRESS)
    if found.is_unspecified:
        raise BadNeedleError(NeedleReason.UNSPECIFIED)
    return [
        _ip_key(number, int(found), found.version, found.max_prefixlen),
        Key(number, "named_address", 0, str(found)),
    ]


def _network_key(number: int, value: str) -> Key:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise BadNeedleError(NeedleReason.NETWORK) from None
    if network.prefixlen < WIDEST[f"ipv{network.version}"]:
        raise BadNeedleError(NeedleReason.WIDE)
    return _ip_key(number, int(network.network_address), network.version, network.prefixlen)


def _ip_key(number: int, address: int, version: int, prefix: int) -> Key:
    kind = f"ipv{version}"
    halves = ip_numbers(address, kind)
    return Key(number, kind, prefix, None, None, halves[0], halves[-1] if len(halves) > 1 else None)


def ip_numbers(address: int, kind: str) -> tuple[int, ...]:
    """Return an address, network or mask as the numbers that the columns of its kind hold."""
    return (address,) if kind == "ipv4" else normalise.halves(address)


def _domain(value: str) -> str:
    name = _required(normalise.domain(value.removeprefix("*.")), NeedleReason.DOMAIN)
    if _suffixes().publicsuffix(name) == name:
        raise BadNeedleError(NeedleReason.SUFFIX)
    return name


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def _url(value: str) -> tuple[str, str]:
    """Return host and canonical URL; without the last slash, so that ``h/p/`` also finds ``h/p``."""
    found = normalise.url(value)
    if found is None or found.host is None:
        raise BadNeedleError(NeedleReason.URL)
    return found.host, found.text.rstrip("/")


def _account(value: str, pseudonym_key: bytes) -> str:
    canonical = normalise.account(value)
    if canonical is None or len(canonical) < MIN_ACCOUNT:
        raise BadNeedleError(NeedleReason.SHORT)
    return normalise.pseudonym(canonical, pseudonym_key)
