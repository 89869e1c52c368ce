"""What a value lies within: the hosts above a name, the networks around an address."""

import ipaddress
from collections.abc import Iterator
from enum import StrEnum
from urllib.parse import urlsplit

from noroshi.intel.domain.hosts import has_known_suffix
from noroshi.intel.domain.observables import Observable, ObservableType

_ADDRESSES = {4: ObservableType.IPV4, 6: ObservableType.IPV6}


class Tie(StrEnum):
    """How another value stands to the one at hand."""

    SAME = "same"
    HOST = "host"
    """The host of a URL, the domain of a mail address."""
    PARENT = "parent"
    NETWORK = "network"


def around(value: Observable) -> Iterator[tuple[Tie, Observable]]:
    """Yield what the value lies within, the nearest first; nothing for a hash. At most some 130 values."""
    match value.type:
        case ObservableType.DOMAIN:
            yield from ((Tie.PARENT, parent) for parent in _parents(value.value))
        case ObservableType.URL:
            yield from _host(urlsplit(value.value).hostname or "")
        case ObservableType.EMAIL:
            yield from _host(value.value.partition("@")[2])
        case ObservableType.IPV4 | ObservableType.IPV6 | ObservableType.CIDR:
            yield from ((Tie.NETWORK, network) for network in _networks(value))
        case _:
            return


def _host(host: str) -> Iterator[tuple[Tie, Observable]]:
    inner = _address(host) or Observable(ObservableType.DOMAIN, host)
    yield Tie.HOST, inner
    yield from around(inner)


def _address(host: str) -> Observable | None:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    return Observable(_ADDRESSES[address.version], host)


def _parents(host: str) -> Iterator[Observable]:
    parent = host.partition(".")[2]
    while parent and has_known_suffix(parent):
        yield Observable(ObservableType.DOMAIN, parent)
        parent = parent.partition(".")[2]


def _networks(value: Observable) -> Iterator[Observable]:
    """Yield every network around an address or network, but the whole internet."""
    network = ipaddress.ip_network(value.value)
    first = network.prefixlen - (value.type is ObservableType.CIDR)
    for length in range(first, 0, -1):
        yield Observable(ObservableType.CIDR, str(network.supernet(new_prefix=length)))
