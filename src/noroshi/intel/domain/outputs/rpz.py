"""A DNS response-policy zone (draft-vixie-dnsop-dns-rpz; BIND, Unbound, PowerDNS and Knot read it), as a master file.

It refuses to resolve (NXDOMAIN): domains with all below them, and names that lead to an address or network. Only what
was given to be blocked is in it. Names are relative to the zone that the resolver calls it by, so none can leave it.
"""

import ipaddress
import re
from collections.abc import Iterator
from typing import Final

from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.domain.outputs.indicators import Indicator, Sheet, network_of

_NAME: Final = re.compile(r"[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*")
_LONGEST: Final = 200
"""Characters of a name: room is left for `*.` and for the zone's own name, 253 together (RFC 1035)."""

_DOTS_OF_IPV6: Final = 7
_ZEROS: Final = re.compile(r"(?<![0-9a-f])0(?:\.0)+(?![0-9a-f])")


def write_zone(sheet: Sheet) -> bytes:
    """Return the zone. Its serial number is the second since when it says this (RFC 1982 lets that grow till 2106)."""
    serial = int(sheet.changed_at.timestamp()) % 2**32
    head = (
        f"; Noroshi, {sheet.level.label}",
        "$TTL 300",
        f"@ IN SOA localhost. nobody.invalid. {serial} 900 300 604800 300",
        "@ IN NS localhost.",
    )
    records = (record for each in sheet.indicators if each.blocks for record in _records(each))
    return "".join(f"{line}\n" for line in (*head, *records)).encode()


def _records(indicator: Indicator) -> Iterator[str]:
    value, note = indicator.observable.value, f"; {indicator.note}"
    match indicator.observable.type:
        case ObservableType.DOMAIN if len(value) <= _LONGEST and _NAME.fullmatch(value):
            yield f"{value} CNAME . {note}"
            yield f"*.{value} CNAME ."
        case ObservableType.IPV4 | ObservableType.IPV6 | ObservableType.CIDR:
            if network := network_of(value):
                yield f"{_trigger(network)}.rpz-ip CNAME . {note}"


def _trigger(network: ipaddress.IPv4Network | ipaddress.IPv6Network) -> str:
    """Return a network as a name: its length, then the address from its end, `zz` for its longest row of zeros."""
    if isinstance(network, ipaddress.IPv4Network):
        words = str(network.network_address).split(".")
    else:
        words = [f"{int(word, 16):x}" for word in network.network_address.exploded.split(":")]
    return f"{network.prefixlen}.{_shortened('.'.join(reversed(words)))}"


def _shortened(name: str) -> str:
    runs = _ZEROS.finditer(name) if name.count(".") == _DOTS_OF_IPV6 else ()
    longest = max(runs, key=lambda run: len(run[0]), default=None)
    return f"{name[: longest.start()]}zz{name[longest.end() :]}" if longest else name
