"""A look-back in the raw text of logs: grep and ripgrep for fixed strings, and SQLite's full-text index, beside ours.

    python tests/bench/hunting/text_tools.py [LINES [NEEDLES]]

Text tools match parts of words, know no networks and no names under a domain, and read everything each time: what they
answer is less. So only their cost stands here, and how many of the lines with an address that ours finds they find.
"""

import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from sample import address, write_objects

from noroshi.hunting.engine import Lake, Needle


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tool(command: list[str]) -> tuple[float, int]:
    """Return CPU seconds and matching lines of a command that counts them."""
    before = children()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return children() - before, int(done.stdout or 0)


def full_text(log: Path, folder: Path, needles: list[str]) -> tuple[float, float, int]:
    """Return CPU seconds to index and to search, and lines found, of SQLite FTS5."""
    started = time.process_time()
    database = sqlite3.connect(folder / "text.sqlite3")
    database.execute("CREATE VIRTUAL TABLE line USING fts5(text, detail=full, columnsize=0)")
    with log.open() as file:
        database.executemany("INSERT INTO line VALUES (?)", ((line,) for line in file))
    database.commit()
    indexed = time.process_time()
    found: set[int] = set()
    for needle in needles:
        found.update(row for (row,) in database.execute("SELECT rowid FROM line WHERE text MATCH ?", (f'"{needle}"',)))
    return indexed - started, time.process_time() - indexed, len(found)


def main(lines: int, count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "app.json"
        write_objects(log, lines)
        pick = random.Random(1)
        known = [address(pick) for _ in range(max(1000, lines // 7))]  # as `write_objects` picks them
        values = list(dict.fromkeys([*known[:10], *(address(pick) for _ in range(count - 10))]))
        (folder / "needles").write_text("".join(f"{value}\n" for value in values))
        started = time.process_time()
        lake = Lake(folder / "lake", key=b"k" * 32)
        lake.ingest("bank", "app", [log])
        ingested = time.process_time() - started
        result = min(
            (lake.hunt([Needle("ipv4", v) for v in values], samples=False) for _ in range(3)),
            key=lambda r: r.cpu_seconds,
        )
        events = sum(hit.count for hit in result.hits)
        print(f"{lines:,} lines, {log.stat().st_size >> 20} MiB, {len(values):,} addresses")
        print(f"  ours: {result.cpu_seconds * 1000:.1f} ms CPU, {events} events; ingested once in {ingested:.1f} s CPU")
        for program in ("grep", "rg"):
            if shutil.which(program):
                cpu, found = tool([program, "-F", "-c", "-f", str(folder / "needles"), str(log)])
                print(f"  {program} -F -f: {cpu:.2f} s CPU, {found} lines, x{cpu / result.cpu_seconds:.0f} of ours")
        made, searched, found = full_text(log, folder, values)
        ratio = f"x{searched / result.cpu_seconds:.1f} of ours; indexed once in {made:.1f} s CPU"
        print(f"  SQLite FTS5: {searched:.3f} s CPU, {found} lines, {ratio}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000, int(sys.argv[2]) if sys.argv[2:] else 1_000)
