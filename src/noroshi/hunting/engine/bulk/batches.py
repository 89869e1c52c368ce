"""Blocks of lines gathered into batches, and a batch as DuckDB's table ``lines`` (line, text)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb

from noroshi.hunting.engine.conditions import literal

MAX_LINES: Final = 131_072
MAX_CHARACTERS: Final = 32 << 20
LONGEST: Final = 16_384
"""Characters of a line that SQL takes: none of its values can then be too long."""

_NOTHING, _BETWEEN = "\x02", "\x01"
_LINES: Final = f"""
CREATE OR REPLACE TEMP TABLE lines AS SELECT row_number() OVER () + {{first}} - 1 AS line, text
FROM read_csv({{path}}, header = false, auto_detect = false, columns = {{{{'text': 'VARCHAR'}}}}, delim = '{_BETWEEN}',
              quote = '', escape = '', nullstr = '{_NOTHING}', new_line = '\\n', strict_mode = false,
              max_line_size = 4000000)
"""  # noqa: S608 - our own


@dataclass(frozen=True, slots=True)
class Batch:
    """Whole lines; the first has the number ``first``."""

    first: int
    text: str

    @property
    def last(self) -> int:
        """The number of its last line."""
        return self.first + self.text.count("\n")


def batches(blocks: Iterable[tuple[int, str]]) -> Iterator[Batch]:
    """Gather blocks of lines (number of the first, text) that follow each other."""
    texts: list[str] = []
    begins, lines, characters = 1, 0, 0
    for first, text in blocks:
        begins = begins if texts else first
        texts.append(text)
        lines, characters = lines + text.count("\n") + 1, characters + len(text)
        if lines >= MAX_LINES or characters >= MAX_CHARACTERS:
            yield Batch(begins, "\n".join(texts))
            texts, lines, characters = [], 0, 0
    if texts:
        yield Batch(begins, "\n".join(texts))


def load(duck: duckdb.DuckDBPyConnection, batch: Batch, scratch: Path) -> bool:
    """Make the table ``lines``; return False where DuckDB's reading of lines is not ours.

    It passes over blank lines, ends a line at a carriage return, and knows a byte order mark.
    """
    if any(sign in batch.text for sign in ("\n\n", "\r", "\0", _NOTHING, _BETWEEN)) or batch.text[:1] in "\n\ufeff":
        return False
    scratch.write_text(batch.text + "\n", encoding="utf-8", newline="")
    duck.execute(_LINES.format(first=batch.first, path=literal(str(scratch)))).fetchall()
    expected = batch.text.removesuffix("\n").count("\n") + 1
    found: tuple[int] = duck.execute("SELECT count(*) FROM lines").fetchall()[0]
    return found[0] == expected
