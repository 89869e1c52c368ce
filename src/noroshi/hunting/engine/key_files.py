"""The keys of many needles, kept beside the lake: made once for a set of values, whoever looks for it again.

A file is named by what it was made of: the values, the secret that makes pseudonyms, and the code that reads them, so
that another release, which may read a value in another way, makes its own. It holds no account, only its pseudonym.
What nobody has used for a month is deleted.
"""

import csv
import hashlib
import inspect
import os
import time
import uuid
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import duckdb

from noroshi.hunting.engine import needles as reading
from noroshi.hunting.engine import normalise, observables
from noroshi.hunting.engine.conditions import literal
from noroshi.hunting.engine.disk import is_full
from noroshi.hunting.engine.needles import TABLE_COLUMNS, Keys, prepare
from noroshi.hunting.engine.records import Needle
from noroshi.hunting.engine.session import UNREADABLE, session
from noroshi.kit.domain.durable import publish

FOLDER: Final = "keys"
# Up to so many needles their keys are made more quickly than found again.
FEW: Final = 1_000
KEPT_SECONDS: Final = 30 * 86_400

# Needles that are refused come first, under the numbers -1, -2 ... of their places; t0 says what is shown, t1 why.
_WRITE: Final = """
COPY (SELECT * FROM read_csv({scratch}, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
                             nullstr = '', new_line = '\\n', columns = {columns})
      ORDER BY type, h0, h1)
TO {target} (FORMAT parquet, COMPRESSION zstd)
"""


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """The files of a lake; ``pseudonym_key`` is the lake's secret, ``spill`` its folder for work in progress."""

    root: Path
    pseudonym_key: bytes
    memory_limit: str
    spill: Path

    def prepare(self, needles: Iterable[Needle]) -> Keys:
        """Turn needles into keys: many of them once only."""
        distinct = tuple(dict.fromkeys(needles))
        if len(distinct) <= FEW:
            return prepare(distinct, self.pseudonym_key)
        file = self.root / FOLDER / f"{self._digest(distinct)}.parquet"
        with session(self.memory_limit, self.spill) as duck:
            return self._known(duck, file, distinct) or self._made(duck, file, distinct)

    def sweep(self) -> None:
        """Delete what nobody has used for long."""
        before = time.time() - KEPT_SECONDS
        for file in (self.root / FOLDER).glob("*.parquet"):
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < before:
                    file.unlink()

    def _known(self, duck: duckdb.DuckDBPyConnection, file: Path, needles: Sequence[Needle]) -> Keys | None:
        try:
            os.utime(file)
            sql = "SELECT needle, t0, t1 FROM read_parquet(?) WHERE needle < 0 ORDER BY needle DESC"
            refused = {-1 - place: (shown, why) for place, shown, why in duck.execute(sql, [str(file)]).fetchall()}
        except (OSError, *UNREADABLE):
            return None
        accepted = tuple(needle for place, needle in enumerate(needles) if place not in refused)
        return Keys(accepted, tuple(refused.values()), (), file)

    def _made(self, duck: duckdb.DuckDBPyConnection, file: Path, needles: Sequence[Needle]) -> Keys:
        made = prepare(needles, self.pseudonym_key)
        try:
            self._keep(duck, file, needles, made)
        except (OSError, duckdb.Error) as error:
            if not is_full(error):
                raise
            return made  # to keep them would have saved time only
        return Keys(made.needles, made.refused, (), file)

    def _keep(self, duck: duckdb.DuckDBPyConnection, file: Path, needles: Sequence[Needle], made: Keys) -> None:
        accepted = set(made.needles)
        places = (place for place, needle in enumerate(needles) if needle not in accepted)
        scratch = self.spill / f"keys-{uuid.uuid4().hex}"
        target = scratch.with_suffix(".parquet")
        try:
            with scratch.open("w", encoding="utf-8", newline="") as text:
                rows = csv.writer(text, lineterminator="\n")
                blank = [None] * (len(TABLE_COLUMNS) - 5)
                rows.writerows(
                    (-1 - place, None, 0, *why, *blank) for place, why in zip(places, made.refused, strict=True)
                )
                rows.writerows(made.rows())
            paths = {"scratch": literal(str(scratch)), "target": literal(str(target))}
            duck.execute(_WRITE.format(**paths, columns=TABLE_COLUMNS)).fetchall()
            publish(target, file)
        finally:
            scratch.unlink(missing_ok=True)
            target.unlink(missing_ok=True)

    def _digest(self, needles: Sequence[Needle]) -> str:
        digest = hashlib.blake2b(_code(), key=self.pseudonym_key, digest_size=20)
        for start in range(0, len(needles), 100_000):
            some = needles[start : start + 100_000]
            digest.update("".join(f"{len(needle.value)}:{needle.type}:{needle.value}" for needle in some).encode())
        return digest.hexdigest()


@cache
def _code() -> bytes:
    return "".join(map(inspect.getsource, (reading, normalise, observables))).encode()
