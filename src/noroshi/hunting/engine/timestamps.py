"""Times as logs write them, as microseconds since 1970 in UTC."""

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final, NamedTuple

EARLIEST: Final = int(datetime(1990, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000
LATEST: Final = int(datetime(2100, 1, 1, tzinfo=UTC).timestamp()) * 1_000_000


class Bounds(NamedTuple):
    """The first and last microsecond of times that can be right."""

    earliest: int = EARLIEST
    latest: int = LATEST


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_OFFSET = r"(?P<offset>Z|UTC|GMT|JST|[+-]\d{2}:?\d{2})?"
_YEAR_FIRST = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})[-/.月](?P<day>\d{1,2})日?"
    r"(?:[T\s]*(?P<hour>\d{1,2})[:時](?P<minute>\d{1,2})分?(?::?(?P<second>\d{1,2})秒?(?:[.,](?P<fraction>\d+))?)?)?"
    r"\s*" + _OFFSET,
    re.IGNORECASE,
)
_COMPACT = re.compile(
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})"
    r"(?:[.,](?P<fraction>\d+))?" + _OFFSET,
    re.IGNORECASE,
)
_WEB = re.compile(
    r"\[?(?P<day>\d{1,2})/(?P<month>[A-Za-z]{3})/(?P<year>\d{4})[: ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r":(?P<second>\d{2})(?:\.(?P<fraction>\d+))?\s*" + _OFFSET + r"\]?",
)
# As CEF, BIND, mail and Apache's error log write it: Oct 26 2022 20:01:31, 26-Oct-2022 20:01:31, Wed Oct 26 20:01 2022.
_MONTH_FIRST = re.compile(r"(?:[a-z]{3},? +)?(?P<month>[a-z]{3}) +(?P<day>\d{1,2}),? +(?P<rest>.+)", re.IGNORECASE)
_DAY_FIRST = re.compile(r"(?:[a-z]{3},? +)?(?P<day>\d{1,2})[ -](?P<month>[a-z]{3})[ -](?P<rest>.+)", re.IGNORECASE)
_YEAR_AND_CLOCK = re.compile(
    r"(?:(?P<year>\d{4}),? +)?(?P<clock>\d{1,2}:\d{2}:\d{2}(?:[.,]\d+)?)(?: (?P<last>\d{4}))? *(?P<offset>\S*)"
)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_FRACTION = re.compile(r"[.,](\d+)(.*)")
_NUMBER = re.compile(r"(\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.(\d+))?")
_MICROSECONDS_BY_DIGITS = {9: (1_000_000, 1), 10: (1_000_000, 1), 13: (1_000, 1), 16: (1, 1), 19: (1, 1_000)}
_ZONES = {"Z": UTC, "UTC": UTC, "GMT": UTC, "JST": timezone(timedelta(hours=9))}


def parse(raw: str, local: tzinfo) -> int | None:
    """Read a time: ISO 8601 and its usual relatives, the web log's, Japanese, or a number since 1970.

    A time without an offset is taken in ``local``. None when it cannot be read or lies outside 1990 to 2100.
    """
    place = _place_of_seconds(raw)
    seconds, rest = raw[place + 1 : place + 3], raw[place + 3 :]
    if raw[place : place + 1] != ":" or not (len(seconds) == 2 and seconds.isdecimal() and seconds < "60"):  # noqa: PLR2004 - two digits
        return calendar(raw, local)
    microseconds = 0
    if rest[:1] in {".", ","} and (match := _FRACTION.fullmatch(rest)):
        microseconds, rest = int(match[1].ljust(6, "0")[:6]), match[2]
    minute = calendar(f"{raw[:place]}:00{rest}", local)
    return None if minute is None else minute + int(seconds) * 1_000_000 + microseconds


def _place_of_seconds(raw: str) -> int:
    """Return where ``:SS`` begins in the two usual forms, so that the calendar is asked once a minute only."""
    if raw.startswith("["):
        return 18  # [01/Apr/2026:09:00
    return 17 if raw[2:3] == "/" else 16  # 01/Apr/2026:09:00, 2026-04-01T09:00


@lru_cache(maxsize=50_000)
def calendar(raw: str, local: tzinfo) -> int | None:
    """Read a time as `parse` does, which asks for whole minutes here so that each is read once."""
    stripped = raw.strip()
    if not stripped.isascii():
        stripped = unicodedata.normalize("NFKC", stripped)
    found = _from_number(stripped)
    if found is None:
        found = _from_calendar(stripped, local)
    return found if found is not None and EARLIEST <= found < LATEST else None


def _from_number(text: str) -> int | None:
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    multiply, divide = _MICROSECONDS_BY_DIGITS[len(match[1])]
    fraction = int((match[2] or "").ljust(6, "0")[:6]) if multiply > 1 else 0
    return int(match[1]) * multiply // divide + fraction * multiply // 1_000_000


def _from_calendar(text: str, local: tzinfo) -> int | None:
    text = _year_first(text)
    match = _YEAR_FIRST.fullmatch(text) or _WEB.fullmatch(text) or _COMPACT.fullmatch(text)
    if match is None:
        return None
    try:
        moment = datetime(*_numbers(match), tzinfo=_zone(match["offset"], local))
        return (moment - _EPOCH) // _MICROSECOND
    except (ValueError, OverflowError):  # the 31st of February, an hour 25, an offset of days
        return None


def month_number(name: str) -> int:
    """Return 1 to 12 for the first three letters of an English month, 0 for anything else."""
    return _MONTHS.get(name.lower(), 0)


def _year_first(text: str) -> str:
    """Write a time with a month's name as one that begins with its year; any other stays as it is."""
    match = _MONTH_FIRST.fullmatch(text) or _DAY_FIRST.fullmatch(text)
    rest = match and _YEAR_AND_CLOCK.fullmatch(match["rest"])
    if not match or not rest:
        return text
    year, month = rest["year"] or rest["last"], month_number(match["month"])
    return f"{year}-{month}-{match['day']} {rest['clock']} {rest['offset']}"


def _numbers(match: re.Match[str]) -> tuple[int, int, int, int, int, int, int]:
    month = match["month"]
    return (
        int(match["year"]),
        int(month) if month.isdigit() else month_number(month),
        int(match["day"]),
        int(match["hour"] or 0),
        int(match["minute"] or 0),
        int(match["second"] or 0),
        int((match["fraction"] or "").ljust(6, "0")[:6]),
    )


def _zone(offset: str | None, local: tzinfo) -> tzinfo:
    if not offset:
        return local
    named = _ZONES.get(offset.upper())
    if named:
        return named
    digits = offset[1:].replace(":", "")
    span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-span if offset[0] == "-" else span)
