"""A sector's logs, made up: internet-banking accesses of 20 banks over 60 days, the same on every run and machine.

Rows are made in SQL, a bank and some days at a time, and written by the engine's own writer: parts and index are those
of an ingest, whose reading of text alone is left out (`ingest.py` measures that). Values are functions of a number, so
that needles can be made that are surely there, or surely not.

- Sizes of banks follow Zipf. A bank has a client for every eight accesses; the client of rank r comes with a frequency
  of 1 / sqrt(r), on several days, with one of two devices (the second in a third of the cases), and pays to one payee.
- Three accesses in four come from the client's home address, which other banks may see too: there are fewer homes than
  clients. The fourth comes from any address, the lower its number the more often. A fifth of the addresses is IPv6.
- Times are whole milliseconds, as applications write them.
- One access in twenty is a transfer; one in four comes from another site, the others from the bank's own. A bank has
  20,000 pages; of these and of the sites that refer to them a few are seen often, and many seldom.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from noroshi.hunting.engine import Lake, Needle, normalise
from noroshi.hunting.engine.manifest import LogFile, Manifest, Refused, file_number
from noroshi.hunting.engine.parts import PartWriter
from noroshi.hunting.engine.schema import STAGED_COLUMNS

BANKS: Final = 20
DAYS: Final = 60
DAYS_AT_ONCE: Final = 10
KEY: Final = b"a key for benchmarks only, 32 by"
START: Final = int(datetime(2026, 9, 4, tzinfo=UTC).timestamp())  # the first day of an epoch of the index
_ODD: Final = 2_654_435_761  # times it, modulo 2^32, is one to one

# Of each event's number a hash of 128 bits; its pieces choose the values.
_ROWS: Final = """
CREATE OR REPLACE TABLE chunk AS
SELECT {columns} FROM (
    SELECT *, u % 3000 AS g, CASE WHEN a % 5 = 0 THEN NULL ELSE ((a + 1) * {odd}) % 4294967296 END AS v4,
           'ib.bank{bank}.example.jp' AS ib,
           CASE WHEN r % 4 = 1 THEN 'www.site' || d || '.shop' || d % 50 || '.example.com'
                ELSE 'ib.bank{bank}.example.jp' END AS ref
    FROM (SELECT *, CASE WHEN r % 4 = 0 THEN CAST(floor({addresses} * y * y) AS BIGINT)
                    ELSE (u * 7 + {bank} * 1000003) % {addresses} END AS a
          FROM (SELECT n, CAST(floor({users} * pow((hi >> 32)::DOUBLE / 4294967296, 2)) AS BIGINT) AS u,
                       (hi % 4294967296)::DOUBLE / 4294967296 AS y,
                       CAST(floor({domains} * pow((lo % 4294967296)::DOUBLE / 4294967296, 4)) AS BIGINT) AS d,
                       CAST(floor(400 * pow((lo >> 32 & 1023)::DOUBLE / 1024, 2)) AS BIGINT) AS p,
                       CAST(floor(50 * pow((lo >> 42 & 4095)::DOUBLE / 4096, 2)) AS BIGINT) AS q,
                       CAST((lo >> 56) % 20 AS BIGINT) AS k, CAST((lo >> 60) AS BIGINT) AS r
                FROM (SELECT n, md5_number_upper(h) AS hi, md5_number_lower(h) AS lo
                      FROM (SELECT range AS n, '{bank}:' || range AS h FROM range({first}, {last}))))))
JOIN users USING (u)
"""
_COLUMNS: Final = {
    "time": "{start} + n * {step}",
    "class": "CASE WHEN k = 0 THEN 'transfer' ELSE 'web' END",
    "action": "CASE WHEN k = 0 THEN 'transfer' ELSE 'GET' END",
    "status": "CASE WHEN r = 0 THEN 404 ELSE 200 END",
    "src_ip": (
        "CASE WHEN v4 IS NULL THEN format('2001:db8:{{:x}}:{{:x}}::1', 1 + a // 65535, 1 + a % 65535) "
        "ELSE concat_ws('.', v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255) END"
    ),
    "src_v4": "v4",
    "src_v6_hi": "CASE WHEN v4 IS NULL THEN 2306139568115548160 + (1 + a // 65535) * 65536 + 1 + a % 65535 END",
    "src_v6_lo": "CASE WHEN v4 IS NULL THEN 1 END",
    "user_key": "users.pseudonym",
    "beneficiary_key": "CASE WHEN k = 0 THEN users.payee END",
    "amount_band": "CASE WHEN k = 0 THEN 10000 * (1 + r % 2) END",
    "device": "CASE WHEN u % 3 = 0 AND r % 2 = 0 THEN users.second ELSE users.device END",
    "user_agent": "'Mozilla/5.0 (X11; Linux ' || g || ') AppleWebKit/537.36 (KHTML, like Gecko) Chrome/' || g % 130",
    "url": "ib || '/page' || p || '/' || q",
    "host": "ib",
    "referrer": "ref || '/login'",
    "referrer_host": "ref",
    "file": "{file}",
    "line": "n - {first} + 1",
}


class Sector:
    """The logs of all banks: ``events`` of them."""

    def __init__(self, events: int) -> None:
        self.events = events
        weights = [1 / rank for rank in range(1, BANKS + 1)]
        self.sizes = [max(DAYS, int(events * weight / sum(weights))) for weight in weights]
        self.addresses = max(1000, events // 12)
        self.users = [max(100, size // 8) for size in self.sizes]
        self.domains = max(100, events // 200)

    def fill(self, root: Path, memory_limit: str = "3GB") -> Lake:
        """Write the lake, and compact its index."""
        lake = Lake(root, key=KEY, memory_limit=memory_limit)
        manifest = Manifest(root)
        for bank, size in enumerate(self.sizes):
            writer = PartWriter(root, f"bank-{bank:02}", "online-banking", KEY, memory_limit)
            try:
                self._fill_bank(writer, manifest, bank, size)
            finally:
                writer.close()
        lake.compact_index()
        return lake

    def _fill_bank(self, writer: PartWriter, manifest: Manifest, bank: int, size: int) -> None:
        duck = writer.session()
        numbers = range(self.users[bank])
        pseudonym = normalise.account_pseudonyms(KEY)
        pseudonyms = [pseudonym(user(bank, number)) for number in numbers]
        payees = [pseudonym(payee(bank, number)) for number in numbers]
        devices = [device(bank, number) for number in numbers]
        seconds = [device(bank + BANKS, number) for number in numbers]
        duck.execute(
            "CREATE OR REPLACE TABLE users AS SELECT unnest(?::BIGINT[]) AS u, unnest(?::VARCHAR[]) AS pseudonym, "
            "unnest(?::VARCHAR[]) AS payee, unnest(?::VARCHAR[]) AS device, unnest(?::VARCHAR[]) AS second",
            [list(numbers), pseudonyms, payees, devices, seconds],
        ).fetchall()
        for part in range(DAYS // DAYS_AT_ONCE):
            first, last = (size * DAYS_AT_ONCE * place // DAYS for place in (part, part + 1))
            name = f"bank-{bank:02}-{part}"
            number = file_number(f"bank-{bank:02}", name)
            facts = {
                "bank": bank,
                "first": first,
                "last": last,
                "file": number,
                "start": START * 1_000_000,
                "step": DAYS * 86_400_000 // size * 1000,
                "odd": _ODD,
                "addresses": self.addresses,
                "users": self.users[bank],
                "domains": self.domains,
            }
            columns = ", ".join(
                f"CAST({_COLUMNS.get(column, 'NULL').format(**facts)} AS {kind}) AS {column}"
                for column, kind in STAGED_COLUMNS.items()
            )
            duck.execute(_ROWS.format(columns=columns, **facts)).fetchall()
            count = last - first
            file = LogFile(number, f"bank-{bank:02}", "online-banking", name, name, 0, count, count, 0,
                           datetime.fromtimestamp(START, UTC).isoformat())  # fmt: skip
            manifest.commit([file], writer.write((), ["chunk"]), Refused())
        duck.close()

    def needles(self, count: int, present: int = 3) -> list[Needle]:
        """Return ``count`` needles as feeds carry them, of which ``present`` in a thousand are in the logs."""
        pick = random.Random(count)
        return list(dict.fromkeys(self._needle(pick, number, present) for number in range(count)))

    def _needle(self, pick: random.Random, number: int, present: int) -> Needle:
        there = pick.randrange(1000) < present or number == 0
        share = number * 7919 % 1000
        bank = pick.randrange(BANKS)
        if share < 660:
            return address(pick.randrange(self.addresses) + (0 if there else self.addresses * (1 + number)))
        if share < 810:
            site = pick.randrange(self.domains)
            return Needle("domain", f"site{site}.shop{site % 50}.example.com" if there else f"evil{number}.example.com")
        if share < 910:
            page = pick.randrange(400)
            return Needle(
                "url", f"https://ib.bank{bank}.example.jp/page{page}/{number % 50 if there else f'x{number}'}"
            )
        if share < 970:
            return Needle(
                "device", device(bank, pick.randrange(self.users[bank])) if there else f"absent-device-{number}"
            )
        if share < 990:
            return Needle("account", user(bank, pick.randrange(self.users[bank])) if there else f"absent{number}")
        if share < 995:
            return Needle("cidr", f"{pick.randrange(224, 240)}.{pick.randrange(256)}.{pick.randrange(256)}.0/24")
        return Needle("user_agent", f"sqlmap/{number}")


def address(number: int) -> Needle:
    """Return the address of a number."""
    if number % 5 == 0:
        return Needle("ipv6", f"2001:db8:{1 + number // 65_535 % 65_535:x}:{1 + number % 65_535:x}::1")
    v4 = (number + 1) * _ODD % (1 << 32)
    return Needle("ipv4", ".".join(str(v4 >> shift & 255) for shift in (24, 16, 8, 0)))


def user(bank: int, number: int) -> str:
    """Return the name of a bank's user."""
    return f"user{bank}-{number}"


def payee(bank: int, number: int) -> str:
    """Return the account that a bank's user pays to."""
    return f"{bank:03}-{number:07}"


def device(bank: int, number: int) -> str:
    """Return the device of a bank's user."""
    return f"{(number + 1) * 0x9E3779B97F4A7C15 + bank & 0xFFFFFFFFFFFFFFFF:016x}"


def parts_of(lake_root: Path) -> Iterator[str]:
    """Yield the paths of the parts of events."""
    return (str(path) for path in sorted((lake_root / "events").rglob("*.parquet")))
