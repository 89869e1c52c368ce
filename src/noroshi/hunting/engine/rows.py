"""From {role: text} to a staged CSV row with every column of `schema.STAGED_COLUMNS`.

Logs repeat themselves, so each distinct text of a role is normalised and written out as its piece of the row once;
a row is then a few look-ups and a join.
"""

from collections.abc import Callable
from datetime import tzinfo
from functools import partial
from typing import Final

from noroshi.hunting.engine import normalise, timestamps
from noroshi.hunting.engine.reasons import BadLineError, LineReason
from noroshi.hunting.engine.schema import SLOTS

MAX_FIELD: Final = 16_384
_REMEMBERED = 100_000
_PLACES = {role: place for place, role in enumerate(SLOTS)}
_BLANK = [",".join("" for _ in columns) for columns in SLOTS.values()]
_TIME, _FILE, _LINE = _PLACES["time"], _PLACES["file"], _PLACES["line"]
# Cutting eleven digits off microseconds leaves spans of 28 hours: about a day, without arithmetic.
_SPAN_DIGITS = 11

Values = tuple[str | int | None, ...]


class RowWriter:
    """Writes the rows of one ingest; ``spans`` collects the days (of 28 hours) since it was last cleared."""

    def __init__(self, key: bytes, local: tzinfo) -> None:
        self.spans: set[str] = set()
        self._pieces = {role: (_PLACES[role], _Pieces(values)) for role, values in _roles(key, local).items()}
        # A host without a URL takes the URL's place in the row.
        self._pieces["host"] = (_PLACES["url"], _Pieces(lambda raw: (None, normalise.host(raw))))

    def row(self, file: int, line: int, fields: dict[str, str]) -> str:
        """Return one CSV row; raise `BadLineError` when it cannot be an event."""
        row = _BLANK.copy()
        for role, raw in fields.items():
            place, pieces = self._pieces[role]
            row[place] = pieces[raw]
        time = row[_TIME]
        if not time:
            raise BadLineError(LineReason.TIME)
        self.spans.add(time[:-_SPAN_DIGITS])
        row[_FILE], row[_LINE] = str(file), str(line)
        return ",".join(row)


class _Pieces(dict[str, str]):
    """Raw text of one role -> its columns as a piece of CSV."""

    def __init__(self, values: Callable[[str], Values]) -> None:
        super().__init__()
        self._values = values

    def __missing__(self, raw: str) -> str:
        if len(raw) > MAX_FIELD:
            raise BadLineError(LineReason.FIELD_TOO_LONG)
        if len(self) >= _REMEMBERED:
            self.clear()
        piece = self[raw] = ",".join(map(_cell, self._values(raw)))
        return piece


def _cell(value: str | int | None) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else '"' + value.replace('"', '""') + '"'


def _roles(key: bytes, local: tzinfo) -> dict[str, Callable[[str], Values]]:
    """How each role's text becomes the values of its columns."""
    single: dict[str, Callable[[str], str | int | None]] = {
        "time": partial(timestamps.parse, local=local),
        "action": normalise.text,
        "outcome": normalise.text,
        "status": _status,
        "user": partial(_pseudonym, key=key),
        "account": partial(_pseudonym, key=key),
        "session": partial(_pseudonym, key=key),
        "device": normalise.text,
        "user_agent": normalise.text,
        "domain": normalise.host,
        "dns_query": normalise.host,
        "email": normalise.email,
        **{kind: partial(normalise.digest, kind=kind) for kind in normalise.DIGEST_LENGTHS},
    }
    return {
        **{role: partial(_alone, canonical=canonical) for role, canonical in single.items()},
        "src_ip": _address,
        "dst_ip": _address,
        "url": _url,
        "referrer": _url,
    }


def _alone(raw: str, canonical: Callable[[str], str | int | None]) -> Values:
    return (canonical(raw),)


def _pseudonym(raw: str, key: bytes) -> str | None:
    canonical = normalise.account(raw)
    return normalise.pseudonym(canonical, key) if canonical else None


def _status(raw: str) -> int | None:
    stripped = raw.strip().removesuffix(".000000")
    return int(stripped) if len(stripped) <= 9 and stripped.isascii() and stripped.isdigit() else None  # noqa: PLR2004 - fits INTEGER


def _address(raw: str) -> Values:
    found = normalise.address(raw)
    return (found.text, found.v4, found.v6_hi, found.v6_lo) if found else (None, None, None, None)


def _url(raw: str) -> Values:
    found = normalise.url(raw)
    return (found.text, found.host) if found else (None, None)
