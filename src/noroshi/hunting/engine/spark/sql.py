"""What needles mean, in Spark's SQL: the same as in `lookup` and `scan`, over the views key, idx and events.

An event is turned into all that it shows, a row of the index into all that it counts; then one join with the keys
finds everything. A query of Spark costs its plan before it reads a byte, so there is one and not one for each kind.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from noroshi.hunting.engine.conditions import masks, number
from noroshi.hunting.engine.index import DAY, STORED_FIRST, STORED_LAST
from noroshi.hunting.engine.observables import BITS, KINDS, PAIRS
from noroshi.hunting.engine.schema import COLUMNS

Asked = Sequence[tuple[str, int]]
"""The kinds of needles that are asked for, each with a prefix length that is; 0 for a kind without one."""

TYPES: Final = {"VARCHAR": "string", "BIGINT": "bigint", "INTEGER": "int", "TIMESTAMP WITH TIME ZONE": "timestamp"}
EVENTS: Final = ", ".join(f"{name} {TYPES[kind]}" for name, kind in COLUMNS.items())
"""The schema by which parts of the events are read: a column that a part has not is NULL."""

INDEX: Final = (
    "type smallint, key bigint, key2 bigint, organisation string, epoch int, days bigint, n bigint, first bigint, "
    "span bigint, unit int"
)

_DAY_OF: Final = "shiftleft(1L, cast(({time}) div " + str(DAY) + " - epoch AS int))"
_TOLD: Final = " | ".join(_DAY_OF.format(time=time) for time in (STORED_FIRST, STORED_LAST))
INDEX_ROW: Final = (
    "* EXCEPT (days, first, span, unit)",
    f"coalesce(days, 0L) | {_TOLD} AS days",
    f"{STORED_FIRST} AS first",
    f"{STORED_LAST} AS last",
)
"""The columns of a row: the days of the first and last time are told by these, and not kept."""

_EXACT: Final = -1
"""In place of a prefix length, where a row of the index is met by its whole key."""

_NAMES_ABOVE: Final = (
    "transform(sequence(1, length({name}) - length(replace({name}, '.')) + 1), n -> substring_index({name}, '.', -n))"
)
_SHOWN: Final = "named_struct('kind', '{kind}', 'prefix', {prefix}, 'n0', {n0}, 'n1', {n1}, 't0', {t0}, 'rest', {rest})"
_COUNTED: Final = "named_struct('type', {type}, 'prefix', {prefix}, 'k0', {k0}, 'k1', {k1}, 'n', {n})"
_NO_NUMBER, _NO_TEXT = "0L", "''"

_MATCHED: Final = """
SELECT DISTINCT k.needle, o.organisation, o.source, o.time, o.file, o.line
FROM (SELECT organisation, source, unix_micros(time) AS time, file, line, inline({shown}) FROM events) AS o
JOIN (SELECT needle, kind, prefix, coalesce(n0, 0L) AS n0, coalesce(n1, 0L) AS n1, coalesce(t0, '') AS t0, t1
      FROM key WHERE {wanted}) AS k
ON k.kind = o.kind AND k.prefix = o.prefix AND k.n0 = o.n0 AND k.n1 = o.n1 AND k.t0 = o.t0
AND (k.t1 IS NULL OR startswith(o.rest, k.t1) AND substr(o.rest, length(k.t1) + 1, 1) IN ('', '/', '?', '&'))
"""
_FOUND: Final = """
SELECT k.needle, o.organisation, o.epoch, bit_or(o.days) AS days, sum(o.n) AS n, min(o.first) AS first,
       max(o.last) AS last, bool_or(k.deep OR NOT o.inside) AS cut
FROM (SELECT organisation, epoch, days, first, last, {inside} AS inside, inline({counted}) FROM idx) AS o
JOIN (SELECT needle, deep, type, if(type > 0, {exact}, prefix) AS prefix, h0 AS k0, h1 AS k1 FROM key) AS k
ON k.type = o.type AND k.prefix = o.prefix AND k.k0 = o.k0 AND k.k1 = o.k1
GROUP BY 1, 2, 3
"""


def matched(asked: Asked, wanted: str) -> str:
    """Return SQL of (needle, organisation, source, time, file, line), each once, for events that show a needle."""
    places = [(kind, prefix, place) for kind, prefix in asked for place in KINDS[kind].places]
    shown = ", ".join(_shown(*each) for each in places)
    return _MATCHED.format(shown=f"flatten(filter(array({shown}), each -> each IS NOT NULL))", wanted=wanted)


def found_in_index(asked: Asked, inside: str) -> str:
    """Return SQL of (needle, organisation, epoch, days, n, first, last, cut) for what rows of the index show."""
    exact = _COUNTED.format(type="type", prefix=_EXACT, k0="key", k1="key2", n="n")
    counted = ", ".join([exact, *_networks(asked)])
    counted = f"filter(array({counted}), each -> each IS NOT NULL)"
    return _FOUND.format(inside=inside, counted=counted, exact=_EXACT)


def _shown(kind: str, prefix: int, place: Sequence[str]) -> str:
    """SQL of an array of what the columns of a place show; NULL where they are empty."""
    first = place[0]
    if kind in BITS:
        halves = [f"{column} & {number(mask)}" for column, mask in zip(place, masks(kind, prefix), strict=True)]
        shown = _one(kind, prefix, n0=halves[0], n1=halves[-1] if len(halves) > 1 else _NO_NUMBER)
    elif kind == "host":
        names = _NAMES_ABOVE.format(name=first)
        return f"if({first} IS NULL, NULL, transform({names}, name -> {_one(kind, prefix, t0='name')}))"
    else:
        shown = _one(kind, prefix, t0=first, rest=place[-1] if kind == "url" else _NO_TEXT)
    return f"if({first} IS NULL, NULL, array({shown}))"


def _one(
    kind: str, prefix: int, *, n0: str = _NO_NUMBER, n1: str = _NO_NUMBER, t0: str = _NO_TEXT, rest: str = _NO_TEXT
) -> str:
    return _SHOWN.format(kind=kind, prefix=prefix, n0=n0, n1=n1, t0=t0, rest=rest)


def _networks(asked: Asked) -> Iterator[str]:
    """SQL of what a row counts for each network that its address lies in; less, where it counts pairs of addresses."""
    for kind, prefix in asked:
        if prefix < BITS.get(kind, 0):
            halves = [
                f"{half} & {number(mask)}" for half, mask in zip(("key", "key2"), masks(kind, prefix), strict=False)
            ]
            k1 = halves[1] if len(halves) > 1 else _NO_NUMBER
            own = KINDS[kind].number
            first, last = PAIRS[kind] + prefix, PAIRS[kind] + BITS[kind] - 1
            counted = _COUNTED.format(type=-own, prefix=prefix, k0=halves[0], k1=k1, n=f"if(type = {own}, n, -n)")
            yield f"if(type = {own} OR type BETWEEN {first} AND {last}, {counted}, NULL)"
