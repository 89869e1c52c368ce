"""How urgent a vulnerability is for one system: by tables that anybody can read, so that an auditor can replay it.

A table lists every combination of what is known of a system and a vulnerability, and what follows. What is not known is
never guessed to be harmless: of all rows that fit what is known, the gravest one decides, and the decision says what it
did not know.
"""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from itertools import product
from math import prod
from typing import Any, Final

OUTCOME: Final = "outcome"
MOST_ROWS: Final = 20_000


class TableError(ValueError):
    """A table is not complete, contradicts itself, or says what nobody can act on; the message says where."""


@dataclass(frozen=True)
class Due:
    """Until when something has to be done: in ``days``, None with the next upgrade; with forensics before, or not."""

    days: int | None
    forensics: bool = False


@dataclass(frozen=True)
class Outcome:
    """What follows, by its name in the table."""

    name: str
    due: Due


@dataclass(frozen=True)
class Shape:
    """What a table asks and answers: each input with its values from harmless to grave, and outcomes likewise."""

    name: str
    version: str
    inputs: Mapping[str, Sequence[str]]
    outcomes: Sequence[Outcome]
    source: str = ""
    """Where it comes from, and its licence."""


@dataclass(frozen=True)
class Table:
    """A decision table: one outcome for each combination of its inputs' values."""

    shape: Shape
    rows: Mapping[tuple[str, ...], str]

    @property
    def label(self) -> str:
        """By what name and version a decision says that it was made."""
        return f"{self.shape.name} {self.shape.version}"


@dataclass(frozen=True)
class Decision:
    """What followed of what was known; `stored` of it is all that it takes to replay it."""

    table: str
    known: Mapping[str, str]
    not_known: tuple[str, ...]
    """The inputs for which the gravest value was taken that fits."""
    row: tuple[str, ...]
    """The row that decided: a value for each of the table's inputs, in their order."""
    outcome: Outcome

    @property
    def stored(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "table": self.table,
            "known": dict(self.known),
            "not_known": list(self.not_known),
            "row": list(self.row),
            "outcome": self.outcome.name,
            "days": self.outcome.due.days,
            "forensics": self.outcome.due.forensics,
        }


def decide(table: Table, known: Mapping[str, str | None]) -> Decision:
    """Return what follows by `table` of what is `known`; an input that is missing, None or no value is not known."""
    shape = table.shape
    said = {name: str(known[name]) for name, values in shape.inputs.items() if known.get(name) in values}
    fitting = product(*((said[name],) if name in said else values for name, values in shape.inputs.items()))
    gravity = {outcome.name: place for place, outcome in enumerate(shape.outcomes)}
    row = max(fitting, key=lambda row: gravity[table.rows[row]])
    outcome = shape.outcomes[gravity[table.rows[row]]]
    missing = tuple(name for name in shape.inputs if name not in said)
    return Decision(table.label, said, missing, row, outcome)


def is_replayed(table: Table, stored: Mapping[str, Any]) -> bool:
    """Tell whether `table` still comes to what a decision says that it came to."""
    return decide(table, stored["known"]).stored == dict(stored)


def read_table(shape: Shape, text: str) -> Table:
    """Return the table that a CSV file has: a column for each input, and ``outcome``. Raises TableError."""
    rows: dict[tuple[str, ...], str] = {}
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    if missing := [name for name in (*shape.inputs, OUTCOME) if name not in (reader.fieldnames or ())]:
        raise TableError(f"no column {missing[0]}")
    outcomes = {outcome.name for outcome in shape.outcomes}
    for line, row in enumerate(_few(reader), 2):
        key = tuple(_value(shape, name, row[name], line) for name in shape.inputs)
        outcome = (row[OUTCOME] or "").strip()
        if outcome not in outcomes:
            raise TableError(f"line {line}: no outcome {outcome!r}")
        if rows.setdefault(key, outcome) != outcome:
            raise TableError(f"line {line}: another row says {rows[key]!r} of the same")
    if len(rows) != (wanted := prod(len(values) for values in shape.inputs.values())):
        gap = next(key for key in product(*shape.inputs.values()) if key not in rows)
        raise TableError(f"{wanted - len(rows)} combinations have no row: {', '.join(gap)}")
    return Table(shape, rows)


def _few(rows: Iterable[dict[str, str | None]]) -> Iterable[dict[str, str | None]]:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise TableError(f"more than {MOST_ROWS:,} rows")
        yield row


def _value(shape: Shape, name: str, text: str | None, line: int) -> str:
    value = (text or "").strip()
    if value not in shape.inputs[name]:
        raise TableError(f"line {line}: {name} has no value {value!r}")
    return value


_NO_YES: Final = ("no", "yes")
_IMPACT: Final = ("partial", "total")
_EXPLOITATION: Final = ("none", "poc", "active")
_EXPOSURE: Final = ("small", "controlled", "open")
_IMPORTANCE: Final = ("low", "medium", "high", "very high")
INPUTS: Final[Mapping[str, tuple[str, ...]]] = {
    "kev": _NO_YES,
    "exposed": _NO_YES,
    "automatable": _NO_YES,
    "impact": _IMPACT,
    "exploitation": _EXPLOITATION,
    "exposure": _EXPOSURE,
    "importance": _IMPORTANCE,
}
"""All that a table can ask, each with its values from harmless to grave."""

BOD_26_04: Final = Shape(
    "BOD 26-04",
    "1.0.0",
    {"kev": _NO_YES, "exposed": _NO_YES, "automatable": _NO_YES, "impact": _IMPACT},
    (
        Outcome("next upgrade", Due(None)),
        Outcome("60 days", Due(60)),
        Outcome("14 days", Due(14)),
        Outcome("3 days", Due(3)),
        Outcome("3 days, forensics", Due(3, forensics=True)),
    ),
    "CISA BOD 26-04 Remediation Timelines 1.0.0, as CERTCC/SSVC publishes it (MIT)",
)
SSVC_DEPLOYER: Final = Shape(
    "SSVC deployer",
    "1.0.0",
    {"exploitation": _EXPLOITATION, "exposure": _EXPOSURE, "automatable": _NO_YES, "importance": _IMPORTANCE},
    (
        Outcome("defer", Due(None)),
        Outcome("scheduled", Due(90)),
        Outcome("out of cycle", Due(14)),
        Outcome("immediate", Due(3)),
    ),
    "CERTCC/SSVC Deployer Patch Application Priority 1.0.0 (MIT); human impact is importance here, the days are ours",
)
HOUSE: Final = Shape(
    "House",
    "1.0.0",
    {"exploitation": _EXPLOITATION, "exposure": _EXPOSURE, "importance": _IMPORTANCE},
    (
        Outcome("next upgrade", Due(None)),
        Outcome("90 days", Due(90)),
        Outcome("30 days", Due(30)),
        Outcome("14 days", Due(14)),
        Outcome("3 days", Due(3)),
    ),
    "Noroshi's own beginning: exploitation weighs twice, exposure and importance once",
)
_FILES: Final = {"bod-26-04.csv": BOD_26_04, "ssvc-deployer.csv": SSVC_DEPLOYER, "house.csv": HOUSE}


def tables() -> dict[str, Table]:
    """Return the tables that come along, by their labels."""
    folder = files(__name__) / "tables"
    read = (read_table(shape, (folder / name).read_text("utf-8")) for name, shape in _FILES.items())
    return {table.label: table for table in read}


def importance_of(availability: str, confidentiality: str) -> str:
    """Return how much a business depends on a system: the graver of what its loss and its disclosure would do.

    Both are classes of `importance`, from "low" to "very high"; what is none of them counts as "very high".
    """
    places = [_IMPORTANCE.index(each) if each in _IMPORTANCE else 3 for each in (availability, confidentiality)]
    return _IMPORTANCE[max(places)]
