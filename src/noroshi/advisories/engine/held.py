"""What records say to be affected, as spans in DuckDB: in memory, and in Parquet files where a folder is given.

A record that comes again replaces what it said before. Each `extend` adds one group of files, complete or not at all;
what was kept is read when it is opened.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final, Self

import duckdb

from noroshi.advisories.domain.affected import Affected, Scheme
from noroshi.advisories.domain.matching import Kind, keys_of
from noroshi.advisories.engine import rows
from noroshi.advisories.engine.orders import scheme_of
from noroshi.advisories.engine.spans import spans_of

Record = tuple[str, Sequence[Affected]]
"""The name of a vulnerability, and what is said of it."""

_TABLES: Final = {"saying": rows.SAYING, "said": rows.SAID, "span": rows.SPAN, "record": rows.RECORD}
_LIMITS: Final = {"memory_limit": "2GB", "autoinstall_known_extensions": "false", "TimeZone": "UTC"}


@dataclass(frozen=True, slots=True)
class Added:
    """What one `extend` added: from which record on."""

    first: int
    behind: int


class Held:
    """Records that components are held against. One thread at a time."""

    def __init__(self, folder: Path | None = None) -> None:
        self.opened = duckdb.connect(config=dict(_LIMITS))
        self.opened.execute("SET enable_progress_bar = false")
        self._folder = folder
        self.placed: object = None
        """The components whose table was made last, and for which schemes."""
        self._spans = self._said = self._records = self._groups = 0
        self._names: dict[str, int] = {}
        self._sayings: dict[bytes, int] = {}
        for table, columns in _TABLES.items():
            rows.create(self.opened, table, columns)
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._read_kept(folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.opened.close()

    def __len__(self) -> int:
        """Tell how many records are held."""
        return len(self._names)

    def schemes(self) -> frozenset[Scheme]:
        """Return the schemes whose orders are needed: nobody encodes a version for the others."""
        found = (scheme_of(order) for (order,) in self._all("SELECT DISTINCT ord FROM span"))
        return frozenset(scheme for scheme in found if scheme is not None)

    def extend(self, records: Iterable[Record]) -> Added:
        """Hold these as well; of a record that was held already only what it says now."""
        first, first_saying = self._records, len(self._sayings)
        with tempfile.TemporaryDirectory() as beside:
            paths = {table: Path(beside, f"{table}.csv") for table in _TABLES}
            self._replace(self._write(records, paths))
            for table, columns in _TABLES.items():
                if paths[table].stat().st_size:
                    rows.insert(self.opened, table, columns, paths[table])
        if self._folder is not None:
            self._keep(self._folder, first, first_saying)
        return Added(first, self._records)

    def _write(self, records: Iterable[Record], paths: dict[str, Path]) -> list[int]:
        """Write the rows of records; return the numbers of those that they replace."""
        replaced: list[int] = []
        with ExitStack() as stack:
            to = {table: stack.enter_context(rows.Writer(path)) for table, path in paths.items()}
            for name, blocks in records:
                if (before := self._names.get(name)) is not None:
                    replaced.append(before)
                self._names[name] = self._records
                to["record"].write((self._records, name, self._saying(blocks, to)))
                self._records += 1
        return replaced

    def _saying(self, blocks: Sequence[Affected], to: "dict[str, rows.Writer]") -> int:
        """Return the number of what a record says; what another one said as well, to the letter, is held once."""
        values = [value_of(each) for each in blocks]
        digest = blake2b("\n".join(values).encode(), digest_size=16).digest()
        if (known := self._sayings.get(digest)) is not None:
            return known
        saying = self._sayings[digest] = len(self._sayings)
        to["saying"].write((saying, digest.hex()))
        names = [names_of(each) for each in blocks]
        is_alone = int(stand_alone(names))
        for each, value, named in zip(blocks, values, names, strict=True):
            to["said"].write((self._said, saying, value.encode().hex()))
            self._said += 1
            for span in spans_of(each) if any(named) else ():
                ends = (span.order, span.low.hex(), span.high.hex(), span.weight, int(span.by_numbers))
                rule = span.rule.encode("utf-8", "surrogatepass").hex()
                to["span"].write((self._spans, saying, is_alone, *named, *ends, rule))
                self._spans += 1
        return saying

    def _replace(self, numbers: Sequence[int]) -> None:
        if numbers:
            self.opened.execute("DELETE FROM record WHERE record IN (SELECT unnest(?::INTEGER[]))", [numbers])

    def _keep(self, folder: Path, first: int, first_saying: int) -> None:
        """The file of records comes last: a group without it is none."""
        for table in _TABLES:
            path = folder / f"{table}-{self._groups:06d}.parquet"
            writing = path.with_suffix(".writing")
            new = f"record >= {first}" if table == "record" else f"saying >= {first_saying}"
            which = f"SELECT * FROM {table} WHERE {new}"  # noqa: S608 - names of ours
            self.opened.execute(f"COPY ({which}) TO {rows.literal(str(writing))} (FORMAT parquet)")
            writing.replace(path)
        self._groups += 1

    def _read_kept(self, folder: Path) -> None:
        groups = sorted(int(path.stem.removeprefix("record-")) for path in folder.glob("record-*.parquet"))
        if not groups:
            return
        for table in _TABLES:
            files = [str(folder / f"{table}-{group:06d}.parquet") for group in groups]
            self.opened.execute(f"INSERT INTO {table} SELECT * FROM read_parquet(?)", [files])  # noqa: S608 - names of ours
        self._groups = groups[-1] + 1
        self._records = self._next("record", "record")
        self._replace(self._superseded())
        self._names = {name: record for record, name in self._all("SELECT record, name FROM record")}
        self._sayings = {digest: saying for saying, digest in self._all("SELECT saying, digest FROM saying")}
        self._said, self._spans = self._next("said", "said"), self._next("span", "span")

    def _superseded(self) -> list[int]:
        last = "SELECT max(record) FROM record GROUP BY name"
        found = self._all(f"SELECT record FROM record WHERE record NOT IN ({last})")  # noqa: S608 - names of ours
        return [number for (number,) in found]

    def _next(self, column: str, table: str) -> int:
        ((number,),) = self._all(f"SELECT coalesce(max({column}) + 1, 0) FROM {table}")  # noqa: S608 - names of ours
        return int(number)

    def _all(self, sql: str) -> list[Any]:
        return self.opened.execute(sql).fetchall()


@lru_cache(maxsize=1 << 13)
def value_of(affected: Affected) -> str:
    """Return a block as it is read again."""
    return json.dumps(affected.value, separators=(",", ":"))


Names = tuple[str, str, str]
"""By which a block or a component is known, in the order of `Kind`; empty where by none of that kind."""


def names_of(affected: Affected) -> Names:
    """Return by what the product of a block is known."""
    product = affected.product
    return named(product.vendor, product.name, product.cpe, product.purl)


@lru_cache(maxsize=1 << 16)
def named(vendor: str, name: str, cpe: str, purl: str) -> Names:
    """Return `keys_of` in the order of their kinds."""
    found = dict(keys_of(vendor, name, cpe, purl))
    return found.get(Kind.PACKAGE, ""), found.get(Kind.PRODUCT, ""), found.get(Kind.NAME, "")


def stand_alone(blocks: Sequence[Names]) -> bool:
    """Tell whether no component can be what two blocks of one record mean."""
    if len(blocks) == 1:
        return True
    products, names = Counter(each[1] for each in blocks), Counter(each[2] for each in blocks)
    return not any(each[0] or not each[1] or products[each[1]] > 1 or names[each[2]] > 1 for each in blocks)
