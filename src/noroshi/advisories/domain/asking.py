"""What a source is asked: its address, and for some kinds a window of time and a page of it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from noroshi.advisories.domain.sources import SourceKind

LONGEST_WINDOW: Final = timedelta(days=119)
"""NVD takes at most 120 days (its API 2.0, lastModStartDate)."""
OVERLAP: Final = timedelta(hours=2)
"""What changed while the last question was answered is asked for again; what is known already changes nothing."""
FIRST_WINDOW: Final = timedelta(days=7)


@dataclass(frozen=True)
class Cursor:
    """Where to go on: the window that is being read, and the item in it with which the next page begins."""

    since: str = ""
    until: str = ""
    start: int = 0

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return the one that a database keeps."""
        return cls(str(kept.get("since", "")), str(kept.get("until", "")), int(kept.get("start", 0)))

    @property
    def kept(self) -> dict[str, Any]:
        """Return what a database keeps of it."""
        return asdict(self)


def has_pages(kind: SourceKind) -> bool:
    """Whether a source of this kind is asked page by page, for what changed in a window of time."""
    return kind is SourceKind.NVD


def opened(cursor: Cursor, now: datetime) -> Cursor:
    """Return where to begin: the page that is next of a window, or a new window up to `now`."""
    if cursor.until:
        return cursor
    since = datetime.fromisoformat(cursor.since) - OVERLAP if cursor.since else now - FIRST_WINDOW
    return Cursor(since.isoformat(), min(now, since + LONGEST_WINDOW).isoformat())


def address(url: str, kind: SourceKind, cursor: Cursor) -> str:
    """Return what is asked for."""
    if not has_pages(kind):
        return url
    asked = {"lastModStartDate": _moment(cursor.since), "lastModEndDate": _moment(cursor.until)}
    joint = "&" if urlsplit(url).query else "?"
    return f"{url}{joint}{urlencode({**asked, 'startIndex': cursor.start})}"


def turned(cursor: Cursor, body: bytes) -> Cursor:
    """Return where to go on behind a page: at the next one, or behind the window when this was its last."""
    try:
        said = json.loads(body)
        count, total = int(said["resultsPerPage"]), int(said["totalResults"])
    except (ValueError, KeyError, TypeError):
        return cursor  # it is asked for again
    following = cursor.start + count
    if count > 0 and following < total:
        return replace(cursor, start=following)
    return Cursor(since=cursor.until)


def _moment(kept: str) -> str:
    return datetime.fromisoformat(kept).astimezone(UTC).isoformat(timespec="milliseconds") if kept else ""
