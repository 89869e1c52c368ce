"""Logs that arrive batch by batch are ingested, indexed and compared with a million values: what all of it takes.

    python tests/bench/hunting/watch.py [LINES [LINES_A_BATCH [LINES_A_SECOND]]]

First as fast as it goes: CPU of each event beside DuckDB's bare reading into Parquet, which watches nothing, and a loop
in Python that stores nothing; memory from the third batch to the end, and its peak. Then at a steady rate, batches
closed as `noroshi lake listen` closes them: how long after its arrival an event's hit is known. The worker's turn
between the two (`hunting.tasks`) is not in it.
"""

import itertools
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final

from ingest import duckdb_to_parquet, of_objects, python_dict, seconds
from sample import write_objects
from sector import Sector

from noroshi.hunting.domain.spool import SECONDS
from noroshi.hunting.engine import Earliest, Lake, Needle

NEEDLES: Final = 1_000_000
PRESENT: Final = 100
STEADY: Final = 60.0
KEY: Final = b"k" * 32


@dataclass
class Watched:
    """What a stream has cost: CPU seconds, memory after each batch (MiB), and how late each event's hits were known."""

    ingested: float = 0.0
    met: float = 0.0
    counted: float = 0.0
    hits: int = 0
    memory: list[int] = field(default_factory=list)
    peak: int = 0
    late: list[float] = field(default_factory=list)


def needles_for(log: Path) -> list[Needle]:
    """Return a million values as feeds carry them, among them some addresses, pages and devices of the log."""
    with log.open() as file:
        events = [json.loads(line) for line in itertools.islice(file, 0, None, max(1, count_of(log) // PRESENT))]
    there = [Needle("ipv4", event["src_ip"]) for event in events[::3]]
    there += [Needle("url", event["url"]) for event in events[1::3]]
    there += [Needle("device", event["device_id"]) for event in events[2::3]]
    return there + Sector(NEEDLES).needles(NEEDLES - len(there), present=0)


def count_of(log: Path) -> int:
    with log.open("rb") as file:
        return sum(1 for _ in file)


def prepare(root: Path, log: Path) -> float:
    """Make the keys, as it is done once when values become known; return CPU seconds."""
    return seconds(lambda: Lake(root, key=KEY).prepare(needles_for(log)))[1]


class Stream:
    """A lake that a log comes into, and what is known of its values at once."""

    def __init__(self, root: Path, log: Path, name: str) -> None:
        self.lake = Lake(root, key=KEY)
        self.keys = self.lake.prepare(needles_for(log))
        self.took = Watched()
        self._batch = root / "batch.json"
        self._name = name
        self._after = 0
        self._earliest: dict[Needle, Any] = {}

    def take(self, lines: Iterable[bytes]) -> None:
        """Take a batch in, meet the values, count those that were met, as `actions.watch` does."""
        self._batch.write_bytes(b"".join(lines))
        took = self.took
        took.ingested += seconds(lambda: self.lake.ingest(self._name, "web", [self._batch], stream=True))[1]
        met: list[Needle] = []
        took.met += seconds(lambda: met.extend(self.lake.met_since(self._name, self._after, self.keys)))[1]
        took.counted += seconds(lambda: self._count(met))[1]
        took.hits += len(met)
        took.memory.append(_memory("VmRSS"))
        took.peak = _memory("VmHWM")

    def _count(self, met: list[Needle]) -> None:
        if arrived := self.lake.arrived(self._name, self._after):
            known = Earliest(self._earliest, arrived.first_time)
            hits = self.lake.hunt(met, organisations=[self._name], known=known).hits
            for hit in hits:
                needle, found = Needle(hit.type, hit.value), [at.time for at in hit.samples]
                begins = found[:1] == [hit.first_seen]  # else they follow what is known
                self._earliest[needle] = found if begins else [*self._earliest.get(needle, ()), *found]
            self._after = arrived.number


def at_once(root: Path, log: Path, lines: int) -> Watched:
    """Take a log in as fast as it goes, so many lines a batch."""
    stream = Stream(root, log, "bank")
    with log.open("rb") as file:
        while batch := list(itertools.islice(file, lines)):
            stream.take(batch)
    return stream.took


def steadily(root: Path, log: Path, rate: int) -> Watched:
    """Take a log in as it comes, for a minute, in batches that time closes."""
    stream, taken = Stream(root, log, "other"), 0
    started = closed = time.monotonic()
    with log.open("rb") as file:
        while taken < rate * STEADY:
            time.sleep(max(0.0, closed + SECONDS - time.monotonic()))
            closed = time.monotonic()
            until = int((closed - started) * rate)
            stream.take(itertools.islice(file, until - taken))
            known = time.monotonic() - started
            stream.took.late += [known - number / rate for number in range(taken, until)]
            taken = until
    return stream.took


def _memory(name: str) -> int:
    """Return a figure of this process's memory in MiB."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) >> 10 for line in status if line.startswith(f"{name}:"))


def apart(work: Callable[..., Any], *arguments: object) -> Any:
    """Do some work in a process of its own: its memory is nobody else's."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(work, *arguments).result()


def report(count: int, took: Watched, bare: float, loop: float) -> None:
    parts = {"ingested": took.ingested, "met": took.met, "counted": took.counted}
    own = sum(parts.values())
    each = ", ".join(f"{name} {part / count * 1e6:.1f}" for name, part in parts.items())
    print(f"{own / count * 1e6:.1f} µs CPU a line ({each}); {took.hits:,} values met")
    print(f"  x{own / bare:.2f} of DuckDB's bare reading into Parquet ({bare / count * 1e6:.1f} µs a line)")
    print(
        f"  {loop / own:.2f} of the rate of a loop in Python that stores nothing ({loop / count * 1e6:.1f} µs a line)"
    )
    third, last = took.memory[2], took.memory[-1]
    print(f"  {third} MiB after batch 3, {last} MiB after the last ({last / third - 1:+.0%}), peak {took.peak} MiB")


def main(lines: int, a_batch: int, rate: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log, lake = folder / "app.json", folder / "lake"
        write_objects(log, max(lines, int(rate * (STEADY + 10))))
        print(f"keys of {NEEDLES:,} values, made once: {apart(prepare, lake, log):.1f} s CPU")
        count = count_of(log)
        print(f"{count:,} lines in batches of {a_batch:,}:", end=" ")
        took = apart(at_once, lake, log, a_batch)
        bare = seconds(lambda: duckdb_to_parquet(of_objects(log), folder / "bare.parquet"))[1]
        report(count, took, bare, seconds(lambda: python_dict(log))[1])
        late = sorted(apart(steadily, lake, log, rate).late)
        half, most = (late[int(len(late) * share)] for share in (0.5, 0.99))
        print(f"{rate:,} lines a second: hits known {half:.1f} s after their events came in, p99 {most:.1f} s")


if __name__ == "__main__":
    given = [int(argument) for argument in sys.argv[1:]]
    main(*given, *(1_000_000, 50_000, 2_000)[len(given) :])
