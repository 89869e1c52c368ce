"""How far a call for a source may go."""

from collections.abc import Iterable
from typing import Final

from noroshi.kit.domain.reach import Network
from noroshi.kit.outbound import MOST_REDIRECTS, Reach

USUAL_PORTS: Final = frozenset({80, 443})


def reach_of(ports: Iterable[int] = (), networks: Iterable[Network] = ()) -> Reach:
    """Return it: http and https, the usual ports and those that are opened for it, a few redirects."""
    return Reach(plain=True, ports=USUAL_PORTS.union(ports), networks=tuple(networks), redirects=MOST_REDIRECTS)
