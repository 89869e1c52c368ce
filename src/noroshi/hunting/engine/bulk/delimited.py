"""Lines of CSV and its relatives without a quotation mark: each is a record, cut at every delimiter."""

# ruff: noqa: S608 - cells are numbered, roles are names of `schema.ROLES`
from collections.abc import Sequence

import duckdb

from noroshi.hunting.engine.aliases import FieldRoles
from noroshi.hunting.engine.bulk.batches import LONGEST
from noroshi.hunting.engine.bulk.composing import compose
from noroshi.hunting.engine.bulk.naming import by_role
from noroshi.hunting.engine.conditions import literal


class DelimitedLines:
    """Makes ``raw`` of lines with as many cells as a header."""

    def __init__(self, header: Sequence[str], delimiter: str, roles: FieldRoles) -> None:
        self._cells = f"string_split(text, {literal(delimiter)})"
        self._width = len(header)
        self._named = by_role([(name, f"cells[{place}]") for place, name in enumerate(header, start=1)], roles)

    def extract(self, duck: duckdb.DuckDBPyConnection) -> Sequence[str] | None:
        """Make the view ``raw`` of the lines that are plain and not the header; None where SQL can take none."""
        if self._named is None:
            return None
        select = ", ".join(f'{expression} AS "{role}"' for role, expression in self._named.items())
        duck.execute(
            f"CREATE OR REPLACE TEMP VIEW named AS SELECT line, {select} "
            f"FROM (SELECT line, {self._cells} AS cells FROM lines WHERE line > 1 AND strlen(text) <= {LONGEST} "
            "OFFSET 0) "  # else lines would be cut once for the condition and once more for the cells
            f"WHERE len(cells) = {self._width}"
        ).fetchall()
        return compose(duck, self._named.keys())
