"""From {role: text} to a staged CSV row with every column of `schema.STAGED_COLUMNS`.

Logs repeat themselves, so each distinct text of a role is normalised and written out as its piece of the row once;
a row is then a few look-ups and a join.
"""

from collections.abc import Callable, Mapping
from datetime import tzinfo
from functools import partial
from typing import Final

from noroshi.hunting.engine import normalise, timestamps, vocabulary
from noroshi.hunting.engine.reasons import BadLineError, LineReason
from noroshi.hunting.engine.schema import SLOTS
from noroshi.hunting.engine.timestamps import Bounds

MAX_FIELD: Final = 16_384
_REMEMBERED = 100_000
_PLACES = {role: place for place, role in enumerate(SLOTS)}
_BLANK = [",".join("" for _ in columns) for columns in SLOTS.values()]
_TIME, _FILE, _LINE = _PLACES["time"], _PLACES["file"], _PLACES["line"]
# Cutting eleven digits off microseconds leaves spans of 28 hours: about a day, without arithmetic.
SPAN_DIGITS: Final = 11

# A host without a URL takes the URL's place in the row.
SHARED: Final = {"host": "url"}
# Digits that an INTEGER and a BIGINT surely hold.
_MAX_SHORT, _MAX_BYTES = 9, 18


_ANY_TIME: Final = Bounds()
Columns = Callable[[str], tuple[str | int | None, ...]]


class RowWriter:
    """Writes the rows of one ingest; ``spans`` collects the days (of 28 hours) since it was last cleared."""

    def __init__(self, columns: Mapping[str, Columns]) -> None:
        self.spans: set[str] = set()
        self._pieces = {role: (_PLACES[SHARED.get(role, role)], _Pieces(found)) for role, found in columns.items()}

    def row(self, file: int, line: int, fields: dict[str, str]) -> str:
        """Return one CSV row; raise `BadLineError` when it cannot be an event."""
        row = _BLANK.copy()
        for role, raw in fields.items():
            place, pieces = self._pieces[role]
            row[place] = pieces[raw]
        time = row[_TIME]
        if not time:
            raise BadLineError(LineReason.TIME)
        self.spans.add(time[:-SPAN_DIGITS])
        row[_FILE], row[_LINE] = str(file), str(line)
        return ",".join(row)


class _Pieces(dict[str, str]):
    """Raw text of one role -> its columns as a piece of CSV."""

    def __init__(self, columns: Columns) -> None:
        super().__init__()
        self._columns = columns

    def __missing__(self, raw: str) -> str:
        if len(raw) > MAX_FIELD:
            raise BadLineError(LineReason.FIELD_TOO_LONG)
        if len(self) >= _REMEMBERED:
            self.clear()
        piece = self[raw] = ",".join(map(_cell, self._columns(raw)))
        return piece


def _cell(value: str | int | None) -> str:
    if isinstance(value, str):
        return '"' + value.replace('"', '""') + '"'
    return "" if value is None else str(value)


def columns_by_role(key: bytes, local: tzinfo, bounds: Bounds = _ANY_TIME) -> dict[str, Columns]:
    """Return how the text of each role becomes the values of its columns (see `schema.SLOTS`).

    Times without an offset are taken in ``local``; of one out of ``bounds``, a wrong clock's, a `BadLineError` says so.
    """
    pseudonym = normalise.account_pseudonyms(key)
    texts: dict[str, Callable[[str], str | None]] = {
        "class": vocabulary.event_class,
        "action": normalise.text,
        "outcome": vocabulary.outcome,
        "user": pseudonym,
        "account": pseudonym,
        "beneficiary": pseudonym,
        "currency": vocabulary.currency,
        "session": pseudonym,
        "device": normalise.text,
        "user_agent": normalise.text,
        "domain": normalise.host,
        "dns_query": normalise.host,
        "dns_rcode": vocabulary.dns_rcode,
        "email": normalise.email,
        **{kind: partial(normalise.digest, kind=kind) for kind in normalise.DIGEST_LENGTHS},
        "process": normalise.text,
        "reporter": normalise.text,
        "country": vocabulary.country,
        "ja3": vocabulary.ja3,
        "ja4": vocabulary.ja4,
        "event_code": normalise.text,
        "rule": normalise.text,
    }
    return {
        **{role: _text(canonical) for role, canonical in texts.items()},
        "time": partial(_time, local=local, bounds=bounds),
        "amount": _amount,
        "bytes_out": partial(_number, digits=_MAX_BYTES),
        **{role: partial(_number, digits=_MAX_SHORT) for role in ("status", "src_port", "dst_port")},
        "src_ip": _address,
        "dst_ip": _address,
        "url": _url,
        "referrer": _url,
        "host": _host,
    }


def _text(canonical: Callable[[str], str | None]) -> Columns:
    return lambda raw: (canonical(raw),)


def _time(raw: str, local: tzinfo, bounds: Bounds) -> tuple[int | None]:
    microseconds = timestamps.parse(raw, local)
    if microseconds is not None and microseconds > bounds.latest:
        raise BadLineError(LineReason.FUTURE)
    if microseconds is not None and microseconds < bounds.earliest:
        raise BadLineError(LineReason.PAST)
    return (microseconds,)


def _number(raw: str, digits: int) -> tuple[int | None]:
    stripped = raw.strip().removesuffix(".000000")  # a whole number that came as a float
    fits = len(stripped) <= digits and stripped.isascii() and stripped.isdigit()
    return (int(stripped) if fits else None,)


def _amount(raw: str) -> tuple[int | None]:
    return (vocabulary.amount_band(raw),)


def _address(raw: str) -> tuple[str | int | None, ...]:
    return normalise.address(raw) or (None, None, None, None)


def _url(raw: str) -> tuple[str | None, str | None]:
    return normalise.url(raw) or (None, None)


def _host(raw: str) -> tuple[None, str | None]:
    return None, normalise.host(raw)
