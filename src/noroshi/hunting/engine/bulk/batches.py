"""Blocks of lines gathered into batches, and a batch as DuckDB's table ``lines`` (line, text)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import duckdb

from noroshi.hunting.engine.log_file import numbered

MAX_LINES: Final = 131_072
MAX_CHARACTERS: Final = 32 << 20
LONGEST: Final = 16_384
"""Characters of a line that SQL takes: none of its values can then be too long."""

# One long text instead of many of the size of a block takes four times as long.
_LINES: Final = """
CREATE OR REPLACE TEMP TABLE lines AS
SELECT row_number() OVER () + {before} AS line, text
FROM (SELECT unnest(string_split(block, chr(10))) AS text FROM (SELECT unnest(?::VARCHAR[]) AS block))
"""


@dataclass(frozen=True, slots=True)
class Batch:
    """Blocks of whole lines that follow each other, the first with the number ``first``, the last with ``last``."""

    first: int
    last: int
    blocks: Sequence[str]

    def holds(self, sign: str) -> bool:
        """Tell whether a sign stands anywhere in the lines."""
        return any(sign in block for block in self.blocks)

    def numbered(self) -> Iterator[tuple[int, str]]:
        """Yield (number, line) of each line that is not blank."""
        return numbered(self.first, "\n".join(self.blocks))


def batches(blocks: Iterable[tuple[int, str]]) -> Iterator[Batch]:
    """Gather blocks of lines (number of the first, text) that follow each other."""
    texts: list[str] = []
    begins, lines, characters = 1, 0, 0
    for first, text in blocks:
        begins = begins if texts else first
        texts.append(text)
        lines, characters = lines + text.count("\n") + 1, characters + len(text)
        if lines >= MAX_LINES or characters >= MAX_CHARACTERS:
            yield Batch(begins, begins + lines - 1, texts)
            texts, lines, characters = [], 0, 0
    if texts:
        yield Batch(begins, begins + lines - 1, texts)


def load(duck: duckdb.DuckDBPyConnection, batch: Batch) -> bool:
    """Make the table ``lines``, blank ones among them; return False where some sign is for the readers."""
    if batch.holds("\0") or batch.holds("\r"):
        return False
    duck.execute(_LINES.format(before=batch.first - 1), [batch.blocks]).fetchall()
    return True
