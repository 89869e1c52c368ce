"""How much one account does within a while: what is counted, how long, and from when on it is told or refused."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from typing import Final

from noroshi.core.domain.channels import Channel


class Measure(StrEnum):
    """What is counted of an account: of a person, or of one token."""

    READING = "reading"
    PAGING = "paging"
    MISSING = "missing"
    REFUSED = "refused"
    ADDRESSES = "addresses"


HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
WINDOWS: Final = dict.fromkeys(Measure, HOUR) | {Measure.ADDRESSES: DAY}

OF_TOKENS: Final = frozenset({Measure.REFUSED, Measure.ADDRESSES})
"""What is between a token and its owner: the hub is not told."""

PUSHED: Final = frozenset(
    {
        Channel.MAIL_CONTENT,
        Channel.MAIL_ENCRYPTED,
        Channel.WEBHOOK,
        Channel.FEDERATION,
        Channel.FEDERATION_HUB,
    }
)
"""Ways by which content is sent unasked: nobody draws it."""


POLLED: Final = frozenset({Channel.TOOLS, Channel.MISP})
"""Ways by which a program fetches all that there is, again and again: only what is new to it counts."""


@dataclass(frozen=True)
class Bounds:
    """More than `told` within the window is told; nothing goes past `most`, where there is one."""

    told: int
    most: int | None = None

    def is_told(self, count: int) -> bool:
        """Whether so many are told."""
        return count > self.told

    def is_refused(self, count: int) -> bool:
        """Whether so many are too many."""
        return self.most is not None and count > self.most


def origin_of(address: str) -> str:
    """Return what tells one place of use from another: an IPv4 address, or the /64 of an IPv6 address; empty for none.

    Within a /64 a machine changes its address by itself (RFC 8981).
    """
    if not address:
        return ""
    found = ip_address(address)
    if not isinstance(found, IPv6Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return f"{IPv6Address(int(found) >> 64 << 64)}/64"
