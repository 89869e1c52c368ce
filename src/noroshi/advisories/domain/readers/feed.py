"""RSS 0.9x, 1.0 and 2.0, Atom (RFC 4287) and JSON Feed 1.1.

An item is known by its identifier where the feed gives each its own; else by its link, else by its words: some feeds
give one identifier to all.
"""

import hashlib
import io
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import feedparser
import msgspec

from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import UNREADABLE, refused
from noroshi.advisories.domain.readers.xml import text_of
from noroshi.advisories.domain.records import Found, Record, Refused, RefusedBecause

LONGEST_SUMMARY: Final = 4_000
MOST_ITEMS: Final = 5_000
MOST_LABELS: Final = 20


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each item."""
    items = _json_items(body) if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else _xml_items(body, given)
    if isinstance(items, Refused):
        yield items
        return
    identities = _identities(items[:MOST_ITEMS])
    for item, identity in zip(items, identities, strict=False):
        yield _record(item, identity, given)
    if len(items) > MOST_ITEMS:
        yield refused(MOST_ITEMS + 1, RefusedBecause.TOO_LARGE, f"{len(items):,} items")


Item = Mapping[str, Any]
"""One item, by the names that feedparser gives to what is in it."""


def _xml_items(body: bytes, given: Given) -> Sequence[Item] | Refused:
    text = text_of(body, given.content_type)
    if isinstance(text, Refused):
        return text
    document = '<?xml version="1.0" encoding="utf-8"?>\n' + text
    try:
        read = feedparser.parse(
            io.BytesIO(document.encode("utf-8", "replace")),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # noqa: BLE001 - whatever its parsers trip over, this feed is refused and no other
        return refused(0, RefusedBecause.NOT_XML, error, text[:2_000])
    if not read.entries and (not read.version or read.bozo):
        return refused(0, RefusedBecause.NOT_XML, read.get("bozo_exception", "no feed"), text[:2_000])
    return [dict(entry) for entry in read.entries]  # its own class answers for what is not there


def _json_items(body: bytes) -> Sequence[Item] | Refused:
    try:
        whole = msgspec.json.decode(body.lstrip(b"\xef\xbb\xbf \t\r\n"))
    except UNREADABLE as error:
        return refused(0, RefusedBecause.NOT_JSON, error, body[:2_000])
    items = whole.get("items")
    if not isinstance(items, list) or "jsonfeed.org/version" not in str(whole.get("version", "")):
        return refused(0, RefusedBecause.SHAPE, "no JSON Feed", body[:2_000])
    return [_from_json(item) for item in items if isinstance(item, dict)]


def _from_json(item: Mapping[str, Any]) -> Item:
    """Return an item of JSON Feed by the names that feedparser gives."""
    tags = item.get("tags")
    return {
        "id": str(item.get("id", "")),
        "link": str(item.get("url") or item.get("external_url") or ""),
        "title": str(item.get("title", "")),
        "summary": str(item.get("summary") or item.get("content_text") or item.get("content_html") or ""),
        "published": str(item.get("date_published", "")),
        "updated": str(item.get("date_modified", "")),
        "tags": [{"term": str(tag)} for tag in tags] if isinstance(tags, list) else [],
    }


def _identities(items: Sequence[Item]) -> list[str]:
    """Return by what each item is known, each once: what several share is no identity."""
    ids = Counter(str(item.get("id", "")).strip() for item in items)
    links = Counter(link_of(str(item.get("link", ""))) for item in items)
    found: list[str] = []
    for item in items:
        number, link = str(item.get("id", "")).strip(), link_of(str(item.get("link", "")))
        if number and ids[number] == 1:
            found.append(number[:500])
        elif link and links[link] == 1:
            found.append(link)
        else:
            found.append(_of_words(item, found))
    return found


def _of_words(item: Item, taken: Sequence[str]) -> str:
    """Return a digest of what an item says; the same words a second time are a second item."""
    said = "\n".join(str(item.get(name, "")) for name in ("title", "link", "published", "summary"))
    number = "sha256:" + hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    copies = sum(each.partition("#")[0] == number for each in taken)
    return f"{number}#{copies}" if copies else number


def _record(item: Item, identity: str, given: Given) -> Record:
    content = item.get("content")
    whole = str(content[0].get("value", "")) if isinstance(content, list) and content else ""
    summary = plain(str(item.get("summary") or whole), LONGEST_SUMMARY)
    link = link_of(str(item.get("link", "")), given.address)
    title = one_line(str(item.get("title", ""))) or summary.split("\n", 1)[0][:200] or link or identity
    labels = (one_line(str(tag.get("term") or "")) for tag in item.get("tags") or ())
    return Record(
        native_id=identity,
        title=title,
        link=link,
        summary=summary,
        published=moment_of(str(item.get("published") or item.get("updated", "")), given.zone),
        updated=moment_of(str(item.get("updated", "")), given.zone),
        language=given.language,
        names=names_in(f"{title}\n{summary}\n{link}"),
        categories=tuple(dict.fromkeys(label for label in labels if label))[:MOST_LABELS],
    )
