"""A CSAF provider read: from its metadata to its lists, and of these the documents that are new.

Checksums are put beside them, to be looked at when they are read. Signatures are checked here, for here their keys are.
"""

import io
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from ipaddress import ip_network
from typing import IO, Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from noroshi.advisories.actions.signatures import Keys, can_check
from noroshi.advisories.domain.checksums import LARGEST as LARGEST_SUM
from noroshi.advisories.domain.csaf_providers import (
    HASHES,
    Entry,
    Listing,
    Mark,
    NoProviderError,
    Signing,
    entries_of_changes,
    entries_of_feed,
    entries_of_index,
    listings_of,
    marked,
    metadata_address,
    pending,
    signing_of,
)
from noroshi.advisories.domain.openpgp import unarmoured
from noroshi.advisories.domain.packing import Packing, packed
from noroshi.advisories.domain.records import RefusedBecause
from noroshi.advisories.models import Source
from noroshi.advisories.reach import reach_of
from noroshi.kit import outbound
from noroshi.kit.domain.unpacking import Room

MOST_DOCUMENTS: Final = 50
"""At once; what is left comes with the next question."""
SECONDS: Final = 600.0
"""For a round: less than a source is handed out for."""
SIGNATURE: Final = ".asc"
DOUBTFUL: Final = ".doubtful"
"""What the name of a part ends with that is kept and not read."""
LARGEST_KEY: Final = 1024 * 1024
LARGEST_SIGNATURE: Final = 64 * 1024
MOST_MISSED: Final = 3
"""After so many that cannot be had just now, the others are left for later, too."""
_KNOWN: Final = {"etag": 500, "last-modified": 100}
_MEGABYTE: Final = 1024 * 1024
_UNPACKED: Final = 4
_METADATA: Final = 4 * _MEGABYTE
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_GONE: Final = frozenset({400, 401, 403, 404, 410})
"""Of a document: it is not there, or not for us, and will not be in a moment."""


@dataclass
class _Asking:
    """One round of questions to a provider."""

    source: Source
    headers: Mapping[str, str]
    private: Mapping[str, str]
    until: float = 0.0
    """Of the monotonic clock: then it stops, before anybody else is let to ask."""
    asked: int = 0
    taken: int = 0
    more: bool = False
    marks: dict[str, dict[str, Any]] = field(default_factory=dict)
    signing: Signing = field(default_factory=Signing)

    def get(self, url: str, most: int, known: Mapping[str, str] | None = None) -> outbound.Answer:
        """Ask for an address, not sooner after the one before than the source wants; its key goes to its own host."""
        if self.asked:
            time.sleep(self.source.gap_seconds)
        return self._get(url, most, known)

    def beside(self, url: str, most: int) -> bytes | None:
        """Return what belongs to the question for a document; None where there is none."""
        answer = self._get(url, most)
        if answer.status in _GONE:
            return None
        return _good(answer, url).body

    def _get(self, url: str, most: int, known: Mapping[str, str] | None = None) -> outbound.Answer:
        self.asked += 1
        into = io.BytesIO()
        networks = [ip_network(each) for each in self.source.networks]
        is_own = _origin(url) == _origin(self.source.url)
        answer = outbound.fetch(
            url,
            into,
            headers={**self.headers, **(known or {})},
            private=self.private if is_own else {},
            reach=reach_of(self.source.ports, networks),
            bounds=outbound.Bounds(Room(most, most * _UNPACKED), total=120.0, read=20.0),
        )
        return outbound.Answer(answer.status, into.getvalue(), answer.seconds, answer.headers, answer.url)

    @cached_property
    def keys(self) -> Keys | None:
        """Return the provider's keys; None where it names none, or nothing here checks signatures."""
        if not self.signing.keys or not can_check():
            return None
        bodies = filter(None, (self.beside(url, LARGEST_KEY) for url in self.signing.keys))
        packets = b"".join(map(unarmoured, bodies))
        if not packets:
            raise outbound.OutboundFailed(_("None of the keys that the provider signs with can be had."))
        return Keys(packets, self.signing.fingerprints)

    @property
    def most(self) -> int:
        """Return how many bytes one answer may have."""
        return self.source.most_mb * _MEGABYTE


def read_provider(
    source: Source, kept: Mapping[str, Any], into: IO[bytes], *, headers: Mapping[str, str], private: Mapping[str, str]
) -> dict[str, Any] | None:
    """Write the documents that are new into a file, and return where to go on; None where there are none.

    Raise OutboundRefused or OutboundFailed where nothing came.
    """
    asking = _Asking(source, headers, private, time.monotonic() + SECONDS)
    address = metadata_address(source.url)
    try:
        answer = _good(asking.get(address, _METADATA), address)
        listings = listings_of(answer.body, has_key=bool(private))
        asking.signing = signing_of(answer.body)
    except NoProviderError as error:
        raise _not_as_it_should(address, error) from error
    known = kept.get("lists")
    marks = known if isinstance(known, dict) else {}
    with packed(into) as packing:
        for listing in listings:
            mark = Mark.of(marks.get(listing.url, {}))
            asking.marks[listing.url] = _read_list(asking, listing, mark, packing).kept
    return {"lists": asking.marks, "more": asking.more} if packing.parts else None


def _read_list(asking: _Asking, listing: Listing, mark: Mark, packing: Packing) -> Mark:
    """Take what is new of a list, as long as there is room; what could not be had is asked for again."""
    if asking.more:
        return mark
    try:
        answer, entries = _entries(asking, listing, outbound.conditional(mark.etag, mark.modified))
    except NoProviderError as error:
        raise _not_as_it_should(listing.url, error) from error
    if answer.status == _NOT_MODIFIED:
        return mark
    taken, missed = _taken(asking, pending(entries, mark), packing)
    if missed and not asking.taken:
        raise outbound.OutboundFailed(missed[0])
    is_whole = not (missed or asking.more)
    known = [answer.headers.get(name, "")[:most] if is_whole else "" for name, most in _KNOWN.items()]
    return marked(mark, entries, taken, etag=known[0], modified=known[1])


def _taken(asking: _Asking, waiting: list[Entry], packing: Packing) -> tuple[list[Entry], list[str]]:
    """Return which documents were taken, and why others could not be: one that fails keeps no other out."""
    taken: list[Entry] = []
    missed: list[str] = []
    for entry in waiting:
        if asking.taken >= MOST_DOCUMENTS or packing.size > asking.most or time.monotonic() > asking.until:
            asking.more = True
            break
        reason = _take(asking, entry, packing)
        if reason:
            packing.refuse(_name(entry.url), RefusedBecause.ERROR_ANSWER, reason)
            missed.append(reason)
        else:
            taken.append(entry)
            asking.taken += 1
        if len(missed) == MOST_MISSED:
            break
    return taken, missed


def _entries(asking: _Asking, listing: Listing, known: Mapping[str, str]) -> tuple[outbound.Answer, list[Entry]]:
    if listing.is_feed:
        answer = _good(asking.get(listing.url, asking.most, known), listing.url)
        return answer, [] if answer.status == _NOT_MODIFIED else entries_of_feed(answer.body, answer.url)
    directory = listing.url.rstrip("/")
    answer = asking.get(f"{directory}/changes.csv", asking.most, known)
    if answer.status in _GONE:
        answer = _good(asking.get(f"{directory}/index.txt", asking.most, known), f"{directory}/index.txt")
        return answer, [] if answer.status == _NOT_MODIFIED else entries_of_index(answer.body, directory)
    _good(answer, f"{directory}/changes.csv")
    return answer, [] if answer.status == _NOT_MODIFIED else entries_of_changes(answer.body, directory)


def _take(asking: _Asking, entry: Entry, packing: Packing) -> str:
    """Put a document in, its checksum before it, or why it is not to be had; return why it may be had later."""
    name = _name(entry.url)
    try:
        answer = asking.get(entry.url, asking.most)
        if answer.status == _OK:
            _add(asking, entry, name, answer.body, packing)
        elif answer.status in _GONE:
            packing.refuse(name, RefusedBecause.ERROR_ANSWER, f"HTTP {answer.status}")
        else:
            return f"HTTP {answer.status}: {entry.url}"
    except outbound.OutboundRefused as refusal:
        packing.refuse(name, RefusedBecause.ERROR_ANSWER, refusal.message)
    except outbound.OutboundFailed as error:
        return f"{error.message} {entry.url}"
    return ""


def _add(asking: _Asking, entry: Entry, name: str, body: bytes, packing: Packing) -> None:
    """Put a document in with what lies beside it; one whose signature is not good only as evidence."""
    keys = asking.keys
    signature = asking.beside(entry.signature or f"{entry.url}{SIGNATURE}", LARGEST_SIGNATURE) if keys else None
    if keys is not None and signature is not None:
        packing.add(f"{name}{SIGNATURE}", signature)
        fault = keys.fault_in(body, signature)
    else:
        fault = "it is not signed, as by the provider's role it must be" if keys and asking.signing.is_due else ""
    if fault:
        packing.add(f"{name}{DOUBTFUL}", body)
        packing.refuse(name, RefusedBecause.SIGNATURE, fault)
        return
    _add_checksum(asking, entry, name, packing)
    packing.add(name, body)


def _add_checksum(asking: _Asking, entry: Entry, name: str, packing: Packing) -> None:
    """Put in the checksum that the list names, or else the stronger of those that lie beside the document."""
    for url in [entry.digest] if entry.digest else [f"{entry.url}{ending}" for ending in HASHES]:
        said = asking.beside(url, LARGEST_SUM)
        if said is not None:
            packing.add(f"{name}{next((each for each in HASHES if url.endswith(each)), HASHES[0])}", said)
            return


def _good(answer: outbound.Answer, url: str) -> outbound.Answer:
    if answer.status not in (_OK, _NOT_MODIFIED):
        raise outbound.OutboundFailed(f"HTTP {answer.status}: {url}")
    return answer


def _not_as_it_should(url: str, error: NoProviderError) -> outbound.OutboundFailed:
    said = {"url": url, "reason": str(error)}
    return outbound.OutboundFailed(_("This is not what a CSAF provider publishes: %(url)s (%(reason)s).") % said)


def _name(url: str) -> str:
    parts = urlsplit(url)
    name = f"{parts.hostname}{parts.path}"[-200:]
    return name if name.endswith(".json") else f"{name}.json"


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()
