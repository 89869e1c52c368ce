"""Where a CSAF provider has its documents (CSAF 2.0, 7.1): its metadata, and the feeds and lists that these name."""

import csv
import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import urljoin, urlsplit

import msgspec

from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.openpgp import fingerprint
from noroshi.advisories.domain.sources import SourceKind

WELL_KNOWN: Final = "/.well-known/csaf/provider-metadata.json"
FILE: Final = "provider-metadata.json"
PUBLIC: Final = frozenset({"WHITE", "CLEAR", "UNLABELED", ""})
"""Labels of the feeds that anybody may read; others are asked for with a key alone."""
TRUSTED: Final = "csaf_trusted_provider"
"""The role whose documents are signed, all of them (7.2.3)."""
MOST_FEEDS: Final = 50
MOST_KEYS: Final = 20
MOST_ENTRIES: Final = 100_000
OVERLAP: Final = timedelta(days=30)
"""So much older than the newest that was read may be what comes in late, and is read all the same."""
HASHES: Final = (".sha512", ".sha256")


class NoProviderError(Exception):
    """What came is not what a provider publishes."""


@dataclass(frozen=True)
class Listing:
    """A list of documents: a ROLIE feed, or a directory with changes.csv."""

    url: str
    is_feed: bool = True


@dataclass(frozen=True, order=True)
class Entry:
    """A document in a list: when it was changed last, where it is, and where its checksum and its signature are."""

    updated: datetime
    url: str
    digest: str = ""
    """Empty where the list does not say."""
    signature: str = ""
    """Likewise."""

    @property
    def mark(self) -> str:
        """Return what stands for this version of it."""
        return hashlib.sha256(f"{self.updated.isoformat()} {self.url}".encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Signing:
    """By which keys a provider signs, and whether it has to by its role."""

    keys: tuple[str, ...] = ()
    fingerprints: frozenset[str] = frozenset()
    """Empty where it does not name that of each key."""
    is_due: bool = False


@dataclass(frozen=True)
class Mark:
    """How far a list has been read: the newest change, and what was read of the time before it."""

    since: str = ""
    known: tuple[str, ...] = ()
    etag: str = ""
    modified: str = ""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return the one that a database keeps."""
        return cls(
            str(kept.get("since", "")),
            tuple(map(str, kept.get("known", ()))),
            str(kept.get("etag", "")),
            str(kept.get("modified", "")),
        )

    @property
    def kept(self) -> dict[str, Any]:
        """Return what a database keeps of it."""
        return {**asdict(self), "known": list(self.known)}

    @property
    def begin(self) -> datetime:
        """Return from when on changes may be new."""
        return datetime.fromisoformat(self.since) - OVERLAP if self.since else datetime.min.replace(tzinfo=UTC)


def is_provider(kind: SourceKind, url: str) -> bool:
    """Whether an address is one of a provider, and not of documents: its metadata, or a domain alone."""
    parts = urlsplit(url)
    return (
        kind is SourceKind.CSAF and (parts.path in ("", "/") or parts.path.endswith(f"/{FILE}")) and bool(parts.netloc)
    )


def metadata_address(url: str) -> str:
    """Return where the metadata lies; of a domain alone at the place that all know."""
    return url if urlsplit(url).path.endswith(f"/{FILE}") else urljoin(url, WELL_KNOWN)


def listings_of(body: bytes, *, has_key: bool) -> tuple[Listing, ...]:
    """Return the lists that metadata name: the feeds, and directories where there are none. Raise NoProviderError."""
    said = _object(body)
    distributions = _objects(said.get("distributions"))
    feeds = [
        Listing(str(feed.get("url", "")))
        for each in distributions
        for feed in _objects(_field(each, "rolie").get("feeds"))
        if has_key or str(feed.get("tlp_label", "")).upper() in PUBLIC
    ]
    folders = [Listing(str(each.get("directory_url", "")), is_feed=False) for each in distributions]
    found = [each for each in feeds or folders if each.url]
    if not found:
        raise NoProviderError("the metadata name no feed and no directory that is open to us")
    return tuple(dict.fromkeys(found))[:MOST_FEEDS]


def signing_of(body: bytes) -> Signing:
    """Return how a provider signs, as its metadata say."""
    said = _object(body)
    keys = [each for each in _objects(said.get("public_openpgp_keys")) if isinstance(each.get("url"), str)][:MOST_KEYS]
    prints = [fingerprint(str(each.get("fingerprint", ""))) for each in keys]
    known = frozenset(prints) if all(prints) else frozenset()
    return Signing(tuple(str(each["url"]) for each in keys), known, said.get("role") == TRUSTED)


def entries_of_feed(body: bytes, address: str) -> list[Entry]:
    """Return the documents of a ROLIE feed. Raise NoProviderError where it is none."""
    feed = _field(_object(body), "feed")
    if not isinstance(feed.get("entry"), list):
        raise NoProviderError("it is no ROLIE feed")
    return [found for each in _objects(feed["entry"])[:MOST_ENTRIES] if (found := _entry(each, address))]


def _entry(said: Mapping[str, Any], address: str) -> Entry | None:
    links = {str(link.get("rel") or link.get("ref")): str(link.get("href", "")) for link in reversed(_links(said))}
    url = str(_field(said, "content").get("src", "")) or links.get("self", "")
    moment = moment_of(str(said.get("updated", "")))
    if not url:
        return None
    hashes = [str(link.get("href", "")) for link in _links(said) if "hash" in (link.get("rel"), link.get("ref"))]
    best = next((each for ending in HASHES for each in hashes if each.endswith(ending)), "")
    beside = [urljoin(address, each) if each else "" for each in (best, links.get("signature", ""))]
    return Entry(moment.at if moment else _UNKNOWN, urljoin(address, url), *beside)


def entries_of_changes(body: bytes, directory: str) -> list[Entry]:
    """Return the documents of a changes.csv (7.1.13): a name and a moment a line. Raise NoProviderError."""
    rows = list(csv.reader(io.StringIO(body.decode("utf-8-sig", "replace"))))[:MOST_ENTRIES]
    found = [
        Entry(moment.at, _within(directory, row[0]))
        for row in rows
        if len(row) > 1 and row[0].strip().endswith(".json") and (moment := moment_of(row[1].strip()))
    ]
    if rows and not found:
        raise NoProviderError("it is no changes.csv")
    return found


def entries_of_index(body: bytes, directory: str) -> list[Entry]:
    """Return the documents of an index.txt (7.1.12), which says nothing of when they were changed."""
    lines = (line.strip() for line in body.decode("utf-8-sig", "replace").splitlines())
    return [Entry(_UNKNOWN, _within(directory, line)) for line in lines if line.endswith(".json")][:MOST_ENTRIES]


def pending(entries: Iterable[Entry], mark: Mark) -> list[Entry]:
    """Return what was not read yet of a list, the oldest change first."""
    known = set(mark.known)
    return sorted({each for each in entries if (each.updated >= mark.begin or each.updated == _UNKNOWN)
                   and each.mark not in known})  # fmt: skip


def marked(mark: Mark, entries: Iterable[Entry], taken: Sequence[Entry], *, etag: str = "", modified: str = "") -> Mark:
    """Return how far a list has been read when `taken` was, too."""
    every = list(entries)
    marks = {each.mark for each in taken} | set(mark.known)
    moments = [each.updated for each in taken if each.updated != _UNKNOWN]
    since = max([*moments, *([datetime.fromisoformat(mark.since)] if mark.since else [])], default=None)
    later = Mark(since.isoformat() if since else "")
    known = [
        each.mark for each in every if each.mark in marks and (each.updated >= later.begin or each.updated == _UNKNOWN)
    ]
    return Mark(later.since, tuple(dict.fromkeys(known)), etag, modified)


_UNKNOWN: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""Stands for a moment that nobody says."""


def _within(directory: str, path: str) -> str:
    return urljoin(directory.rstrip("/") + "/", path.strip())


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NoProviderError("it is no JSON") from error
    return said if isinstance(said, dict) else {}


def _field(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[Mapping[str, Any]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _links(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return _objects(said.get("link"))
