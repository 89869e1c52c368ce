"""Dates as sources write them: kept as written, read as UTC, and never without saying whether a zone was known."""

import re
import unicodedata
from datetime import UTC, datetime, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from noroshi.advisories.domain.records import Moment

LONGEST: Final = 100
_JAPANESE: Final = re.compile(
    r"(\d{4})\s*[年/.-]\s*(\d{1,2})\s*[月/.-]\s*(\d{1,2})\s*日?"
    r"(?:\s*\([^)]*\))?(?:\s*(\d{1,2})\s*[時:]\s*(\d{1,2})\s*分?(?::?\s*(\d{1,2})\s*秒?)?)?"
)
_ZONES: Final = {"JST": "+0900", "KST": "+0900", "CET": "+0100", "CEST": "+0200", "BST": "+0100"}
"""Names that RFC 5322 does not know; those of several zones (IST, CST in Asia) are left alone."""
_NAMED: Final = re.compile(rf"\b({'|'.join(_ZONES)})\b")


def moment_of(written: str, zone: tzinfo = UTC) -> Moment | None:
    """Return the moment that `written` names; where it names no zone it is one of `zone`. None where it is none."""
    text = unicodedata.normalize("NFKC", " ".join(written.split()))
    if not text or len(text) > LONGEST:
        return None
    for read in (_iso, _mail, _japanese):
        if (found := read(text)) is not None:
            return _moment(found, written.strip(), zone)
    return None


def _moment(found: datetime, written: str, zone: tzinfo) -> Moment | None:
    known = found.tzinfo is not None
    try:
        return Moment((found if known else found.replace(tzinfo=zone)).astimezone(UTC), written, known)
    except (OverflowError, ValueError):
        return None


def _iso(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _mail(text: str) -> datetime | None:
    """RFC 5322, and what RSS makes of it: names of zones, two-digit years."""
    try:
        return parsedate_to_datetime(_NAMED.sub(lambda found: _ZONES[found[1]], text))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _japanese(text: str) -> datetime | None:
    found = _JAPANESE.fullmatch(text)
    if found is None:
        return None
    try:
        return datetime(*(int(part) for part in found.groups(default="0")))  # type: ignore[arg-type] # noqa: DTZ001
    except ValueError:
        return None
