"""Keeping a lake: is it whole, which days are too old, small parts made one, a person's events taken out.

What is rewritten gets a new name first; one transaction of the manifest then puts it in the place of the old.
A process killed at any moment leaves the one or the other, and files that nobody knows, which `parts.sweep` deletes
later: a hunt that has begun still finds the files of compaction and ageing. Only `forget` deletes at once.
"""

# ruff: noqa: S608 - columns are constants of this package, names are slugs, paths are ours; values are bound
import shutil
import uuid
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.disk import disk_told
from noroshi.hunting.engine.index import IndexWriter
from noroshi.hunting.engine.index_parts import is_complete
from noroshi.hunting.engine.manifest import Manifest, Part
from noroshi.hunting.engine.parts import EVENTS, ROW_GROUP, sweep
from noroshi.hunting.engine.reasons import LakeError, PartProblem
from noroshi.hunting.engine.records import Removed, VerifyReport
from noroshi.hunting.engine.schema import events_sql
from noroshi.hunting.engine.session import connect
from noroshi.kit.domain.durable import publish

MIN_SUBJECT: Final = 4
"""Characters of a value that is forgotten: a shorter one would take half of the quarantine with it."""
LARGE: Final = 2_000_000
"""Events of a part that is not made larger."""

_FACTS = "SELECT count(*), epoch_us(min(time)), epoch_us(max(time)) FROM ({events})"
_KEYED: Final = ("user_key", "account_key", "beneficiary_key", "session_key")


@dataclass(frozen=True, slots=True)
class Upkeep:
    """The keeper of one lake."""

    root: Path
    manifest: Manifest
    key: bytes
    memory_limit: str

    def verify(self, *, deep: bool) -> VerifyReport:
        """Compare every part with the manifest, delete the files that it does not know; ``deep`` reads all values."""
        swept, problems, parts, events = 0, self._index_problems(deep=deep), 0, 0
        for organisation in self.manifest.organisations():
            with self._session(organisation) as duck:
                known = self.manifest.part_rows(organisation)
                swept += sweep(self.root, organisation, {part.path for part in known})
                for part in known:
                    parts, events = parts + 1, events + part.events
                    if (problem := self._problem(duck, part, deep=deep)) is not None:
                        problems.append((part.path, str(problem)))
        index = self.manifest.index()
        return VerifyReport(parts, events, len(index.parts()), len(index.uncovered()), swept, tuple(problems))

    def _index_problems(self, *, deep: bool) -> list[tuple[str, str]]:
        """Return what is wrong with the index, while no compaction changes it; ``deep`` reads all of it."""
        scratch = self.root / "staging" / ".verify"
        with self.manifest.compaction_lock(), closing(connect(self.memory_limit, scratch)) as duck:
            reader = IndexWriter(duck, self.root, scratch)
            return [
                (part.path, str(PartProblem.INDEX))
                for part in self.manifest.index().parts()
                if not is_complete(self.root, part) or not reader.can_read(part, deep=deep)
            ]

    def age(self, organisation: str, source: str, before: str) -> Removed:
        """Take out what lies before a day (ISO, UTC), with the quarantine of that time."""
        with disk_told(), self.manifest.ingest_lock(organisation):
            old = [p for p in self.manifest.part_rows(organisation) if p.source == source and p.day < before]
            self.manifest.replace([part.path for part in old], [])
            lines = self.manifest.forget_quarantined(organisation, source, before)
        return Removed(len(old), sum(part.events for part in old), lines)

    def compact(self, organisation: str, before: str) -> tuple[int, int]:
        """Make the small parts of a source and day before one (ISO, UTC) a single part; return parts before, after."""
        with self._session(organisation) as duck:
            known = self.manifest.part_rows(organisation)
            sweep(self.root, organisation, {part.path for part in known})
            groups: dict[tuple[str, str], list[Part]] = defaultdict(list)
            for part in known:
                if part.day < before and part.events < LARGE:
                    groups[part.source, part.day].append(part)
            merged = 0
            for small in groups.values():
                if len(small) > 1:
                    self._rewrite(duck, small)
                    merged += len(small) - 1
        return len(known), len(known) - merged

    def forget(self, organisation: str, subject: str) -> Removed:
        """Take out the events of a user, account, session, mail or IP address or device, and the quarantine naming it.

        What a URL or another free text says is not looked through.
        """
        if len(subject.strip()) < MIN_SUBJECT:
            raise LakeError(f"A value that is forgotten has at least {MIN_SUBJECT} characters.")
        condition, values = self._condition(subject)
        events, touched = 0, 0
        with self._session(organisation) as duck:
            for part in self.manifest.part_rows(organisation):
                found = self._run(duck, f"SELECT count(*) FROM ({self._events([part])}) WHERE {condition}", values)[0][
                    0
                ]
                if found:
                    self._rewrite(duck, [part], condition, values)
                    (self.root / part.path).unlink(missing_ok=True)
                    events, touched = events + found, touched + 1
            lines = self.manifest.forget_quarantined_text(organisation, subject.strip())
        return Removed(touched, events, lines)

    def _condition(self, subject: str) -> tuple[str, list[Any]]:
        canonical = normalise.account(subject)
        pseudonym = normalise.pseudonym(canonical, self.key) if canonical else None
        address = normalise.address(subject.strip())
        tests: list[tuple[str, Any]] = [(column, pseudonym) for column in _KEYED]
        tests += [("email", normalise.email(subject)), ("device", normalise.text(subject))]
        tests += [(column, address and address.text) for column in ("src_ip", "dst_ip")]
        asked = [(column, value) for column, value in tests if value]
        return " OR ".join(f"coalesce({column} = ?, false)" for column, _ in asked), [value for _, value in asked]

    def _rewrite(
        self, duck: duckdb.DuckDBPyConnection, old: Sequence[Part], without: str = "false", values: Sequence[Any] = ()
    ) -> None:
        """Put one part with the events of ``old`` in their place, but for those of which a condition holds."""
        source = f"SELECT * FROM ({self._events(old)}) WHERE NOT ({without})"
        self._run(duck, f"CREATE OR REPLACE TEMP TABLE kept AS {source}", values)
        events, first, last = self._run(duck, _FACTS.format(events="FROM kept"))[0]
        new = []
        if events:
            path = f"{EVENTS}/organisation={old[0].organisation}/day={old[0].day}/{uuid.uuid4().hex}.parquet"
            scratch = self._scratch(old[0].organisation) / "part.parquet"
            quoted = str(scratch).replace("'", "''")  # COPY takes no parameters
            self._run(duck, f"COPY (FROM kept ORDER BY time, file, line) TO '{quoted}' "
                            f"(FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})")  # fmt: skip
            publish(scratch, self.root / path)
            size = (self.root / path).stat().st_size
            new = [Part(path, old[0].organisation, old[0].source, old[0].day, events, size, first, last)]
        self.manifest.replace([part.path for part in old], new, same_events=without == "false")

    def _problem(self, duck: duckdb.DuckDBPyConnection, part: Part, *, deep: bool) -> PartProblem | None:
        path = self.root / part.path
        if not path.is_file():
            return PartProblem.MISSING
        if path.stat().st_size != part.bytes:
            return PartProblem.SIZE
        try:
            found = self._run(duck, _FACTS.format(events=self._events([part])))[0]
            if deep:
                self._run(duck, f"SELECT bit_xor(hash(columns)) FROM (SELECT hash(*COLUMNS(*)) AS columns "
                                f"FROM ({self._events([part])}))")  # fmt: skip
        except duckdb.Error:
            return PartProblem.UNREADABLE
        return None if found == (part.events, part.first_time, part.last_time) else PartProblem.EVENTS

    def _events(self, parts: Sequence[Part]) -> str:
        paths = ", ".join("'" + str(self.root / part.path).replace("'", "''") + "'" for part in parts)
        return events_sql(f"[{paths}]")

    def _run(self, duck: duckdb.DuckDBPyConnection, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        return duck.execute(sql, list(values)).fetchall()

    def _scratch(self, organisation: str) -> Path:
        return self.root / "staging" / f"organisation={organisation}"

    @contextmanager
    def _session(self, organisation: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Hold the organisation's lock, a folder to work in and a DuckDB; what the disk does is a `DiskError`."""
        with disk_told(), self.manifest.ingest_lock(organisation):
            scratch = self._scratch(organisation)
            scratch.mkdir(parents=True, exist_ok=True)
            duck = connect(self.memory_limit, scratch)
            try:
                yield duck
            finally:
                duck.close()
                shutil.rmtree(scratch, ignore_errors=True)
