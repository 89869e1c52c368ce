"""Polars and chDB over the same Parquet: the look-back of `look_back.ByHand`, as we know to write it best for each.

    pip install -r requirements/bench.in

Both get the needles as tables in Parquet, made before. What is not installed is left out, and named.
"""

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

Tables = Mapping[str, Path]
"""Names of `ByHand`'s tables of needles, with their files."""
Rows = list[tuple[Any, ...]]
Hunt = Callable[[Tables], Rows]

_KEY: Final = ["needle", "organisation", "file", "line", "time"]
_EQUAL: Final = {
    "ipv4": [{"src_v4": "v0"}],
    "ipv6": [{"src_v6_hi": "v0", "src_v6_lo": "v1"}],
    "device": [{"device": "v0"}],
    "user_agent": [{"user_agent": "v0"}],
    "pseudonym": [{"user_key": "v0"}, {"beneficiary_key": "v0"}],
}
_URLS: Final = {"url": "host", "referrer": "referrer_host"}


def peers(parts: list[str]) -> dict[str, Hunt]:
    """Return the hunts of those that are installed."""
    made = {"polars": polars_hunt, "chdb": chdb_hunt}
    for name in made:
        if find_spec(name) is None:
            print(f"{name} is not installed: pip install -r requirements/bench.in")
    return {name: make(parts) for name, make in made.items() if find_spec(name) is not None}


def polars_hunt(parts: list[str]) -> Hunt:
    """Return a hunt by lazy frames, collected by the streaming engine."""
    import polars as pl

    events = pl.scan_parquet(parts)

    def joined(needles: pl.LazyFrame, on: Mapping[str, str], frame: pl.LazyFrame = events) -> pl.LazyFrame:
        return frame.join(needles, left_on=list(on), right_on=list(on.values())).select(_KEY)

    def beginnings(column: str, frame: pl.LazyFrame, mark: str, *, tail: bool) -> pl.LazyFrame:
        """Each distinct value of a column beside all that begins it, or that ends it, cut at a mark."""
        pieces = frame.select(column).drop_nulls().unique().with_columns(pl.col(column).str.split(mark).alias("pieces"))
        numbered = pieces.with_columns(pl.int_ranges(1, pl.col("pieces").list.len() + 1).alias("size")).explode("size")
        cut = pl.col("pieces").list.tail(pl.col("size")) if tail else pl.col("pieces").list.head(pl.col("size"))
        return numbered.select(column, cut.list.join(mark).alias("cut"))

    def matches(tables: Tables) -> list[pl.LazyFrame]:
        needles = {name: pl.scan_parquet(path) for name, path in tables.items()}
        found = [joined(needles[kind], on) for kind, places in _EQUAL.items() if kind in needles for on in places]
        for name, networks in needles.items():
            if name.startswith("net"):
                size = 1 << 32 - int(name.removeprefix("net"))
                network = events.with_columns((pl.col("src_v4") - pl.col("src_v4") % size).alias("network"))
                found.append(joined(networks, {"network": "v0"}, network))
        for column in ("host", "referrer_host") if "domain" in needles else ():
            under = beginnings(column, events, ".", tail=True).join(needles["domain"], left_on="cut", right_on="name")
            found.append(joined(under.select("needle", pl.col(column).alias("v0")).unique(), {column: "v0"}))
        for column, host in _URLS.items() if "address" in needles else ():
            near = events.join(needles["address"].select("host").unique(), left_on=host, right_on="host", how="semi")
            cuts = beginnings(column, near, "/", tail=False)
            under = cuts.join(needles["address"].select("needle", "beginning"), left_on="cut", right_on="beginning")
            found.append(joined(under.select("needle", pl.col(column).alias("v0")).unique(), {column: "v0"}))
        return found

    def hunt(tables: Tables) -> Rows:
        at = pl.col("time").dt.epoch("us")
        totals = (
            pl.concat(matches(tables))
            .unique()
            .group_by("needle", "organisation")
            .agg(pl.len().cast(pl.Int64), at.min().alias("first"), at.max().alias("last"))
            .sort("needle", "organisation")
        )
        return totals.collect(engine="streaming").rows()

    return hunt


def chdb_hunt(parts: list[str]) -> Hunt:
    """Return a hunt by ClickHouse's SQL, in a session in this process."""
    from chdb.session import Session

    session = Session()
    events = f"file('{Path(parts[0]).parents[2]}/*/*/*.parquet', Parquet)"

    def read(path: Path) -> str:
        return f"file('{path}', Parquet)"

    def beginnings(column: str, where: str, mark: str, *, tail: bool) -> str:
        size = "-size, size" if tail else "1, size"
        pieces = f"SELECT DISTINCT assumeNotNull({column}) AS v0 FROM {events} WHERE {column} IS NOT NULL {where}"
        return (
            f"SELECT v0, arrayStringConcat(arraySlice(pieces, {size}), '{mark}') AS cut FROM (SELECT v0, "
            f"splitByChar('{mark}', v0) AS pieces, arrayJoin(range(1, length(pieces) + 1)) AS size FROM ({pieces}))"
        )

    def matches(tables: Tables) -> list[str]:
        found = [
            f"{read(tables[kind])} AS k ON {' AND '.join(f'e.{column} = k.{value}' for column, value in on.items())}"
            for kind, places in _EQUAL.items()
            if kind in tables
            for on in places
        ]
        for name in tables:
            if name.startswith("net"):
                size = 1 << 32 - int(name.removeprefix("net"))
                found.append(f"{read(tables[name])} AS k ON e.src_v4 - e.src_v4 % {size} = k.v0")
        for column in ("host", "referrer_host") if "domain" in tables else ():
            cuts = beginnings(column, "", ".", tail=True)
            under = (
                f"SELECT DISTINCT v0, needle FROM ({cuts}) AS c JOIN {read(tables['domain'])} AS d ON c.cut = d.name"
            )
            found.append(f"({under}) AS k ON e.{column} = k.v0")
        for column, host in _URLS.items() if "address" in tables else ():
            address = read(tables["address"])
            cuts = beginnings(column, f"AND {host} IN (SELECT host FROM {address})", "/", tail=False)
            under = f"SELECT DISTINCT v0, needle FROM ({cuts}) AS c JOIN {address} AS d ON c.cut = d.beginning"
            found.append(f"({under}) AS k ON e.{column} = k.v0")
        return found

    def hunt(tables: Tables) -> Rows:
        shown = (
            "SELECT k.needle AS needle, e.organisation AS organisation, e.file AS file, e.line AS line, e.time AS time"
        )
        seen = " UNION ALL ".join(f"{shown} FROM {events} AS e JOIN {match}" for match in matches(tables))
        at = "toUnixTimestamp64Micro(assumeNotNull({}(time)))"
        totals = f"SELECT needle, organisation, count(), {at.format('min')}, {at.format('max')} FROM"
        answer = session.query(f"{totals} (SELECT DISTINCT * FROM ({seen})) GROUP BY 1, 2 ORDER BY 1, 2", "TSV")
        lines = (line.split("\t") for line in str(answer).splitlines())
        return [(int(needle), name, int(n), int(first), int(last)) for needle, name, n, first, last in lines]

    return hunt
