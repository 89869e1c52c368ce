"""Pushing objects into a collection of a TAXII 2.1 server (5.5): envelopes it takes, and what it says became of them.

Servers answer in many ways: at once or later, object by object or in numbers alone. What they do not say is not
guessed: it is called so.
"""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Protocol, TypeVar

import msgspec

from noroshi.intel.domain.remote import RemoteError, read_resource

MOST_OBJECTS: Final = 1_000
"""Of one envelope."""

MOST_BYTES: Final = 8 * 1024 * 1024
"""Of one envelope, however much a server takes."""

AROUND: Final = len('{"objects":[]}')

_STATUS_ID: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


class Reason(StrEnum):
    """Why a version of an object is not taken."""

    TOO_LARGE = "too-large"
    NO_MORE = "no-more"
    REFUSED = "refused"
    UNEXPLAINED = "unexplained"
    UNNAMED = "unnamed"
    FORGOTTEN = "forgotten"
    OVERDUE = "overdue"


class Root(msgspec.Struct):
    """What an API root says of itself (4.2.1), as far as it matters here."""

    max_content_length: int = MOST_BYTES

    @property
    def room(self) -> int:
        """Bytes of a body that may be sent."""
        return min(self.max_content_length, MOST_BYTES) if self.max_content_length > 0 else MOST_BYTES


class CollectionSaid(msgspec.Struct):
    """What a collection says of itself (5.2.1), as far as it matters here."""

    can_write: bool = False


class Detail(msgspec.Struct):
    """What became of one object (4.3.1)."""

    id: str = ""
    message: str = ""


class StatusSaid(msgspec.Struct):
    """What became of a request to add objects (4.3.1). The lists may be left out."""

    id: str = ""
    status: str = ""
    failure_count: int = 0
    failures: Sequence[Detail] = ()
    successes: Sequence[Detail] = ()

    @property
    def is_complete(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.status == "complete"

    @property
    def name(self) -> str:
        """By what it is asked for again; empty where it has no name that could be part of an address."""
        return self.id if _STATUS_ID.fullmatch(self.id) else ""


@dataclass(frozen=True)
class Fate:
    """What became of one object: taken, refused with the other side's words, or (None) not told."""

    is_taken: bool | None
    reason: Reason | None = None
    said: str = ""


TAKEN: Final = Fate(is_taken=True)


def read_status(body: bytes, media_type: str) -> StatusSaid:
    """Return the status that a server answered; raise RemoteError where that is none."""
    return read_resource(StatusSaid, body, media_type)


def fates(status: StatusSaid, names: Collection[str]) -> dict[str, Fate]:
    """Return what became of the objects of these ids by a status that is complete.

    Nothing failed: all are taken. Else those that failed are named, or those that did not; where neither is said, or
    fewer than failed, nobody can tell which they were.
    """
    failed = {each.id: Fate(is_taken=False, reason=Reason.REFUSED, said=each.message) for each in status.failures}
    if not status.failure_count and not failed:
        return dict.fromkeys(names, TAKEN)
    if len(failed) >= status.failure_count:
        return {name: failed.get(name, TAKEN) for name in names}
    taken = {each.id for each in status.successes}
    return {name: failed.get(name) or _left(name, taken) for name in names}


def _left(name: str, taken: set[str]) -> Fate:
    if name in taken:
        return TAKEN
    return Fate(is_taken=False, reason=Reason.UNEXPLAINED) if taken else Fate(is_taken=None, reason=Reason.UNNAMED)


def message_of(body: bytes, media_type: str) -> str:
    """Return what a server says of a refusal (3.6.1), as far as it says it as the standard wants; else nothing."""
    try:
        said = read_resource(dict[str, Any], body, media_type)
    except RemoteError:
        return ""
    details = said.get("details")
    told = json.dumps(details, ensure_ascii=False) if isinstance(details, dict) else ""
    words = [said.get("title"), said.get("description"), told]
    return ": ".join(word for word in words if isinstance(word, str) and word)


class _Weighed(Protocol):
    @property
    def raw(self) -> bytes: ...


T = TypeVar("T", bound=_Weighed)


def envelopes(rows: Iterable[T], room: int) -> Iterator[list[T]]:
    """Yield rows as lists of which each makes one envelope of at most `room` bytes; what is larger alone is alone."""
    held: list[T] = []
    size = AROUND
    for row in rows:
        if held and (len(held) == MOST_OBJECTS or size + 1 + len(row.raw) > room):
            yield held
            held, size = [], AROUND
        size += len(row.raw) + bool(held)
        held.append(row)
    if held:
        yield held


def envelope(objects: Iterable[bytes]) -> bytes:
    """Return an envelope (3.7) of objects as they are kept."""
    return b'{"objects":[' + b",".join(objects) + b"]}"
