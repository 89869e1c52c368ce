"""Which addresses lie outside: those that something may be sent to though a stranger named them."""

import ipaddress
from collections.abc import Iterable, Iterator
from typing import Final

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAT64: Final = ipaddress.IPv6Network("64:ff9b::/96")
"""The well-known prefix (RFC 6052, 2.1): the last 32 bits are the IPv4 address that it is translated to."""

_INSIDE: Final[tuple[Network, ...]] = tuple(
    map(
        ipaddress.ip_network,
        (
            "64:ff9b:1::/48",  # NAT64 of one's own (RFC 8215): where in it the IPv4 address stands is not known
            "192.88.99.0/24",  # relays of 6to4, given up (RFC 7526)
            "fec0::/10",  # site-local, given up (RFC 3879) and still routed in places
            "168.63.129.16/32",  # the platform of a cloud speaks to its machines there
        ),
    )
)
"""What `ipaddress` calls global in one of the versions of Python that we run on."""


def is_reachable(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether something may be sent to `address`: it is public, or in a network that was opened.

    An IPv6 address that carries IPv4 addresses is what these are.
    """
    allowed = tuple(allowed)
    if is_in(address, allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address) and (carried := tuple(_carried(address))):
        return all(is_reachable(each, allowed) for each in carried)
    return address.is_global and not (address.is_multicast or address.is_reserved or is_in(address, _INSIDE))


def is_in(address: Address, networks: Iterable[Network]) -> bool:
    """Whether `address` lies in one of `networks`."""
    return any(address.version == network.version and address in network for network in networks)


def _carried(address: ipaddress.IPv6Address) -> Iterator[ipaddress.IPv4Address]:
    """Yield the IPv4 addresses in it: mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056), Teredo (RFC 4380)."""
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address in _NAT64:
        yield ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.teredo is not None:
        yield from address.teredo  # the server, and the client behind it
