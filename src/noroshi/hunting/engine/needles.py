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
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from publicsuffixlist import PublicSuffixList

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.reasons import BadNeedleError, NeedleReason
from noroshi.hunting.engine.records import Needle, NeedleType

MAX_NEEDLE: Final = 8192
MAX_SHOWN: Final = 200
MIN_ACCOUNT: Final = 3
MIN_PREFIX: Final = {4: 8, 6: 16}
FULL_PREFIX: Final = {4: 32, 6: 128}

# An equality key: a value, or an address under a prefix length, as the columns of its kind hold it.
Key = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys by kind and prefix length (0 for kinds without one), each with the numbers of its needles."""

    needles: tuple[Needle, ...]
    refused: tuple[tuple[str, str], ...]
    by_kind: dict[tuple[str, int], list[tuple[Key, int]]] = field(default_factory=lambda: defaultdict(list))


def prepare(needles: Iterable[Needle], pseudonym_key: bytes) -> Keys:
    """Deduplicate needles and turn each into its keys, or refuse it with a reason."""
    accepted: list[Needle] = []
    refused: list[tuple[str, str]] = []
    by_kind: dict[tuple[str, int], list[tuple[Key, int]]] = defaultdict(list)
    for needle in dict.fromkeys(needles):
        try:
            keys = _keys(needle, pseudonym_key)
        except BadNeedleError as bad:
            refused.append((needle.value[:MAX_SHOWN], str(bad)))
            continue
        for kind, prefix, key in keys:
            by_kind[kind, prefix].append((key, len(accepted)))
        accepted.append(needle)
    return Keys(tuple(accepted), tuple(refused), by_kind)


def _keys(needle: Needle, pseudonym_key: bytes) -> Sequence[tuple[str, int, Key]]:
    value = needle.value.strip()
    if not value:
        raise BadNeedleError(NeedleReason.EMPTY)
    if len(value) > MAX_NEEDLE:
        raise BadNeedleError(NeedleReason.TOO_LONG)
    match needle.type:
        case NeedleType.IPV4 | NeedleType.IPV6:
            return _address_keys(value)
        case NeedleType.CIDR:
            return [_network_key(value)]
        case NeedleType.EMAIL:
            return _email_keys(value, pseudonym_key)
        case NeedleType.ACCOUNT:
            return [("pseudonym", 0, (_account(value, pseudonym_key),))]
        case _:
            return [_text_key(needle.type, value)]


def _text_key(kind: str, value: str) -> tuple[str, int, Key]:
    match kind:
        case NeedleType.DOMAIN:
            return "host", 0, (_domain(value),)
        case NeedleType.URL:
            return "url", 0, _url(value)
        case NeedleType.MD5 | NeedleType.SHA1 | NeedleType.SHA256:
            return str(kind), 0, (_required(normalise.digest(value, kind), NeedleReason.HASH),)
        case NeedleType.USER_AGENT:
            return "user_agent", 0, (_required(normalise.text(value), NeedleReason.SHORT),)
        case _:
            raise BadNeedleError(NeedleReason.TYPE)


def _required(value: str | None, reason: NeedleReason) -> str:
    if value is None:
        raise BadNeedleError(reason)
    return value


def _address_keys(value: str) -> Sequence[tuple[str, int, Key]]:
    found = normalise.parse_ip(value)
    if found is None:
        raise BadNeedleError(NeedleReason.ADDRESS)
    if found.is_unspecified:
        raise BadNeedleError(NeedleReason.UNSPECIFIED)
    full = FULL_PREFIX[found.version]
    key = network_key(int(found), found.version)
    return [(f"ipv{found.version}", full, key), ("named_address", 0, (str(found),))]


def _network_key(value: str) -> tuple[str, int, Key]:
    try:
        network = ipaddress.ip_network(value, strict=False)
    except ValueError:
        raise BadNeedleError(NeedleReason.NETWORK) from None
    if network.prefixlen < MIN_PREFIX[network.version]:
        raise BadNeedleError(NeedleReason.WIDE)
    number = int(network.network_address)
    return f"ipv{network.version}", network.prefixlen, network_key(number, network.version)


def network_key(number: int, version: int) -> tuple[int, ...]:
    """Return an address or network number as the key columns of its version."""
    return (number,) if version == 4 else normalise.halves(number)  # noqa: PLR2004 - the protocol's own name


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


def _email_keys(value: str, pseudonym_key: bytes) -> Sequence[tuple[str, int, Key]]:
    address = _required(normalise.email(value), NeedleReason.EMAIL)
    return [("email", 0, (address,)), ("pseudonym", 0, (_account(address, pseudonym_key),))]


def _account(value: str, pseudonym_key: bytes) -> str:
    canonical = normalise.account(value)
    if canonical is None or len(canonical) < MIN_ACCOUNT:
        raise BadNeedleError(NeedleReason.SHORT)
    return normalise.pseudonym(canonical, pseudonym_key)
