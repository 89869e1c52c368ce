"""What a page of MyJVN's list says of itself: of how many items it is part, and with which it begins and ends."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.readers.jvn_rss import ABOUT, RSS, SEC
from noroshi.advisories.domain.readers.strict import UNREADABLE
from noroshi.advisories.domain.readers.xml import tree_of
from noroshi.advisories.domain.records import Refused

STATUS: Final = "{http://jvndb.jvn.jp/myjvn/Status}Status"


@dataclass(frozen=True)
class Page:
    """A page."""

    count: int
    total: int
    """Of all pages."""
    first: str = ""
    last: str = ""


def page_of(body: bytes) -> Page | None:
    """Return what a page says, of the API 3.x or 4.0; None where it is none, or an answer that something went wrong."""
    is_json = body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
    status, names = _of_json(body) if is_json else _of_xml(body)
    try:
        if int(status["retCd"]) != 0:
            return None
        total = int(status["totalRes"])
    except (KeyError, TypeError, ValueError):
        return None
    return Page(len(names), total, names[0], names[-1]) if names else Page(0, total)


def _of_xml(body: bytes) -> tuple[Mapping[str, Any], list[str]]:
    whole = tree_of(body)
    if isinstance(whole, Refused):
        return {}, []
    status = next(whole.iter(STATUS), None)
    items = whole.findall(f"{RSS}item")
    names = [(item.findtext(f"{SEC}identifier") or item.get(ABOUT) or "").strip() for item in items]
    return status.attrib if status is not None else {}, names


def _of_json(body: bytes) -> tuple[Mapping[str, Any], list[str]]:
    try:
        whole = msgspec.json.decode(body.lstrip(b"\xef\xbb\xbf \t\r\n"))
    except UNREADABLE:
        return {}, []
    feed = whole.get("feed")
    feed = feed if isinstance(feed, dict) else {}
    status = whole.get("status") or whole.get("status:Status") or feed.get("status:Status")
    entries = feed.get("entry")
    entries = entries if isinstance(entries, list) else []
    names = [str(each.get("id", "")) if isinstance(each, dict) else "" for each in entries]
    return status if isinstance(status, dict) else {}, names
