"""Ingest of a combined log, beside a Python ``re`` loop and DuckDB's bare reading of the same lines.

    python tests/bench/hunting/ingest.py [LINES] [FILE]

CPU seconds are the figure to trust; ratios are within one run.
"""

import re
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
from sample import write_log

from noroshi.hunting.engine import Lake

_PATTERN = (
    r'^(\S+) \S+ (\S+) \[([^\]]+)\] "((?:[^"\\]|\\.)*)" (\d{3}) (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?'
)
_NAMES = ["ip", "user", "time", "request", "status", "bytes", "referrer", "agent"]


def seconds(work: Callable[[], object]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def python_re(log: Path) -> None:
    match = re.compile(_PATTERN).match
    with log.open(encoding="utf-8") as file:
        for line in file:
            match(line)


def duckdb_lines(log: Path, select: str, target: Path | None = None) -> None:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false").fetchall()
    source = (
        f"SELECT {select} FROM read_csv('{log}', header = false, columns = {{'line': 'VARCHAR'}}, delim = '\x01', "
        "quote = '', escape = '', auto_detect = false)"
    )
    sql = f"COPY ({source}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)" if target else source
    connection.execute(sql).fetchall()


def main(lines: int, given: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(given or folder, *([] if given else ["access.log"]))
        if not given:
            write_log(log, lines)
        count = sum(1 for _ in log.open("rb"))
        lake = Lake(Path(folder) / "lake", key=b"k" * 32)
        regex = f"regexp_extract(line, '{_PATTERN}', {_NAMES})"
        runs = {
            "noroshi ingest": lambda: lake.ingest("bank", "web", [log]),
            "python re loop, stores nothing": lambda: python_re(log),
            "duckdb bare read": lambda: duckdb_lines(log, "count(line)"),
            "duckdb regex to parquet, no vetting": lambda: duckdb_lines(log, regex, Path(folder) / "bare.parquet"),
        }
        measured = {name: seconds(run) for name, run in runs.items()}
        own = measured["noroshi ingest"][1]
        print(f"{count} lines, {log.stat().st_size >> 20} MiB; lake {lake.status()[0].bytes >> 20} MiB")
        for name, (wall, cpu) in measured.items():
            print(f"{name:38} {wall:7.2f} s wall {cpu:7.2f} s CPU {count / cpu:12,.0f} lines/CPU s  x{own / cpu:.2f}")


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(int(arguments[0]) if arguments else 1_000_000, arguments[1] if len(arguments) > 1 else None)
