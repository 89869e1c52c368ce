"""Suricata 7: rules for what is seen in traffic, and data sets for `dataset`.

A value stands in a rule as `content`, in which every byte but letters, digits and `._/-` is written in hexadecimal
(user guide, "Payload keywords"): so none ends the string, the option or the rule. In a data set of type `string` it is
base64 ("Datasets"). Rules for values given to be blocked `drop`, all others `alert`.
"""

import base64
import string
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Final

from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.domain.outputs.indicators import Indicator, Sheet, digest_of, network_of
from noroshi.intel.domain.outputs.urls import seen

_PLAIN: Final = frozenset((string.ascii_letters + string.digits + "._/-").encode())
_LONGEST: Final = 255
"""Bytes of one `content`."""

_SIDS: Final = range(1_000_000_000, 2_147_483_647)
"""Signature numbers that no public rule set uses; below 2³¹, for tools that read them with a sign."""

_ADDRESSES: Final = (ObservableType.IPV4, ObservableType.IPV6, ObservableType.CIDR)
_HASHES: Final = (ObservableType.MD5, ObservableType.SHA1, ObservableType.SHA256)

Options = str
Match = tuple[str, str, Options]
"""Protocol, direction with its ends, and the options that match."""


def write_rules(sheet: Sheet) -> bytes:
    """Return rules for addresses, networks, domains with what lies below them, URLs and user agents."""
    taken: set[int] = set()
    lines = (
        _rule(indicator, match, place, taken)
        for indicator in sheet.indicators
        for place, match in enumerate(_matches(indicator))
    )
    head = f"# Noroshi, {sheet.level.label}, {len(sheet.indicators)} values\n"
    return "".join(chain([head], (f"{line}\n" for line in lines))).encode()


def write_data_set(sheet: Sheet) -> bytes:
    """Return the values as a data set: hashes and addresses as they are, everything else in base64."""
    as_it_is = {*_ADDRESSES, *_HASHES}
    values = (each.observable for each in sheet.indicators)
    lines = (each.value if each.type in as_it_is else base64.b64encode(each.value.encode()).decode() for each in values)
    return "".join(f"{line}\n" for line in lines if line.isprintable()).encode()


def _rule(indicator: Indicator, match: Match, place: int, taken: set[int]) -> str:
    protocol, ends, options = match
    action = "drop" if indicator.blocks else "alert"
    words = f"Noroshi {indicator.observable.type} {' '.join(indicator.references)}"
    marks = f"tlp {indicator.level.lower().replace('+', '_')}, objective {indicator.objective}"
    tail = f"metadata:{marks}; sid:{_sid(indicator, place, taken)}; rev:1;"
    return f'{action} {protocol} {ends} (msg:"{words}"; {options}{tail})'


def _sid(indicator: Indicator, place: int, taken: set[int]) -> int:
    """Return the number of a rule: of its value, so that it stays; the next free one where two values share it."""
    number = int.from_bytes(digest_of(indicator.observable, str(place))[:8]) % len(_SIDS)
    while number in taken:
        number = (number + 1) % len(_SIDS)
    taken.add(number)
    return _SIDS[number]


def _matches(indicator: Indicator) -> Iterator[Match]:
    write = _WRITERS.get(indicator.observable.type)
    return write(indicator.observable.value) if write else iter(())


def _address(value: str) -> Iterator[Match]:
    if network_of(value) is not None:
        yield "ip", f"any any <> {value} any", "threshold:type limit, track by_src, seconds 3600, count 1; "


def _domain(value: str) -> Iterator[Match]:
    wanted = f"dotprefix; {_content(f'.{value}'.encode())} endswith; "
    for protocol, buffer in (("dns", "dns.query"), ("tls", "tls.sni"), ("http", "http.host")):
        yield protocol, "any any -> any any", f"{buffer}; {wanted}"


def _url(value: str) -> Iterator[Match]:
    """Match the host as a whole and the request from its beginning: to its end, as far as one `content` reaches."""
    parts = seen(value)
    if parts is None or parts.scheme not in {"http", "https"}:
        return
    host, path = parts.host.encode(), parts.path.encode()
    end = "" if len(path) > _LONGEST else "endswith; "
    options = f"http.host; {_content(host)} bsize:{len(host)}; http.uri.raw; {_content(path)} startswith; {end}"
    yield "http", "any any -> any any", options


def _user_agent(value: str) -> Iterator[Match]:
    raw = value.encode()
    size = f"bsize:{len(raw)}; " if len(raw) <= _LONGEST else "startswith; "
    yield "http", "any any -> any any", f"http.user_agent; {_content(raw)} {size}"


def _content(value: bytes) -> str:
    return f'content:"{"".join(map(_written, value[:_LONGEST]))}";'


def _written(byte: int) -> str:
    return chr(byte) if byte in _PLAIN else f"|{byte:02X}|"


_WRITERS: Final[dict[ObservableType, Callable[[str], Iterator[Match]]]] = {
    **dict.fromkeys(_ADDRESSES, _address),
    ObservableType.DOMAIN: _domain,
    ObservableType.URL: _url,
    ObservableType.USER_AGENT: _user_agent,
}
