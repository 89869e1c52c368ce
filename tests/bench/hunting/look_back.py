"""A look-back over a sector's logs, beside what else would give the same answer.

    python tests/bench/hunting/look_back.py [EVENTS [FOLDER]]     (50,000,000 events take 6 GB in the folder)

Beside the index: DuckDB by hand over the same Parquet (same meaning of networks, domains and URLs; its answer must be
ours), Polars and chDB over the same (`peers`, where they are installed; the same answer again), the engine's own scan,
DuckDB's bare reading of the columns concerned, and Parquet with Bloom filters for single addresses. The best of some
runs; CPU seconds are the figure to trust; ratios below five million events say nothing.
"""

import ipaddress
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
from peers import Hunt, peers
from sector import BANKS, KEY, Sector, parts_of, user

from noroshi.hunting.engine import Lake, Needle
from noroshi.hunting.engine import needles as needle_keys

COUNTS: Final = (1, 50, 10_000, 1_000_000)
# Columns that a hunt for all kinds of values must read.
READ: Final = ("src_v4", "src_v6_hi", "src_v6_lo", "user_key", "beneficiary_key", "device", "user_agent", "url", "host",
               "referrer", "referrer_host")  # fmt: skip
MEMORY: Final = "4GB"


@dataclass(frozen=True)
class Took:
    wall: float
    cpu: float
    answer: Any


def best_of(times: int, work: Callable[[], Any]) -> Took:
    runs = []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = work()
        runs.append(Took(time.perf_counter() - wall, time.process_time() - cpu, answer))
    return min(runs, key=lambda run: run.cpu)


class ByHand:
    """The best query that we know to write over the same Parquet, without an index."""

    def __init__(self, parts: list[str]) -> None:
        self.duck = duckdb.connect(config={"memory_limit": MEMORY})
        self.duck.execute("SET enable_progress_bar = false").fetchall()
        self.duck.execute("SET VARIABLE parts = ?", [parts]).fetchall()
        self._loaded: set[str] = set()
        self.duck.execute(
            "CREATE VIEW events AS FROM read_parquet(getvariable('parts'), union_by_name = true)"
        ).fetchall()

    def read(self) -> None:
        """Read the columns, nothing more."""
        self.duck.execute(f"SELECT {', '.join(f'bit_xor(hash({name}))' for name in READ)} FROM events").fetchall()

    def hunt(self, needles: list[Needle]) -> list[tuple[Any, ...]]:
        """Return (needle, organisation, events, first, last) of all that is seen."""
        self._loaded.clear()
        matches = [*self._addresses(needles), *self._names(needles), *self._equal(needles)]
        seen = " UNION ALL ".join(f"SELECT needle, organisation, file, line, time {match}" for match in matches)
        totals = "SELECT needle, organisation, count(*), epoch_us(min(time)), epoch_us(max(time))"
        return self.duck.execute(
            f"{totals} FROM (SELECT DISTINCT * FROM ({seen})) GROUP BY ALL ORDER BY 1, 2"
        ).fetchall()

    def _load(self, table: str, rows: list[tuple[Any, ...]], **columns: str) -> bool:
        values = [list(column) for column in zip(*rows, strict=True)] or [[] for _ in columns]
        unnested = ", ".join(f"unnest(?::{kind}[]) AS {name}" for name, kind in columns.items())
        self.duck.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT {unnested}", values).fetchall()
        self._loaded |= {table} if rows else set()
        return bool(rows)

    def tables(self, folder: Path) -> dict[str, Path]:
        """Write the tables of the last hunt's needles as Parquet files."""
        files = {name: folder / f"{name}.parquet" for name in sorted(self._loaded)}
        for name, file in files.items():
            self.duck.execute(f"COPY {name} TO '{file}' (FORMAT parquet)").fetchall()
        return files

    def _addresses(self, needles: list[Needle]) -> list[str]:
        found = []
        for kind, columns in (("ipv4", ("src_v4",)), ("ipv6", ("src_v6_hi", "src_v6_lo"))):
            rows = [(n, *_numbers(needle.value)) for n, needle in enumerate(needles) if needle.type == kind]
            names = {f"v{place}": "BIGINT" for place in range(len(columns))}
            if self._load(kind, rows, needle="INTEGER", **names):
                equal = " AND ".join(f"{column} = v{place}" for place, column in enumerate(columns))
                found.append(f"FROM events JOIN {kind} ON {equal}")
        by_length: dict[int, list[tuple[int, int]]] = {}
        for number, needle in enumerate(needles):
            if needle.type == "cidr":
                network = ipaddress.ip_network(needle.value)
                by_length.setdefault(network.prefixlen, []).append((number, int(network.network_address)))
        for length, networks in by_length.items():
            self._load(f"net{length}", networks, needle="INTEGER", v0="BIGINT")
            found.append(f"FROM events JOIN net{length} ON src_v4 - src_v4 % {1 << 32 - length} = v0")
        return found

    def _names(self, needles: list[Needle]) -> list[str]:
        found = []
        domains = [(n, needle.value) for n, needle in enumerate(needles) if needle.type == "domain"]
        if self._load("domain", domains, needle="INTEGER", name="VARCHAR"):
            self.duck.execute(
                "CREATE OR REPLACE TABLE under AS SELECT DISTINCT host, needle FROM ("
                "SELECT host, unnest([array_to_string(labels[n:], '.') FOR n IN range(1, len(labels) + 1)]) AS name "
                "FROM (SELECT host, string_split(host, '.') AS labels "
                "FROM (SELECT host FROM events UNION SELECT referrer_host FROM events))) JOIN domain USING (name)"
            ).fetchall()
            found += [f"FROM events JOIN under ON events.{column} = under.host" for column in ("host", "referrer_host")]
        urls = [(n, *_url(needle.value)) for n, needle in enumerate(needles) if needle.type == "url"]
        if self._load("address", urls, needle="INTEGER", host="VARCHAR", beginning="VARCHAR"):
            for host, url in (("host", "url"), ("referrer_host", "referrer")):
                self.duck.execute(
                    f"CREATE OR REPLACE TABLE cut_{url} AS SELECT DISTINCT seen.{url}, needle FROM (SELECT {url}, "
                    "unnest([array_to_string(pieces[:n], '/') FOR n IN range(1, len(pieces) + 1)]) AS beginning "
                    f"FROM (SELECT DISTINCT {url}, string_split({url}, '/') AS pieces "
                    f"FROM events WHERE {host} IN (SELECT host FROM address))) AS seen JOIN address USING (beginning)"
                ).fetchall()
                found.append(f"FROM events JOIN cut_{url} USING ({url})")
        return found

    def _equal(self, needles: list[Needle]) -> list[str]:
        keys = needle_keys.prepare(needles, KEY)
        found = []
        for kind, columns in (("device", ("device",)), ("user_agent", ("user_agent",)),
                              ("pseudonym", ("user_key", "beneficiary_key"))):  # fmt: skip
            rows = [(key.needle, key.t0) for key in keys.keys if key.kind == kind]
            if self._load(kind, rows, needle="INTEGER", v0="VARCHAR"):
                found += [f"FROM events JOIN {kind} ON events.{column} = v0" for column in columns]
        return found


def _numbers(value: str) -> tuple[int, ...]:
    number = ipaddress.ip_address(value)
    return (int(number),) if number.version == 4 else (int(number) >> 64, int(number) & (1 << 64) - 1)


def _url(value: str) -> tuple[str, str]:
    bare = value.partition("://")[2]
    return bare.partition("/")[0], bare


def ours(result: Any, needles: list[Needle]) -> list[tuple[Any, ...]]:
    """The hits of a hunt as `ByHand.hunt` has them."""
    numbers = {needle: number for number, needle in enumerate(needles)}
    return sorted(
        (
            numbers[Needle(hit.type, hit.value)],
            hit.organisation,
            hit.count,
            _micros(hit.first_seen),
            _micros(hit.last_seen),
        )
        for hit in result.hits
    )


def _micros(moment: Any) -> int:
    return round(moment.timestamp() * 1_000_000)


def blooms(parts: list[str], folder: Path, address: int) -> tuple[float, float, Took]:
    """Bytes and CPU seconds of one bank's parts written anew with Bloom filters, against plain, and a look-up there."""
    duck = duckdb.connect(config={"memory_limit": "8GB"})  # it sorts a bank's whole events
    one = [part for part in parts if "organisation=bank-02" in part]
    options = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 32768"
    sizes, cpus = [], []
    for name, more in (
        ("plain", ""),
        ("bloom", ", DICTIONARY_SIZE_LIMIT 200000, BLOOM_FILTER_FALSE_POSITIVE_RATIO 0.001"),
    ):
        started = time.process_time()
        events = "FROM read_parquet(?, union_by_name = true) ORDER BY time"
        duck.execute(f"COPY ({events}) TO '{folder}/{name}.parquet' ({options}{more})", [one]).fetchall()
        cpus.append(time.process_time() - started)
        sizes.append((folder / f"{name}.parquet").stat().st_size)
    sql = f"SELECT count(*), min(time), max(time) FROM read_parquet('{folder}/bloom.parquet') WHERE src_v4 = {address}"
    return sizes[1] / sizes[0], cpus[1] / cpus[0], best_of(3, lambda: duck.execute(sql).fetchall())


def measure(lake: Lake, root: Path, sector: Sector) -> None:
    parts = list(parts_of(root))
    events, index = (_size_of(root / name) for name in ("events", "index"))
    print(f"{sector.events:,} events, {len(parts):,} parts of {events >> 20:,} MiB; index {index / events:.1%} of it")
    hand = ByHand(parts)
    others = peers(parts)
    bare = best_of(2, hand.read)
    print(f"bare reading of {len(READ)} columns: {bare.wall:.2f} s wall, {bare.cpu:.2f} s CPU")
    for count in COUNTS:
        compare(lake, hand, others, sector.needles(count), bare)
    needles = sector.needles(50)
    scanned = best_of(1, lambda: lake.hunt(needles, samples=False, index=False))
    print(f"our scan, 50 needles: {scanned.cpu:.2f} s CPU, x{scanned.cpu / bare.cpu:.2f} of the bare reading")
    fetched = best_of(3, lambda: lake.hunt(needles))
    each = fetched.wall * 1000 / max(1, len(fetched.answer.hits))
    print(f"50 needles with the earliest events of each hit: {fetched.wall * 1000:.0f} ms wall, {each:.1f} ms a hit")
    seldom = [Needle("account", user(bank, sector.users[bank] - 1)) for bank in range(BANKS)]
    rows = best_of(
        3, lambda: [row for bank, one in enumerate(seldom) for row in lake.events(f"bank-{bank:02}", one, 100)]
    )
    each, count = rows.wall * 1000 / len(rows.answer), len(rows.answer)
    print(f"from {BANKS} hits to their {count} events, column by column: {each:.1f} ms wall an event")
    with tempfile.TemporaryDirectory(dir=root.parent) as folder:
        size, cpu, looked = blooms(parts, Path(folder), 1)
        each = f"one address {looked.cpu * 1000:.1f} ms CPU"
        print(f"Bloom filters, one bank: x{size:.2f} bytes, x{cpu:.2f} CPU to write; {each}")


def compare(lake: Lake, hand: ByHand, others: dict[str, Hunt], needles: list[Needle], bare: Took) -> None:
    made = best_of(1, lambda: needle_keys.prepare(needles, KEY))
    keys = lake.prepare(needles)
    found = best_of(5 if len(needles) < 100_000 else 2, lambda: lake.hunt(keys, samples=False))
    byhand = best_of(1, lambda: hand.hunt(needles))
    print(
        f"{len(needles):9,} needles: {len(found.answer.hits):7,} hits, {found.wall * 1000:9.1f} ms wall "
        f"{found.cpu * 1000:9.1f} ms CPU (their keys, made once: {made.cpu * 1000:.1f}); "
        f"by hand {byhand.cpu:7.2f} s CPU, x{byhand.cpu / found.cpu:.0f}; "
        f"of the bare reading {found.cpu / bare.cpu:.3f}"
    )
    if ours(found.answer, needles) != byhand.answer:
        raise SystemExit("the answers differ")
    with tempfile.TemporaryDirectory() as folder:
        tables = hand.tables(Path(folder))
        for name, hunt in others.items():
            took = best_of(1, lambda hunt=hunt: hunt(tables))
            print(f"{'':18} {name}: {took.wall:.2f} s wall, {took.cpu:.2f} s CPU, x{took.cpu / found.cpu:.0f}")
            if took.answer != byhand.answer:
                raise SystemExit(f"the answer of {name} differs")


def tenfold(large: Lake, sector: Sector, folder: Path) -> None:
    """Look for as many values with as many hits in this lake and in one of a tenth of its events."""
    tenth = Sector(sector.events // 10)
    small = opened(tenth, folder)
    took = []
    for lake, its in ((small, tenth), (large, sector)):
        seldom = [Needle("account", user(bank, its.users[bank] - 1)) for bank in range(BANKS)]
        keys = lake.prepare(seldom + sector.needles(50)[:30])
        took.append(best_of(9, lambda lake=lake, keys=keys: lake.hunt(keys, samples=False)))
    hits = [len(run.answer.hits) for run in took]
    print(
        f"50 needles, a tenth of the events and all: {hits[0]} and {hits[1]} hits, "
        f"{took[0].cpu * 1000:.1f} and {took[1].cpu * 1000:.1f} ms CPU, x{took[1].cpu / took[0].cpu:.2f}"
    )


def opened(sector: Sector, folder: Path) -> Lake:
    """Return the sector's lake, filled if it is not there."""
    root = folder / f"sector-{sector.events}"
    if root.exists():
        return Lake(root, key=KEY, memory_limit=MEMORY)
    started = time.process_time()
    lake = sector.fill(root, MEMORY)
    print(f"written and indexed: {(time.process_time() - started) / sector.events * 1e6:.1f} µs CPU an event")
    return lake


def _size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.parquet"))


def main(events: int, given: str | None) -> None:
    folder = Path(given or tempfile.mkdtemp())
    sector = Sector(events)
    try:
        lake = opened(sector, folder)
        measure(lake, folder / f"sector-{events}", sector)
        tenfold(lake, sector, folder)
    finally:
        if not given:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 50_000_000, sys.argv[2] if sys.argv[2:] else None)
