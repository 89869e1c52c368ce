"""A web page without a feed: its items are what a CSS selector finds, each with its first link, words and date."""

import re
import unicodedata
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from noroshi.advisories.domain.cleaning import link_of
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import refused, unpacked
from noroshi.advisories.domain.readers.xml import decoded
from noroshi.advisories.domain.records import Found, Moment, Record, Refused, RefusedBecause
from noroshi.kit.domain.plain_text import one_line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MOST_BYTES: Final = 5 * 1024 * 1024
MOST_ITEMS: Final = 2_000
MOST_TAGS: Final = 30_000
"""The parser's time grows with the square of the depth: a second for so many tags that never end, minutes for more.

How deep a page is only its parser can tell; how many tags it begins anybody can count.
"""
LONGEST_TITLE: Final = 300
LONGEST_SUMMARY: Final = 2_000
_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([A-Za-z0-9_-]+)", re.IGNORECASE)
_TAG: Final = re.compile(r"<[A-Za-z]")
_DATE: Final = re.compile(r"\d{4}\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}\s*日?")


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each item; a page on which the selector finds nothing has become another."""
    text = _text_of(body, given)
    if isinstance(text, Refused):
        yield text
        return
    from selectolax.lexbor import LexborHTMLParser, SelectolaxError  # noqa: PLC0415 - as the others: for pages alone

    page = LexborHTMLParser(text)
    try:
        items = page.css(given.selector)
    except SelectolaxError:
        items = []
    if not items:
        yield refused(0, RefusedBecause.SHAPE, f"the selector finds nothing: {given.selector}", text)
        return
    yield from _records(items[:MOST_ITEMS], _base(page, given), given)
    if len(items) > MOST_ITEMS:
        yield refused(MOST_ITEMS + 1, RefusedBecause.TOO_LARGE, f"{len(items):,} items")


def _text_of(body: bytes, given: Given) -> str | Refused:
    plain = unpacked(body, MOST_BYTES)
    if isinstance(plain, Refused):
        return plain
    if len(plain) > MOST_BYTES:
        return refused(0, RefusedBecause.TOO_LARGE, f"more than {MOST_BYTES:,} bytes")
    named = _META.search(plain[:4_096])
    content_type = given.content_type
    if named and "charset" not in content_type.lower():
        content_type = f"text/html; charset={named[1].decode()}"
    text = decoded(plain, content_type)
    if text is None:
        return refused(0, RefusedBecause.ENCODING, "none of the encodings that are known", plain)
    if (tags := len(_TAG.findall(text))) > MOST_TAGS:
        return refused(0, RefusedBecause.TOO_LARGE, f"{tags:,} tags", text)
    return text


def _base(page: "LexborHTMLParser", given: Given) -> str:
    said = page.css_first("base[href]")
    return link_of(said.attributes.get("href") or "", given.address) if said else given.address


def _records(items: "list[LexborNode]", base: str, given: Given) -> Iterator[Found]:
    """Yield what each item says; the same link again, on its picture and on its title, is the same item."""
    seen: set[str] = set()
    for place, item in enumerate(items, 1):
        found = _record(item, place, base, given)
        if isinstance(found, Record):
            if found.native_id in seen:
                continue
            seen.add(found.native_id)
        yield found


def _record(item: "LexborNode", place: int, base: str, given: Given) -> Found:
    anchor = item if item.tag == "a" else item.css_first("a[href]")
    link = link_of(anchor.attributes.get("href") or "", base) if anchor else ""
    if anchor is None or not link or link == link_of(given.address):
        return refused(place, RefusedBecause.NO_IDENTITY, "no link", item.html or "")
    around = _around(item)
    whole = one_line(around.text(separator=" "))[:LONGEST_SUMMARY]
    title = one_line(anchor.text(separator=" "))[:LONGEST_TITLE] or whole[:LONGEST_TITLE] or link
    return Record(
        native_id=link,
        title=title,
        link=link,
        summary="" if whole == title else whole,
        published=_moment(around, whole, given),
        language=given.language,
        names=names_in(f"{title}\n{whole}\n{link}"),
    )


def _around(item: "LexborNode") -> "LexborNode":
    """Return the item with what stands beside it: of a link alone its parent, where it is the only link in there."""
    parent = item.parent
    alone = item.tag == "a" and parent is not None and len(parent.css("a[href]")) == 1
    return parent if alone and parent is not None else item


def _moment(item: "LexborNode", text: str, given: Given) -> Moment | None:
    time = item.css_first("time[datetime]")
    if time and (said := moment_of(time.attributes.get("datetime") or "", given.zone)):
        return said
    found = _DATE.search(unicodedata.normalize("NFKC", text))
    return moment_of(found[0], given.zone) if found else None
