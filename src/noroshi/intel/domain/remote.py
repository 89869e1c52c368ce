"""Other people's TAXII 2.1 servers: what may go wrong with one, and how long it is then left in peace."""

from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

import msgspec

MEDIA_TYPE: Final = "application/taxii+json;version=2.1"
MEDIA_TYPES: Final = frozenset({"application/taxii+json", "application/vnd.oasis.taxii+json", "application/json"})
"""What a resource may be called; servers are sloppy about it, and nothing else depends on it."""

LONGEST: Final = timedelta(days=1)

T = TypeVar("T")


class Trouble(StrEnum):
    """Why a look at a server did not end well."""

    UNREACHABLE = "unreachable"
    STATUS = "status"
    DENIED = "denied"
    BUSY = "busy"
    NO_ENVELOPE = "no-envelope"
    ENDLESS = "endless"
    STUCK = "stuck"
    READ_ONLY = "read-only"
    CLOSED = "closed"
    LIMITED = "limited"


class RemoteError(Exception):
    """A look at a server ends here. `detail` is what the other side said, `wait` for how long it asked for peace."""

    def __init__(self, trouble: Trouble, detail: str = "", *, wait: timedelta = timedelta(0)) -> None:
        super().__init__(f"{trouble}: {detail}")
        self.trouble = trouble
        self.detail = detail
        self.wait = wait


def read_resource(kind: type[T], body: bytes, media_type: str) -> T:
    """Return a resource of TAXII that a server answered; raise RemoteError where that is none of its `kind`."""
    if media_type.partition(";")[0].strip().lower() not in MEDIA_TYPES:
        raise RemoteError(Trouble.NO_ENVELOPE, media_type[:80])
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise RemoteError(Trouble.NO_ENVELOPE, str(error)[:200]) from error


def pause_after(failures: int, every: timedelta, asked: timedelta = timedelta(0)) -> timedelta:
    """Return how long to leave a server in peace: twice as long after each failure, or as it asked; a day at most."""
    doubled: timedelta = every * (1 << min(failures, 12))
    return min(max(doubled, asked), max(LONGEST, every))
