"""What a source is asked: its address, and for some kinds a window of time and a page of it."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final, Self
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit
from zoneinfo import ZoneInfo

from noroshi.advisories.domain.jvn_pages import page_of
from noroshi.advisories.domain.sources import SourceKind

OVERLAP: Final = timedelta(hours=2)
"""What changed while the last question was answered is asked for again; what is known already changes nothing."""
FIRST_WINDOW: Final = timedelta(days=7)
BEHIND: Final = timedelta(days=1)
"""A source that is read to a moment longer ago has more at once, and not only when it is due."""
MYJVN_METHOD: Final = "getVulnOverviewList"
MYJVN_PAGE: Final = 50
"""It gives at most so many."""
_DAY: Final = timedelta(days=1)
_JAPAN: Final = ZoneInfo("Asia/Tokyo")


class AstrayError(Exception):
    """A page that leads nowhere: whoever went on from it would lose what is behind."""


@dataclass(frozen=True)
class Cursor:
    """Where to go on: the window that is being read, and the item in it with which the next page begins."""

    since: str = ""
    until: str = ""
    start: int = 0
    total: int = 0
    """Of how many items the page before was one."""
    mark: str = ""
    """The last item of the page before, with which the next one begins, where pages overlap."""
    following: str = ""
    """The address of the next page, where the source says it itself."""

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """Return the one that a database keeps."""
        texts = {name: str(kept.get(name, "")) for name in ("since", "until", "mark", "following")}
        return cls(**texts, start=int(kept.get("start", 0)), total=int(kept.get("total", 0)))

    @property
    def kept(self) -> dict[str, Any]:
        """Return what a database keeps of it."""
        return asdict(self)


@dataclass(frozen=True)
class Answered:
    """A page, and what came with it."""

    body: bytes
    links: str = ""
    """Its header Link (RFC 8288)."""


@dataclass(frozen=True)
class _Way:
    """How a source is asked page by page, for what changed in a window of time."""

    longest: timedelta
    """Of a window."""
    asked: Callable[[Cursor], Mapping[str, str | int]]
    turned: Callable[[Cursor, Answered, str], Cursor]
    """Told also the source's own address."""


def has_pages(kind: SourceKind, url: str) -> bool:
    """Whether a source is asked page by page, for what changed in a window of time."""
    return _way(kind, url) is not None


def has_more(kept: Mapping[str, Any], now: datetime) -> bool:
    """Whether there is more to be asked for at once, behind what a cursor has reached."""
    cursor = Cursor.of(kept)
    return (
        bool(kept.get("more"))
        or bool(cursor.until)
        or bool(cursor.since and now - datetime.fromisoformat(cursor.since) > BEHIND)
    )


def opened(cursor: Cursor, kind: SourceKind, url: str, now: datetime) -> Cursor:
    """Return where to begin: the page that is next of a window, or a new window up to `now`."""
    way = _way(kind, url)
    if way is None or cursor.until:
        return cursor if way else Cursor()
    since = datetime.fromisoformat(cursor.since) - OVERLAP if cursor.since else now - FIRST_WINDOW
    return Cursor(since.isoformat(), min(now, since + way.longest).isoformat())


def address(url: str, kind: SourceKind, cursor: Cursor) -> str:
    """Return what is asked for; what the source's own address says of it gives way."""
    way = _way(kind, url)
    if way is None or cursor.following:
        return cursor.following or url
    asked = way.asked(cursor)
    bare, _mark, query = url.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] not in asked]
    return f"{bare}?{'&'.join([*kept, urlencode(asked)])}"


def turned(cursor: Cursor, kind: SourceKind, url: str, answered: Answered) -> Cursor:
    """Return where to go on behind a page: at the next one, or behind the window when this was its last.

    Raise AstrayError where that cannot be told and something would be lost.
    """
    way = _way(kind, url)
    return way.turned(cursor, answered, url) if way else cursor


def _way(kind: SourceKind, url: str) -> _Way | None:
    if kind in (SourceKind.JVN_HND, SourceKind.JVN_OKA):
        return _MYJVN[kind] if parse_qs(urlsplit(url).query).get("method") == [MYJVN_METHOD] else None
    return _ALWAYS.get(kind)


def _nvd_asked(cursor: Cursor) -> Mapping[str, str | int]:
    since, until = (_moment(each) for each in (cursor.since, cursor.until))
    return {"lastModStartDate": since, "lastModEndDate": until, "startIndex": cursor.start}


def _moment(kept: str) -> str:
    return datetime.fromisoformat(kept).astimezone(UTC).isoformat(timespec="milliseconds") if kept else ""


def _nvd_turned(cursor: Cursor, answered: Answered, _url: str) -> Cursor:
    try:
        said = json.loads(answered.body)
        count, total = int(said["resultsPerPage"]), int(said["totalResults"])
    except (ValueError, KeyError, TypeError):
        return cursor  # it is asked for again
    following = cursor.start + count
    if count > 0 and following < total:
        return replace(cursor, start=following)
    return Cursor(since=cursor.until)


_ANY_DAY: Final = {"rangeDatePublic": "n", "rangeDatePublished": "n", "rangeDateFirstPublished": "n"}
"""What is left out is the last week, of each of three dates."""


def _hnd_asked(cursor: Cursor) -> Mapping[str, str | int]:
    asked: dict[str, str | int] = {**_ANY_DAY}
    for end, kept in (("Start", cursor.since), ("End", cursor.until)):
        day = _day(kept)
        asked |= {f"datePublished{end}{name}": value for name, value in zip("YMD", (*day,), strict=True)}
    return {**asked, **_myjvn_page(cursor)}


def _oka_asked(cursor: Cursor) -> Mapping[str, str | int]:
    first, last = ("".join(f"{part:02d}" for part in _day(kept)) for kept in (cursor.since, cursor.until))
    return {**_ANY_DAY, "datePublishedStart": first, "datePublishedEnd": last, **_myjvn_page(cursor)}


def _myjvn_page(cursor: Cursor) -> Mapping[str, int]:
    return {"maxCountItem": MYJVN_PAGE, "startItem": cursor.start + 1}


def _day(kept: str) -> tuple[int, int, int]:
    moment = datetime.fromisoformat(kept).astimezone(_JAPAN)
    return moment.year, moment.month, moment.day


def _myjvn_turned(cursor: Cursor, answered: Answered, _url: str) -> Cursor:
    """Go on with the page's last item once more: where it is another one now, items have moved in between.

    Then, and where there are more or fewer than there were, the window is read from its beginning, half as long: what
    moved may have moved past the place. A page that is none is asked for again.
    """
    page = page_of(answered.body)
    if page is None:
        return cursor
    if cursor.start and (page.total != cursor.total or (cursor.mark and page.first != cursor.mark)):
        return _begun_anew(cursor)
    reached = cursor.start + page.count
    if reached >= page.total:
        return Cursor(since=cursor.until)
    if page.count == 0:
        raise AstrayError(f"it says that it has {page.total} items, and gives none from {reached + 1} on")
    overlaps = page.count > 1
    return replace(cursor, start=reached - overlaps, total=page.total, mark=page.last if overlaps else "")


def _begun_anew(cursor: Cursor) -> Cursor:
    since, until = (datetime.fromisoformat(kept) for kept in (cursor.since, cursor.until))
    return Cursor(cursor.since, min(until, since + max((until - since) / 2, _DAY)).isoformat())


def _github_asked(cursor: Cursor) -> Mapping[str, str | int]:
    """Ask for the oldest changes first, so that what changes meanwhile comes behind them."""
    since = datetime.fromisoformat(cursor.since).astimezone(UTC)
    return {"modified": f">={since:%Y-%m-%d}", "sort": "updated", "direction": "asc", "per_page": 100}


def _github_turned(cursor: Cursor, answered: Answered, url: str) -> Cursor:
    """Follow the header Link, within the place where the source is: the key that is sent is for that place alone."""
    found = _NEXT.search(answered.links)
    if found is None:
        return Cursor(since=cursor.until)
    following = urljoin(url, found[1])
    here, there = urlsplit(url), urlsplit(following)
    if (there.scheme, there.netloc, there.path) != (here.scheme, here.netloc, here.path):
        raise AstrayError("it says that its next page is elsewhere")
    if following == cursor.following:
        raise AstrayError("it says that a page is the next one of itself")
    return replace(cursor, following=following)


_NEXT: Final = re.compile(r"""<([^<>]*)>\s*;[^,<]*\brel="?next\b""")
_ALWAYS: Final = {
    SourceKind.NVD: _Way(timedelta(days=119), _nvd_asked, _nvd_turned),  # it takes at most 120 days (its API 2.0)
    SourceKind.GHSA: _Way(timedelta(days=3_650), _github_asked, _github_turned),
}
_MYJVN: Final = {
    SourceKind.JVN_HND: _Way(timedelta(days=7), _hnd_asked, _myjvn_turned),
    SourceKind.JVN_OKA: _Way(timedelta(days=7), _oka_asked, _myjvn_turned),
}
"""A short window begins anew at little cost."""
