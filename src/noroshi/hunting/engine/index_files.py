"""The files of a part of the index: one file, or a folder of many where the part is large.

To look one value up, DuckDB first learns of each row group of a file which keys it can hold: in a file of thousands
that takes longer than to read one. So a large part is cut into files of few row groups, each named by its place in the
order of the index and by its first row's type and key. Which file can hold a key is then told by the names alone.
"""

# ruff: noqa: S608 - paths are ours, numbers are integers
import os
import shutil
import stat
from bisect import bisect_left, bisect_right
from functools import lru_cache
from pathlib import Path
from typing import Final

import duckdb

from noroshi.hunting.engine.conditions import literal
from noroshi.kit.domain.durable import publish, sync

INDEX: Final = "index/2"
"""Where a lake's index lies; the number is that of its format. What lies elsewhere is made anew by a compaction."""

# Small enough to read one for each value looked for, large enough to pass over the others quickly.
ROW_GROUP: Final = 32_768
ROWS_OF_A_FILE: Final = 4 * ROW_GROUP
WORTH_CUTTING: Final = 4
"""Files: what one batch of logs brings is not as large, and soon taken up by a compaction."""
OPTIONS: Final = f"FORMAT parquet, COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP}"

Mark = tuple[int, int]
"""A type and a key: a place in the order of the index."""
LEAST: Final = -(1 << 63)
GREATEST: Final = (1 << 63) - 1
"""The keys between which all others lie."""

_SLICE = """
COPY (SELECT * FROM read_parquet({path}) WHERE file_row_number >= {first} AND file_row_number < {last}
      ORDER BY type, key, key2, organisation)
TO {target} ({options})
"""
_FIRSTS = """
SELECT type, key FROM read_parquet({path}) WHERE file_row_number % {rows} = 0 ORDER BY file_row_number
"""


def files_of(part: Path) -> list[Path]:
    """Return all files of a part; raises `OSError` if it is not there."""
    if not part.is_dir():
        return [part]
    files = sorted(part.iterdir())
    part.stat()  # who removes a part takes its name away first: it was whole until now
    return files


def files_between(part: Path, first: Mark, last: Mark) -> list[Path]:
    """Return the files of a part that can hold rows from one mark to another, both included."""
    firsts, files = _marked(part)
    return files[max(0, bisect_left(firsts, first) - 1) : bisect_right(firsts, last)]


def bytes_of(part: Path) -> int:
    """Return the size of a part on disk; raises `OSError` if it is not there."""
    found = part.stat()
    if not stat.S_ISDIR(found.st_mode):
        return found.st_size
    with os.scandir(part) as files:  # a hunt asks for all: no names are put in order
        return sum(file.stat().st_size for file in files)


def remove(part: Path) -> None:
    """Delete a part, if it is there: all of it for every reader, or nothing."""
    if part.is_dir():
        nameless = part.with_name(f".{part.name}")
        part.rename(nameless)
        shutil.rmtree(nameless, ignore_errors=True)
    else:
        part.unlink(missing_ok=True)


def publish_part(duck: duckdb.DuckDBPyConnection, scratch: Path, final: Path) -> Path:
    """Give a finished, sorted file its name, or cut it into a folder of that name if it is large; return the path."""
    count = f"SELECT count(*) FROM read_parquet({literal(str(scratch))})"
    if duck.execute(count).fetchall()[0][0] <= WORTH_CUTTING * ROWS_OF_A_FILE:
        final = final.with_suffix(".parquet")
        publish(scratch, final)
    else:
        publish(_cut(duck, scratch), final)
        scratch.unlink()
    return final


def _cut(duck: duckdb.DuckDBPyConnection, scratch: Path) -> Path:
    """Write a folder of files beside a large one."""
    folder = scratch.with_suffix(".parts")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    path = literal(str(scratch))
    firsts = duck.execute(_FIRSTS.format(path=path, rows=ROWS_OF_A_FILE)).fetchall()
    for place, (kind, key) in enumerate(firsts):
        file = folder / f"{place:06}-{kind:03}-{key - LEAST:016x}.parquet"
        begin = place * ROWS_OF_A_FILE
        end, target = begin + ROWS_OF_A_FILE, literal(str(file))
        duck.execute(_SLICE.format(path=path, first=begin, last=end, target=target, options=OPTIONS)).fetchall()
        sync(file)
    return folder


@lru_cache(maxsize=256)
def bytes_to_read(part: Path) -> int:
    """Return the size of the files that `files_between` chooses from; raises `OSError` if one is not there."""
    return sum(file.stat().st_size for file in _marked(part)[1])


@lru_cache(maxsize=256)
def _marked(part: Path) -> tuple[list[Mark], list[Path]]:
    """Return the first mark of each file of a part, which never changes once it is there."""
    files = files_of(part)
    if len(files) == 1:
        return [(0, LEAST)], files
    names = [file.stem.split("-") for file in files]
    return [(int(kind), int(key, 16) + LEAST) for _, kind, key in names], files
