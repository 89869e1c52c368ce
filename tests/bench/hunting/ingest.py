"""Ingest (events, index, quarantine) of access logs and of JSON lines, beside what reads the same lines and does less.

    python tests/bench/hunting/ingest.py [LINES]

Beside it: DuckDB's bare reading into Parquet, which vets nothing, makes nothing canonical and has no index; a loop in
Python that stores nothing; the engine's own readers, line by line. CPU seconds are the figure to trust; ratios are
within one run.
"""

import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import msgspec
from sample import write_log, write_objects

from noroshi.hunting.engine import Lake
from noroshi.hunting.engine.bulk import reading

_PATTERN = (
    r'^(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?'
)
_NAMES = ["ip", "user", "time", "request", "status", "bytes", "referrer", "agent"]
_USUAL = reading.WORTH_IT
_WATCHED = ("src_ip", "user_id", "device_id", "user_agent", "url", "referrer")


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def python_re(log: Path) -> None:
    match = re.compile(_PATTERN).match
    with log.open(encoding="utf-8") as file:
        for line in file:
            match(line)


def python_dict(log: Path) -> None:
    """Look six values of each event up among a million: the simplest watch, which stores nothing."""
    known = {f"240.{number >> 16}.{number >> 8 & 255}.{number & 255}": number for number in range(1_000_000)}
    with log.open("rb") as file:
        for line in file:
            event = msgspec.json.decode(line)
            for name in _WATCHED:
                if event.get(name) in known:
                    print(event)


def duckdb_to_parquet(source: str, target: Path) -> None:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false").fetchall()
    connection.execute(f"COPY ({source}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)").fetchall()


def of_log(log: Path) -> str:
    lines = (
        f"read_csv('{log}', header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', quote = '', escape = '', "
        "auto_detect = false)"
    )
    return f"SELECT unnest(regexp_extract(line, '{_PATTERN}', {_NAMES})) FROM {lines}"


def of_objects(log: Path) -> str:
    columns = json.loads(log.open().readline())
    types = ", ".join(
        f"{name}: '{'BIGINT' if isinstance(value, int) else 'VARCHAR'}'" for name, value in columns.items()
    )
    return f"SELECT * FROM read_json('{log}', format = 'newline_delimited', columns = {{{types}}})"


def measure(name: str, log: Path, folder: Path, bare: str, loop: Callable[[Path], None]) -> None:
    def into_lake(lake: str, worth_it: int) -> None:
        reading.WORTH_IT = worth_it
        Lake(folder / lake, key=b"k" * 32).ingest("bank", "web", [log])

    count = sum(1 for _ in log.open("rb"))
    runs: dict[str, Callable[[], object]] = {
        "noroshi ingest": lambda: into_lake(f"{name}-lake", _USUAL),
        "noroshi ingest, line by line": lambda: into_lake(f"{name}-lines", 1 << 60),
        "duckdb bare to parquet": lambda: duckdb_to_parquet(bare, folder / f"{name}.parquet"),
        f"python {loop.__name__} loop, stores nothing": lambda: loop(log),
    }
    measured = {label: seconds(run) for label, run in runs.items()}
    own = measured["noroshi ingest"][1]
    print(f"{name}: {count:,} lines, {log.stat().st_size >> 20} MiB")
    for label, (wall, cpu) in measured.items():
        each = f"{cpu / count * 1e6:6.1f} µs a line; ours x{own / cpu:.2f} of it"
        print(f"  {label:40} {wall:7.2f} s wall {cpu:7.2f} s CPU {each}")


def main(lines: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_log(folder / "access.log", lines)
        measure("access log", folder / "access.log", folder, of_log(folder / "access.log"), python_re)
        write_objects(folder / "app.json", lines)
        measure("JSON lines", folder / "app.json", folder, of_objects(folder / "app.json"), python_dict)
        print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MiB (with the other runs)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
