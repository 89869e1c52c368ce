"""CVE records into the searchable store, beside an importer that writes each of them by Django's ORM.

    python tests/bench/advisories/load.py [DATA] [--records 20000] [--peer 1000]
    tools/postgres.py run python tests/bench/advisories/load.py [DATA] --records 300000 --peer 4000

DATA is the folder that holds `advisories/cve5` (else SHARED_DATA_DIR, else the one beside the repository): its records
are repeated with new identifiers, a quarter of their words and all their versions are drawn anew, and products become
others every fifth time, so that no two are alike. Ours is the command as shipped, in a process of its own; then the
same file again, as it is and with every thousandth record changed.

The peer is ours, with the tables and indexes of OpenCVE 3 (whose licence keeps its code out of here): each record a
transaction, in it the CVE, its weaknesses, vendors and products, each got or created, and a row of what changed; on
PostgreSQL with its three GIN indexes on JSON and three on trigrams. It reads the same lines, half before ours and
half after. What it does not keep: revisions, claims with who makes them, version ranges. OpenCVE itself hands each
record to a procedure in the database (`cve_upsert`), which is several times as fast as its ORM would be: no figure
here is one of OpenCVE's own importer. A CPU-second is of the client and of its server's backends; where others use
the machine too, it says more than the clock.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
RECORDS = "advisories/cve5/cve5-records.ndjson"
ALIKE, DRAWN, CHANGED_EVERY = 5, 4, 1_000
BAR_MB, BAR_RATIO, BAR_AGAIN = 150, 15, 15.0


@dataclass
class Taken:
    """What a process took: seconds of the clock, of the processors, and megabytes at its peak."""

    clock: float
    computed: float
    peak: float = 0.0
    said: str = ""
    served: float = 0.0
    """What of `computed` the server did."""

    def each(self, number: int) -> str:
        return f"{number / self.clock:,.0f} records/s, {number / self.computed:,.0f} a CPU-second"


def main(data: Path, number: int, peer: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environment = {**os.environ, "NOROSHI_DATA_DIR": str(folder / "data"), "NOROSHI_LOG_LEVEL": "ERROR"}
        environment |= {"PYTHONPATH": str(ROOT / "src"), "NOROSHI_DEMO": "yes"}
        file = folder / "cves.ndjson"
        size = write(file, made(data / RECORDS, number))
        where = "PostgreSQL" if environment.get("NOROSHI_DATABASE_URL") else "SQLite"
        print(f"{number:,} CVE records, {size / 1e6:,.0f} MB, into {where}")
        run(environment, "-m", "noroshi.site", "manage", "migrate", "--verbosity", "0")
        run(environment, __file__, "--peer-tables")
        halves = [run(environment, __file__, "--peer-reads", str(file), "0", str(peer // 2))]
        ours = load(environment, file)
        print(f"ours: {ours.clock:,.1f} s, {ours.computed:,.1f} CPU-s: {ours.each(number)}; peak {ours.peak:,.0f} MB")
        print(f"   {ours.said}; bar {BAR_MB} MB: {verdict(ours.peak <= BAR_MB)}")
        halves.append(run(environment, __file__, "--peer-reads", str(file), str(peer // 2), str(peer)))
        clocks, processors = zip(*(map(float, half.said.split()) for half in halves), strict=True)
        other = Taken(sum(clocks), sum(processors) + sum(half.served for half in halves))
        print(f"one by one, by the ORM: {peer:,} in {other.clock:,.1f} s: {other.each(peer)}")
        ratio, computed = number / ours.clock * other.clock / peer, number / ours.computed * other.computed / peer
        print(f"   x{ratio:,.1f} by the clock, x{computed:,.1f} by CPU-seconds; bar x{BAR_RATIO}:", end=" ")
        print(verdict(max(ratio, computed) >= BAR_RATIO))
        before = rows(environment)
        again = load(environment, file)
        same = rows(environment) == before
        print(
            f"the same file again: {again.clock:,.1f} s, {again.computed:,.1f} CPU-s; {again.said}; rows as they were:"
        )
        print(
            f"   {verdict(same)}; peak {again.peak:,.0f} MB; bar {BAR_AGAIN:.0f} s: {verdict(again.clock <= BAR_AGAIN)}"
        )
        write(file, changed(lines(file)))
        news = load(environment, file)
        print(f"every {CHANGED_EVERY:,}th changed: {news.clock:,.1f} s, {news.computed:,.1f} CPU-s; {news.said}")


def verdict(holds: object) -> str:
    return "ok" if holds else "MISSED"


def lines(file: Path) -> Iterator[str]:
    with file.open() as stream:
        yield from stream


def write(file: Path, records: Iterator[str]) -> int:
    target = file.with_suffix(".new")
    with target.open("w") as stream:
        stream.writelines(f"{record.rstrip()}\n" for record in records)
    target.rename(file)
    return file.stat().st_size


def changed(records: Any) -> Iterator[str]:
    for place, record in enumerate(records):
        if place % CHANGED_EVERY:
            yield record
            continue
        made = json.loads(record)
        made["containers"]["cna"]["title"] = "Something else"
        yield json.dumps(made)


def made(path: Path, number: int) -> Iterator[str]:
    chance = random.Random(20)
    real = [json.loads(line) for line in path.read_text().splitlines()]
    texts = (text["value"] for each in real for text in each["containers"]["cna"].get("descriptions", ()))
    words = sorted({word for text in texts for word in text.split() if 2 < len(word) < 24})
    for place in range(number):
        yield varied(real[place % len(real)], place, place // len(real), words, chance)


def varied(record: dict[str, Any], place: int, turn: int, words: list[str], chance: random.Random) -> str:
    known = record["cveMetadata"]["cveId"]
    fresh: dict[str, Any] = json.loads(
        json.dumps(record).replace(known, f"CVE-{2000 + place % 27}-{1_000_000 + place}")
    )
    cna = fresh["containers"]["cna"]
    for text in cna.get("descriptions", ()):
        said = text["value"].split(" ")
        said[::DRAWN] = chance.choices(words, k=len(said[::DRAWN]))
        text["value"] = " ".join(said)
    if "title" in cna:
        cna["title"] += f" {chance.choice(words)} {turn}"
    for block in (block for each in (cna, *fresh["containers"].get("adp", ())) for block in each.get("affected", ())):
        if "product" in block:
            block["product"] += f" {turn // ALIKE}"
        for version in block.get("versions", ()):
            for name in {"version", "lessThan", "lessThanOrEqual"} & version.keys():
                if version[name][:1].isdigit() and version[name] != "0":
                    version[name] += f".{turn}"
    return json.dumps(fresh, separators=(",", ":"), ensure_ascii=False)


def load(environment: dict[str, str], file: Path) -> Taken:
    return run(environment, "-m", "noroshi.site", "advisories", "load", "--source", "CVEs", "--kind", "cve5", str(file))


def run(environment: dict[str, str], *words: str) -> Taken:
    begin, served = time.perf_counter(), server_seconds(environment)
    with subprocess.Popen([sys.executable, *words], env=environment, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read().strip()
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{words}: {said}")
    clock = time.perf_counter() - begin
    served = server_seconds(environment) - served
    return Taken(clock, used.ru_utime + used.ru_stime + served, used.ru_maxrss / 1024, said, served)


def server_seconds(environment: dict[str, str]) -> float:
    """What the backends of PostgreSQL computed that have ended."""
    folder = environment.get("NOROSHI_DATABASE_URL", "").partition("host=")[2].partition("&")[0]
    if not folder:
        return 0.0
    time.sleep(0.2)  # until the last one has
    number = Path(folder, "data/postmaster.pid").read_text().split()[0]
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def rows(environment: dict[str, str]) -> str:
    return run(environment, __file__, "--rows").said


def start() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "noroshi.site.settings"
    import django

    django.setup()


def told_rows() -> None:
    """Print what would be another number if any row were written anew."""
    start()
    from django.db.models import Count, Max

    from noroshi.advisories.models import Item, Mention, Revision, Vulnerability, VulnerabilityName

    print(
        *(model._base_manager.count() for model in (Item, Mention, Revision, VulnerabilityName)),
        Vulnerability.everything.aggregate(Count("pk"), Max("changed_at")),
        Revision.objects.aggregate(Max("seen_at")),
        written() if os.environ.get("NOROSHI_DATABASE_URL") else "",
    )


def written() -> object:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT max(xmin::text::bigint) FROM advisories_item")
        items = cursor.fetchone()
        cursor.execute("SELECT max(xmin::text::bigint) FROM advisories_vulnerability")
        return items, cursor.fetchone()


GIN = (
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX peer_vendors ON peer_cve USING gin (vendors)",
    "CREATE INDEX peer_metrics ON peer_cve USING gin (metrics)",
    "CREATE INDEX peer_weaknesses ON peer_cve USING gin (weaknesses)",
    "CREATE INDEX peer_title ON peer_cve USING gin (upper(title) gin_trgm_ops)",
    "CREATE INDEX peer_description ON peer_cve USING gin (upper(description) gin_trgm_ops)",
    "CREATE INDEX peer_cve_id ON peer_cve USING gin (upper(cve_id) gin_trgm_ops)",
)


def peer_models() -> Any:
    start()
    from uuid import uuid4

    from django.db import models

    class Base(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid4)
        created_at = models.DateTimeField(auto_now_add=True)
        updated_at = models.DateTimeField(auto_now=True)

        class Meta:
            abstract = True
            app_label = "peer"

    class Cve(Base):
        cve_id = models.CharField(max_length=20, unique=True)
        title = models.TextField(null=True)
        description = models.TextField(null=True)
        vendors = models.JSONField(default=list)
        weaknesses = models.JSONField(default=list)
        metrics = models.JSONField(default=dict)

    class Weakness(Base):
        cwe_id = models.CharField(max_length=16, unique=True)

    class Vendor(Base):
        name = models.CharField(max_length=256, unique=True)

    class Product(Base):
        name = models.CharField(max_length=256)
        vendor = models.ForeignKey(Vendor, on_delete=models.CASCADE)

        class Meta(Base.Meta):
            abstract = False
            constraints = [models.UniqueConstraint(fields=["name", "vendor"], name="peer_products_once")]

    class Change(Base):
        cve = models.ForeignKey(Cve, on_delete=models.CASCADE)
        types = models.JSONField(default=list)

    return Cve, Weakness, Vendor, Product, Change


def peer_tables() -> None:
    models = peer_models()
    from django.db import connection

    with connection.schema_editor() as editor:
        for model in models:
            editor.create_model(model)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for statement in GIN:
                cursor.execute(statement)


def peer_reads(file: str, begin: int, end: int) -> None:
    """Import some lines one by one, and print how long that took, without the start of the process."""
    models = peer_models()
    with Path(file).open() as stream:
        told = list(islice(stream, begin, end))
    clock, processor = time.perf_counter(), time.process_time()
    for line in told:
        peer_record(models, json.loads(line))
    print(time.perf_counter() - clock, time.process_time() - processor)


def peer_record(models: Any, record: dict[str, Any]) -> None:
    from django.db import transaction

    cve_model, weakness_model, vendor_model, product_model, change_model = models
    said = peer_values(record)
    with transaction.atomic():
        cve, is_new = cve_model.objects.update_or_create(cve_id=record["cveMetadata"]["cveId"], defaults=said)
        for name in said["weaknesses"]:
            weakness_model.objects.get_or_create(cwe_id=name)
        for each in said["vendors"]:
            vendor, _, product = each.partition("$PRODUCT$")
            owner, _ = vendor_model.objects.get_or_create(name=vendor)
            if product:
                product_model.objects.get_or_create(name=product, vendor=owner)
        change_model.objects.create(cve=cve, types=["new"] if is_new else ["changed"])


def peer_values(record: dict[str, Any]) -> dict[str, Any]:
    cna, *more = (record["containers"]["cna"], *record["containers"].get("adp", ()))
    texts = [*cna.get("descriptions", ()), *cna.get("rejectedReasons", ())]
    vendors: dict[str, None] = {}
    for block in (block for each in (cna, *more) for block in each.get("affected", ())):
        vendor, product = block.get("vendor", "").lower()[:256], block.get("product", "").lower()[:256]
        if vendor and vendor != "n/a":
            vendors[vendor] = vendors[f"{vendor}$PRODUCT$" + product] = None
    problems = (
        each for one in (cna, *more) for problem in one.get("problemTypes", ()) for each in problem["descriptions"]
    )
    metrics = {
        name: value for one in (cna, *more) for metric in one.get("metrics", ()) for name, value in metric.items()
    }
    return {
        "title": cna.get("title"),
        "description": texts[0]["value"] if texts else None,
        "vendors": list(vendors),
        "weaknesses": list(dict.fromkeys(each["cweId"] for each in problems if each.get("cweId"))),
        "metrics": metrics,
    }


def data_folder() -> Path:
    return Path(os.environ.get("SHARED_DATA_DIR", ROOT.parent / "shared" / "data"))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["--peer-tables"]:
            peer_tables()
        case ["--peer-reads", name, first, last]:
            peer_reads(name, int(first), int(last))
        case ["--rows"]:
            told_rows()
        case _:
            reader = argparse.ArgumentParser(description=__doc__)
            reader.add_argument("data", type=Path, nargs="?", default=data_folder())
            reader.add_argument("--records", type=int, default=20_000)
            reader.add_argument("--peer", type=int, default=1_000)
            told = reader.parse_args()
            if not (told.data / RECORDS).is_file():
                print(f"skipped: there is no {told.data / RECORDS}; SHARED_DATA_DIR names the folder of real samples")
                sys.exit(0)
            main(told.data, told.records, told.peer)
