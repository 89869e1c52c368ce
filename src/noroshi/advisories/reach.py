"""How far a call for a source may go."""

from collections.abc import Iterable
from typing import Final

from noroshi.advisories.domain.mailboxes import PORT
from noroshi.kit.domain.reach import Network
from noroshi.kit.outbound import MOST_REDIRECTS, Reach

USUAL_PORTS: Final = frozenset({80, 443})


def reach_of(ports: Iterable[int] = (), networks: Iterable[Network] = ()) -> Reach:
    """Return it: http and https, the usual ports and those that are opened for it, a few redirects."""
    return Reach(plain=True, ports=USUAL_PORTS.union(ports), networks=tuple(networks), redirects=MOST_REDIRECTS)


def reach_of_mailbox(ports: Iterable[int] = (), networks: Iterable[Network] = ()) -> Reach:
    """Return it for a mailbox: the port of IMAP over TLS, and those that are opened for the source."""
    return Reach(ports=frozenset({PORT, *ports}), networks=tuple(networks))
