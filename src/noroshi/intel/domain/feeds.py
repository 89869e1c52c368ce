"""Walking through a collection of a TAXII 2.1 server (5.4), page by page, of servers too that page badly.

A server is asked for what it added after a moment, and says whether there is more and by which `next` to get it. Some
repeat themselves for ever, some give the same moment to everything that came at once: each page has to bring the walk
on, or it ends with the reason.
"""

import hashlib
from dataclasses import dataclass, replace

import msgspec

from noroshi.intel.domain.remote import Trouble, read_resource


@dataclass(frozen=True)
class Place:
    """Where to go on: behind a moment, as the server wrote it; `next` where it was amid its pages."""

    added_after: str = ""
    next: str = ""


class Envelope(msgspec.Struct):
    """An envelope (3.7), its objects unread."""

    more: bool = False
    next: str | None = None
    objects: list[msgspec.Raw] = []


def read_envelope(body: bytes, media_type: str) -> Envelope:
    """Return what a server answered; raise RemoteError where that is no envelope."""
    return read_resource(Envelope, body, media_type)


class Walk:
    """One walk through a collection: told of each page, it says where to go on."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.complaint: Trouble | None = None
        """What is wrong with how the server pages, where the walk ended because of that."""
        self._seen: set[bytes] = set()

    def turn(self, envelope: Envelope, last_added: str) -> bool:
        """Go on behind a page, whose last object was added at `last_added`; return whether there is more.

        A server that gives a page twice, or says that there is more and not how to get it, has given all that it will.
        """
        behind = Place(last_added or self.place.added_after)
        if envelope.more:
            self.complaint = self._complaint(envelope, behind)
        if not envelope.more or self.complaint:
            self.place = behind
            return False
        self.place = replace(self.place, next=envelope.next) if envelope.next else behind
        return True

    def _complaint(self, envelope: Envelope, behind: Place) -> Trouble | None:
        digest = hashlib.sha256(b"\n".join(map(bytes, envelope.objects))).digest()
        if not envelope.objects or digest in self._seen:
            return Trouble.ENDLESS
        self._seen.add(digest)
        return Trouble.STUCK if not envelope.next and behind.added_after == self.place.added_after else None
