"""Log files arrive while whoever takes them in and watches them is killed: what of them is found in the end."""

import json
import random
import time
from dataclasses import dataclass

import duckdb

from factories.fire import PATIENCE, Installation, kill
from factories.lakes import EVIL_ADDRESS

EVENTS = 40
"""Of each file; the first one shows the value that is watched for."""


@dataclass(frozen=True)
class Found:
    """What the lake and the database hold: numbers of events, and what the watch made of them."""

    files: int
    events: list[int]
    hits: list[int]
    tellings: list[int]


def arrive_under_fire(installation: Installation, deaths: int, seed: int = 20261126) -> Found:
    """Drop files while `deaths` workers are killed at random moments; return what is there once all is done."""
    moments, files = random.Random(seed), 0
    folder = installation.folder / "dropped"
    folder.mkdir()
    for _ in range(deaths):
        worker = installation.work()
        until = time.monotonic() + moments.uniform(0.1, 1.5)
        while time.monotonic() < until:
            _drop(installation, files)
            files += 1
            time.sleep(0.1)
        kill(worker)
    installation.run("finish()", PATIENCE * 10)  # a hundred deaths leave much to do
    parts = sorted(str(path) for path in installation.folder.glob("lake/events/**/*.parquet"))
    known = duckdb.sql(f"SELECT dst_port FROM read_parquet({parts}) ORDER BY 1").fetchall()
    return Found(
        files,
        [number for (number,) in known],
        installation.numbers("SELECT count FROM hunting_hit"),
        installation.numbers("SELECT count(*) FROM notify_notice WHERE kind = 'hit' GROUP BY person_id"),
    )


def _drop(installation: Installation, file: int) -> None:
    """Drop a file whose events are numbered by their ports."""
    lines = [
        {
            "time": 1_790_000_000 + file,
            "src_ip": EVIL_ADDRESS if number == 0 else "198.51.100.7",
            "dst_port": file * EVENTS + number,
        }
        for number in range(EVENTS)
    ]
    path = installation.folder / "dropped" / f".{file}.ndjson"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    path.rename(path.with_name(f"{file}.ndjson"))
