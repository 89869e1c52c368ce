"""What a reader knows besides the bytes."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, tzinfo

from noroshi.advisories.domain.records import Found, Language


@dataclass(frozen=True, slots=True)
class Given:
    """What is known of a source: by its settings, and by the answer that the bytes came with."""

    zone: tzinfo = UTC
    """The zone of dates that name none."""
    language: Language = Language.OTHER
    address: str = ""
    """Where the bytes came from; relative links begin there."""
    content_type: str = ""
    """As HTTP named it, with its charset; empty where nothing did."""
    selector: str = ""
    """Of a page without feed: the CSS selector of the links that are its items."""


Reader = Callable[[bytes, Given], Iterator[Found]]
"""Yields every item of an answer that it can read, and a `Refused` for every other; never raises for what it reads."""
