"""JPCERT/CC's RSS 1.0: alerts, weekly reports and news in one feed, told apart by their addresses and titles.

An item has no text, and the CVE numbers often stand in the page alone.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from noroshi.advisories.domain.readers import feed
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.records import Found, Record

_ADDRESS: Final = re.compile(r"/(at|wr)/(\d{4})/\1(\d{2})(\d{4})\.html?$")
ALERT: Final = "注意喚起"
WEEKLY: Final = "Weekly Report"


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each item; one that is published again has the same link and another title or date."""
    for found in feed.read(body, given):
        yield _told_apart(found) if isinstance(found, Record) else found


def _told_apart(record: Record) -> Record:
    address = _ADDRESS.search(record.link)
    if address is None:
        return replace(record, native_id=record.link or record.native_id)
    weekly = address[1] == "wr"
    number = f"JPCERT-{address[1].upper()}-{address[2]}-{address[4]}"
    names = record.names if weekly else (number, *(name for name in record.names if name != number))
    label = WEEKLY if weekly else ALERT
    return replace(record, native_id=record.link, names=names, categories=(label, *record.categories), is_digest=weekly)
