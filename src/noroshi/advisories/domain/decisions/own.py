"""A decision table that an institution wrote itself, as CSV or JSON: read strictly, or refused with the place.

Its inputs are those that are known here, its values theirs; ``*`` stands for each of them. Every combination has one
outcome, and an outcome says the same days wherever it stands.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from typing import Any, Final

from noroshi.advisories.domain.decisions import INPUTS, MOST_ROWS, OUTCOME, Due, Outcome, Shape, Table, TableError

DAYS: Final = "days"
FORENSICS: Final = "forensics"
EACH: Final = "*"
MOST_DAYS: Final = 3_650
MOST_OUTCOMES: Final = 30
LONGEST_OUTCOME: Final = 60
_NO_YES: Final = {"": False, "no": False, "yes": True}

Row = tuple[int, Mapping[str, str]]
"""A row with its place: the line of a CSV file, or which of the rows of JSON."""


class TableFaultError(TableError):
    """Why a table is not taken, by a name that a page has a sentence for, and what that sentence names."""

    def __init__(self, fault: str, **said: object) -> None:
        super().__init__(f"{fault} {said}" if said else fault)
        self.fault = fault
        self.said = said


def read_own(name: str, version: str, text: str) -> Table:
    """Return the table that a CSV or JSON file holds. Raises TableFaultError."""
    text = text.removeprefix("\ufeff")
    columns, rows = _of_json(text) if text.lstrip().startswith("{") else _of_csv(text)
    names = [column for column in columns if column not in (OUTCOME, DAYS, FORENSICS)]
    if unknown := [column for column in names if column not in INPUTS]:
        raise TableFaultError("unknown input", name=unknown[0])
    if len(set(columns)) < len(columns):
        raise TableFaultError("column twice")
    if missing := [column for column in (OUTCOME, DAYS) if column not in columns]:
        raise TableFaultError("no column", name=missing[0])
    if not names:
        raise TableFaultError("no input")
    inputs = {name: INPUTS[name] for name in INPUTS if name in names}
    return _table(name, version, inputs, rows)


def _table(name: str, version: str, inputs: Mapping[str, tuple[str, ...]], rows: Iterable[Row]) -> Table:
    outcomes: dict[str, Outcome] = {}
    found: dict[tuple[str, ...], str] = {}
    for place, row in rows:
        outcome = _outcome(place, row)
        if outcomes.setdefault(outcome.name, outcome) != outcome:
            raise TableFaultError("outcome contradicts", place=place, outcome=outcome.name)
        for key in product(*(_values(place, each, values, row.get(each, "")) for each, values in inputs.items())):
            if found.setdefault(key, outcome.name) != outcome.name:
                raise TableFaultError("row contradicts", place=place, values=", ".join(key), outcome=found[key])
    if len(outcomes) > MOST_OUTCOMES:
        raise TableFaultError("too many outcomes", limit=MOST_OUTCOMES)
    gap = next((key for key in product(*inputs.values()) if key not in found), None)
    if gap is not None:
        raise TableFaultError("not total", values=", ".join(gap))
    return Table(Shape(name, version, inputs, sorted(outcomes.values(), key=_gravity)), found)


def _gravity(outcome: Outcome) -> tuple[float, bool, str]:
    days = float("inf") if outcome.due.days is None else outcome.due.days
    return -days, outcome.due.forensics, outcome.name


def _outcome(place: int, row: Mapping[str, str]) -> Outcome:
    name = " ".join(row.get(OUTCOME, "").split())
    if not name or len(name) > LONGEST_OUTCOME:
        raise TableFaultError("no outcome", place=place, limit=LONGEST_OUTCOME)
    days, forensics = row.get(DAYS, "").strip(), row.get(FORENSICS, "").strip().casefold()
    if days and not (days.isascii() and days.isdigit() and int(days[:6]) <= MOST_DAYS and len(days) <= 4):  # noqa: PLR2004 - 3650
        raise TableFaultError("no days", place=place, value=days[:40], limit=MOST_DAYS)
    if forensics not in _NO_YES:
        raise TableFaultError("no yes or no", place=place, value=forensics[:40])
    return Outcome(name, Due(int(days) if days else None, _NO_YES[forensics]))


def _values(place: int, name: str, values: tuple[str, ...], text: str) -> tuple[str, ...]:
    said = text.strip()
    if said == EACH:
        return values
    if said not in values:
        raise TableFaultError("unknown value", place=place, name=name, value=said[:40], values=", ".join(values))
    return (said,)


def _of_csv(text: str) -> tuple[list[str], Iterator[Row]]:
    reader = csv.DictReader(io.StringIO(text))
    try:
        columns = [(name or "").strip() for name in reader.fieldnames or ()]
    except csv.Error as error:
        raise TableFaultError("unreadable") from error
    reader.fieldnames = columns
    return columns, _few((number, row) for number, row in enumerate(_lines(reader), 2))


def _lines(reader: "csv.DictReader[str]") -> Iterator[dict[str, str]]:
    try:
        for row in reader:
            yield {name: value for name, value in row.items() if isinstance(name, str) and isinstance(value, str)}
    except csv.Error as error:
        raise TableFaultError("unreadable") from error


def _of_json(text: str) -> tuple[list[str], Iterator[Row]]:
    """Return columns and rows of ``{"rows": [{"kev": "yes", "outcome": "now", "days": 3, "forensics": true}]}``."""
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise TableFaultError("unreadable") from error
    rows = whole.get("rows")
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TableFaultError("no rows")
    columns = list(dict.fromkeys(str(name) for row in rows for name in row))
    return columns, _few(
        (number, {name: _text(row.get(name)) for name in columns}) for number, row in enumerate(rows, 1)
    )


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value) if isinstance(value, str | int) else "?"


def _few(rows: Iterable[Row]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise TableFaultError("too many rows", limit=MOST_ROWS)
        yield row


def stored_table(table: Table) -> dict[str, Any]:
    """Return a table's content as JSON."""
    return {
        "inputs": list(table.shape.inputs),
        "outcomes": [[each.name, each.due.days, each.due.forensics] for each in table.shape.outcomes],
        "rows": [[*key, table.rows[key]] for key in product(*table.shape.inputs.values())],
    }


def of_stored_table(name: str, version: str, content: Mapping[str, Any]) -> Table:
    """Return the table that `stored_table` was made of."""
    outcomes = [Outcome(said, Due(days, forensics)) for said, days, forensics in content["outcomes"]]
    inputs = {each: INPUTS[each] for each in content["inputs"]}
    return Table(Shape(name, version, inputs, outcomes), {tuple(row[:-1]): row[-1] for row in content["rows"]})


def csv_rows(table: Table) -> Iterator[list[str]]:
    """Yield a table line by line as `read_own` reads it."""
    due = {each.name: each.due for each in table.shape.outcomes}
    yield [*table.shape.inputs, OUTCOME, DAYS, FORENSICS]
    for key in product(*table.shape.inputs.values()):
        said = due[table.rows[key]]
        days = "" if said.days is None else str(said.days)
        yield [*key, table.rows[key], days, "yes" if said.forensics else "no"]
