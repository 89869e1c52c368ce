"""Blocks of lines gathered into batches, and a batch as DuckDB's table ``lines`` (line, text)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import duckdb

MAX_LINES: Final = 131_072
MAX_CHARACTERS: Final = 32 << 20
LONGEST: Final = 16_384
"""Characters of a line that SQL takes: none of its values can then be too long."""

_LINES: Final = """
CREATE OR REPLACE TEMP TABLE lines AS
SELECT row_number() OVER () + {before} AS line, text FROM (SELECT unnest(string_split(?, chr(10))) AS text)
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole lines; the first and the last have the numbers ``first`` and ``last``."""

    first: int
    last: int
    text: str


def batches(blocks: Iterable[tuple[int, str]]) -> Iterator[Batch]:
    """Gather blocks of lines (number of the first, text) that follow each other."""
    texts: list[str] = []
    begins, lines, characters = 1, 0, 0
    for first, text in blocks:
        begins = begins if texts else first
        texts.append(text)
        lines, characters = lines + text.count("\n") + 1, characters + len(text)
        if lines >= MAX_LINES or characters >= MAX_CHARACTERS:
            yield Batch(begins, begins + lines - 1, "\n".join(texts))
            texts, lines, characters = [], 0, 0
    if texts:
        yield Batch(begins, begins + lines - 1, "\n".join(texts))


def load(duck: duckdb.DuckDBPyConnection, batch: Batch) -> bool:
    """Make the table ``lines``, blank ones among them; return False where some sign is for the readers."""
    if "\0" in batch.text or "\r" in batch.text:
        return False
    duck.execute(_LINES.format(before=batch.first - 1), [batch.text]).fetchall()
    return True
