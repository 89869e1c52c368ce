"""A hunt over a lake, beside DuckDB's bare scan of the columns the hunt must read.

    python tests/bench/hunting/hunt.py [LINES]

Ratios are of CPU seconds within one run; below five million lines fixed costs weigh, so read them with care.
"""

import random
import sys
import tempfile
import time
from pathlib import Path

import duckdb
from sample import address, write_log

from noroshi.hunting.engine import Lake, Needle

BANKS = 4
COLUMNS = ("src_v4", "dst_v4", "host", "referrer_host", "domain", "dns_query", "url", "referrer")


def needles(count: int) -> list[Needle]:
    """Two thirds addresses, the rest domains, URLs, networks: what feeds carry."""
    pick = random.Random(3)
    kinds = {
        "ipv4": lambda n: address(pick),
        "domain": lambda n: f"bank{n}.example.jp",
        "url": lambda n: f"https://www.bank{n % 99}.example.jp/login/{n}",
        "cidr": lambda n: f"{1 + n % 220}.{n % 256}.{n // 256 % 256}.0/{pick.choice((22, 24, 28))}",
    }
    order = ("ipv4", "ipv4", "ipv4", "ipv4", "domain", "url")
    return [
        Needle(kind, kinds[kind](number))
        for number in range(count)
        for kind in ["cidr" if number % 200 == 199 else order[number % len(order)]]
    ]


def bare_scan(parts: list[str]) -> float:
    connection = duckdb.connect()
    connection.execute("SET enable_progress_bar = false").fetchall()
    hashed = ", ".join(f"bit_xor(hash({column}))" for column in COLUMNS)
    started = time.process_time()
    connection.execute(f"SELECT {hashed} FROM read_parquet(?)", [parts]).fetchall()
    return time.process_time() - started


def main(lines: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lake = Lake(Path(folder) / "lake", key=b"k" * 32)
        for number in range(BANKS):
            log = Path(folder) / "access.log"
            write_log(log, lines // BANKS, seed=number)
            lake.ingest(f"bank-{number}", "web", [log])
        parts = [str(path) for path in (Path(folder) / "lake" / "events").rglob("*.parquet")]
        bare = min(bare_scan(parts) for _ in range(3))
        print(f"{lines} events, {len(parts)} parts; bare scan of {len(COLUMNS)} columns {bare:.2f} CPU s")
        for count in (1, 50, 1000, 100_000):
            result = min((lake.hunt(needles(count)) for _ in range(2)), key=lambda found: found.cpu_seconds)
            ratio = result.cpu_seconds / bare
            print(
                f"{count:7} needles: {len(result.hits):6} hits {result.wall_seconds:6.2f} s wall "
                f"{result.cpu_seconds:6.2f} s CPU  x{ratio:.2f} of the bare scan"
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 2_000_000)
