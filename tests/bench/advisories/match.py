"""An inventory against all CVEs, against a day's new ones, and one bill of materials; beside cve-bin-tool's scanner.

Run: `python tests/bench/advisories/match.py DATA [--records 300000] [--varied|--repeated] [--peer]`. DATA is the folder
that holds `advisories/cve5`: its records are repeated with new ids, and in one of three ways:

- spread (the bars hold here): no two records say the same, and a product is one of five records, but for the 20 that
  are named most. The CVE list names its products by few records each, and some by thousands; the sample was picked from
  one year in strata, so that it names those 20 more often than the list does, and the inventory is of what it names.
  That makes more pairs than an institution has, not fewer;
- varied: no two records say the same, but each product is one of some hundred records, which flatters nobody;
- repeated: the same, letter by letter. No list is like that.

Whatever is said of a pair is counted; what is affected alone is told beside it. Wall time is the median of five, with
the processor's time behind it. cve-bin-tool is installed into an environment of its own; its scanner runs unchanged on
a database of its schema that holds the same rows. A sample of products is measured and scaled to all.
"""

import argparse
import gc
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
import venv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

from msgspec import structs

TESTS = Path(__file__).parents[2]
sys.path[:0] = [str(TESTS.parent / "src")]

from noroshi.advisories.domain import matching  # noqa: E402
from noroshi.advisories.domain.affected import Affected, Range, Status  # noqa: E402 - the path comes first
from noroshi.advisories.domain.matching import Answer, Component, product_of  # noqa: E402
from noroshi.advisories.domain.readers import cve5  # noqa: E402
from noroshi.advisories.domain.records import ClaimKind  # noqa: E402
from noroshi.advisories.domain.versions import generic  # noqa: E402
from noroshi.advisories.engine import Held, Parts, against, calls, find, held, orders, ranks  # noqa: E402

ASSETS, ROWS, DISTINCT, DAY, BILL = 10_000, 115_000, 5_700, 1_500, 1_000
TURNS = 5
PEER_PRODUCTS = 20
AFFECTED = (Answer.AFFECTED,)
EVERYWHERE, A_PRODUCT, CPE_PRODUCT = 20, 5, 4
Record = tuple[str, list[Affected]]


def main(data: Path, number: int, *, with_peer: bool, how: str) -> None:
    chance = random.Random(20)
    real = list(records_of(data / "advisories/cve5/cve5-records.ndjson"))
    made = {"repeated": repeated, "varied": varied, "spread": spread}[how]
    named_in = islice(made(real, number), 0, None, max(1, number // 20_000)) if how == "spread" else real
    components = inventory(list(named_in), DISTINCT, chance)
    installed = [*components, *chance.choices(components, k=ROWS - DISTINCT)]
    print(f"{len(real):,} records of the CVE list, {how} to {number:,}; {ASSETS:,} assets, {ROWS:,} rows")
    with tempfile.TemporaryDirectory() as beside, Held(Path(beside, "kept")) as store:
        begin = time.perf_counter()
        source = made(real, number)
        while group := list(islice(source, 20_000)):
            store.extend(group)
        spans = store.opened.execute("SELECT count(*) FROM span").fetchone()
        print(f"keys of {len(store):,} records, {spans[0]:,} spans: {time.perf_counter() - begin:.1f} s, once")
        parts, place, _ = timed(lambda: Parts(installed))
        _, keys, _ = timed(lambda: parts.place(store))
        print(f"keys of {len(parts.parts):,} distinct components: {place + keys:.2f} s, once")
        whole = median("all against all, whatever is said", lambda: find(store, parts), bar=2.0)
        counted(store, parts, installed)
        median("   what is affected", lambda: find(store, parts, None, AFFECTED), bar=2.0)
        days = [list(islice(made(real, number), turn, None, max(1, number // DAY)))[:DAY] for turn in range(TURNS)]
        gc.freeze()  # what the benchmark itself holds is not looked through again and again
        found = []

        def one_day() -> None:
            forget()
            found[:] = [*against(components, days.pop(), AFFECTED)]

        median(f"a day's {DAY:,} records, none of them known: keys, matched, told", one_day, bar=0.2)
        print(f"   {len(found):,} affected pairs told")
        for what, bill in bills(components, chance).items():
            median(f"a bill of {BILL:,} {what}: what is affected", lambda: bill_of(store, bill, AFFECTED), bar=0.1)  # noqa: B023 - called at once
            median("   whatever is said", lambda: bill_of(store, bill, tuple(Answer)), bar=0.1)  # noqa: B023 - called at once
        size = sum(path.stat().st_size for path in Path(beside, "kept").iterdir())
        print(f"kept: {size / 1e6:.0f} MB; memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3:.0f} MB")
        if with_peer:
            peer(Path(beside), made(real, number), components, whole)


def records_of(path: Path) -> Iterator[Record]:
    for line in path.read_bytes().splitlines():
        record = cve5.read_one(line)
        claims = (each for each in record.claims if each.kind is ClaimKind.AFFECTED)
        yield record.native_id, [Affected.read(claim.value) for claim in claims]


def repeated(real: list[Record], number: int, mark: str = "") -> Iterator[Record]:
    for place in range(number):
        name, said = real[place % len(real)]
        yield f"{name}-{mark}{place // len(real)}", said


def varied(real: list[Record], number: int, mark: int = 0) -> Iterator[Record]:
    """Each repetition appends a number of its own to all versions."""
    for place in range(number):
        name, said = real[place % len(real)]
        behind = f".{mark + place // len(real) + 1}"
        yield f"{name}-{mark}-{place // len(real)}", [replace(each, ranges=_shifted(each, behind)) for each in said]


def spread(real: list[Record], number: int) -> Iterator[Record]:
    """As `varied`, and each five repetitions are about products of their own."""
    counts = Counter(block.product.name for _, said in real for block in said)
    everywhere = {name for name, _ in counts.most_common(EVERYWHERE)}
    for place, (name, said) in enumerate(varied(real, number)):
        mark = f" {place // len(real) // A_PRODUCT}"
        yield name, [each if each.product.name in everywhere else _renamed(each, mark) for each in said]


def _renamed(block: Affected, mark: str) -> Affected:
    known = block.product
    parts = known.cpe.split(":")
    if len(parts) > CPE_PRODUCT:
        parts[CPE_PRODUCT] += mark.strip()
    return replace(block, product=replace(known, name=known.name and known.name + mark, cpe=":".join(parts), purl=""))


def _shifted(block: Affected, behind: str) -> tuple[Range, ...]:
    return tuple(
        structs.replace(each, low=each.low and each.low + behind, high=each.high and each.high + behind)
        for each in block.ranges
    )


def inventory(real: list[Record], number: int, chance: random.Random) -> list[Component]:
    """Products of the records, in versions at, beside and far from the ends of their ranges."""
    blocks = [block for _, said in real for block in said if block.product.vendor and block.product.name]
    found: dict[Component, None] = {}
    while len(found) < number:
        block = chance.choice(blocks)
        ends = [end for each in block.ranges for end in (each.low, each.high) if end]
        made = ".".join(str(chance.randrange(20)) for _ in range(3))
        version = chance.choice([made, made, *(ends[:20])])
        found[Component(block.product.name, version, block.product.vendor)] = None
    return list(found)


def timed(work: Callable[[], Any]) -> tuple[Any, float, float]:
    """Return what comes of it, its wall time and its processor time."""
    begin, processor = time.perf_counter(), time.process_time()
    return work(), time.perf_counter() - begin, time.process_time() - processor


def median(what: str, work: Callable[[], object], *, bar: float) -> float:
    taken = sorted(timed(work)[1:] for _ in range(TURNS))
    middle, processor = taken[TURNS // 2]
    print(
        f"{what}: {middle:.3f} s ({taken[0][0]:.3f} to {taken[-1][0]:.3f}; processor {processor:.3f}; bar {bar} s) "
        f"{'ok' if middle <= bar else 'MISSED'}"
    )
    return middle


def forget() -> None:
    """Nothing that was encoded before is remembered."""
    for remembered in (held.value_of, calls.named, orders.key, orders.place, generic.number, matching._plain):
        remembered.cache_clear()


def bills(components: list[Component], chance: random.Random) -> dict[str, list[Component]]:
    """A bill of materials names a product once. Components by chance name the products of most records many times."""
    once = {named(each): each for each in components}
    return {
        "products": chance.sample([*once.values()], BILL),
        "components, some products in many versions": chance.sample(components, BILL),
    }


def bill_of(store: Held, bill: list[Component], answers: tuple[Answer, ...]) -> None:
    forget()
    find(store, Parts(bill), None, answers)


def counted(store: Held, parts: Parts, installed: list[Component]) -> None:
    rows = {each.component: 0 for each in parts.parts}
    for component in installed:
        rows[component] += 1
    store.opened.execute("CREATE OR REPLACE TEMP TABLE running AS SELECT unnest(range(?)) part, unnest(?) number",
                         [len(rows), list(rows.values())])  # fmt: skip
    pairs, on_assets, affected = store.opened.execute(
        "SELECT count(*), sum(number), count(*) FILTER (WHERE rank < ?) FROM result JOIN running USING (part)",
        [ranks.behind(Answer.AFFECTED)],
    ).fetchone()
    print(f"   {pairs:,} pairs of a distinct component and a CVE ({affected:,} affected), {on_assets:,} of rows")


PEER = """
import json, sqlite3, sys, time
from cve_bin_tool.cve_scanner import CVEScanner
from cve_bin_tool.util import ProductInfo
base = sqlite3.connect(sys.argv[1])
base.row_factory = sqlite3.Row
scanner = CVEScanner()
scanner.logger.setLevel("ERROR")
scanner.cursor = base.cursor()
taken = []
for vendor, product, version in json.load(open(sys.argv[2])):
    begin = time.perf_counter()
    made = dict(vendor=vendor, product=product, version=version, location="x", purl=None)
    known = {name: made[name] for name in ProductInfo._fields}
    scanner.get_cves(ProductInfo(**known), {"default": {}, "paths": set()})
    taken.append(time.perf_counter() - begin)
print(json.dumps([taken, sum(len(each["cves"]) for each in scanner.all_cve_data.values())]))
"""
SCHEMA = """
CREATE TABLE cve_severity (cve_number TEXT, severity TEXT, description TEXT, score INTEGER, cvss_version INTEGER,
    cvss_vector TEXT, data_source TEXT, last_modified TIMESTAMP, PRIMARY KEY (cve_number, data_source));
CREATE TABLE cve_range (cve_number TEXT, vendor TEXT, product TEXT, version TEXT, versionStartIncluding TEXT,
    versionStartExcluding TEXT, versionEndIncluding TEXT, versionEndExcluding TEXT, data_source TEXT);
CREATE INDEX product_index ON cve_range (cve_number, vendor, product);
"""


def peer(beside: Path, records: Iterator[Record], components: list[Component], ours: float) -> None:
    """Its scanner asks the database anew for every product: what some take times how many there are."""
    import sqlite3

    environment = beside / "peer"
    venv.create(environment, with_pip=True)
    python = str(environment / "bin/python")
    subprocess.run([python, "-m", "pip", "install", "-q", "cve-bin-tool"], check=True)
    path = beside / "cve.db"
    base = sqlite3.connect(path)
    base.executescript(SCHEMA)
    insert = "INSERT INTO cve_range VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'NVD')"
    for name, said in records:
        base.execute("INSERT INTO cve_severity VALUES (?, 'HIGH', 'said', 7, 3, '', 'NVD', '')", [name])
        base.executemany(insert, [row for block in said for row in peer_rows(name, block)])
    base.commit()
    rows = base.execute("SELECT count(*) FROM cve_range").fetchone()[0]
    base.close()
    asked = [(*named(each), each.version) for each in random.Random(3).sample(components, PEER_PRODUCTS)]
    (beside / "asked.json").write_text(json.dumps(asked))
    (beside / "peer.py").write_text(PEER)
    done = subprocess.run(
        [python, str(beside / "peer.py"), str(path), str(beside / "asked.json")], check=True, capture_output=True
    )
    taken, found = json.loads(done.stdout.splitlines()[-1])
    each = sum(taken) / len(taken)
    print(f"cve-bin-tool get_cves on {rows:,} rows, as shipped: {each:.2f} s for each of {len(taken)} ({found:,} CVEs)")
    print(
        f"   scaled to {len(components):,}: {each * len(components):,.0f} s, x{each * len(components) / ours:,.0f} ours"
    )


def named(component: Component) -> tuple[str, str]:
    return component.vendor.lower(), component.name.lower()


def peer_rows(name: str, block: Affected) -> Iterator[tuple[str, ...]]:
    vendor, product = product_of(block.product.cpe) or (block.product.vendor.lower(), block.product.name.lower())
    vendor, product = (block.product.vendor.lower() or vendor, block.product.name.lower() or product)
    for each in block.ranges:
        if each.status is not Status.AFFECTED:
            continue
        if each.low and each.low == each.high:
            yield (name, vendor, product, each.low, "", "", "", "")
            continue
        low = (each.low, "") if each.low_included else ("", each.low)
        high = (each.high, "") if each.high_included else ("", each.high)
        yield (name, vendor, product, "*", *low, *high)


if __name__ == "__main__":
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("data", type=Path)
    reader.add_argument("--records", type=int, default=300_000)
    reader.add_argument("--peer", action="store_true")
    for how in ("varied", "repeated"):
        reader.add_argument(f"--{how}", dest="how", action="store_const", const=how, default="spread")
    told = reader.parse_args()
    main(told.data, told.records, with_peer=told.peer, how=told.how)
