"""`noroshi hunt`: searching the log lake from a shell or a script."""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.hunting.cli.printing import plain, print_csv, print_table, printable
from noroshi.members.cli import organisation_named

if TYPE_CHECKING:
    from noroshi.hunting.actions import Searched, Searching
    from noroshi.hunting.engine import HitRow, HuntResult

MAX_VALUE_FILE: Final = 256 * 1024 * 1024
PAUSE: Final = 0.2
"""Seconds between two lines of progress."""
OVERWRITE: Final = "\r\x1b[K"
_MOMENT: Final = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"])
_COLUMNS: Final = ("organisation", "type", "value", "count", "first_seen", "last_seen")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--org", help="Slug of the organisation whose logs to search.  [default: all]")
@click.option("--since", type=_MOMENT, help="Events from this day or moment on.  [default: all]")
@click.option("--until", type=_MOMENT, help="Events before this day or moment.  [default: all]")
@click.option("--harmless", is_flag=True, help="Show values, too, that warning lists know as harmless.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "parquet", "stix"]),
    default="table",
    show_default=True,
    help="How to print the hits.",
)
@click.option("--json", "form", flag_value="json", help="The same as --format json.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Where to write Parquet.")
def hunt(
    *,
    file: Path,
    org: str | None,
    since: datetime | None,
    until: datetime | None,
    harmless: bool,
    form: str,
    output: Path | None,
) -> None:
    """Look for the values of FILE, one a line (- is standard input), in the log lake.

    Lines may be defanged; `account: 1234567` and `user_agent: ...` name a type. The answer gives each value as its
    line wrote it. Exit 0 with or without hits.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import search_lakes
    from noroshi.hunting.domain.value_list import read_values
    from noroshi.hunting.engine import HitRow, Needle

    if (form == "parquet") is not (output is not None):
        raise click.UsageError("--format parquet and --output FILE go together")
    found = read_values(read_lines(file))
    if not found.values:
        raise InvalidInput("file", f"{file}: no line names a value that can be looked for")
    written = {(value.type.value, value.value): text for value, text in found.values.items()}
    with _progress_line(form) as progress:
        searched = search_lakes(
            Actor.system("hunt"),
            needles=[Needle(*key) for key in written],
            organisation=organisation_named(org).slug if org else None,
            since=_aware(since),
            until=_aware(until),
            harmless_too=harmless,
            progress=progress,
        )
    result = searched.result
    hits = [
        HitRow(hit.organisation, hit.type, written[hit.type, hit.value], hit.count, hit.first_seen, hit.last_seen)
        for hit in result.hits
    ]
    for line in (*found.refused, *(f"{value}: {reason}" for value, reason in result.refused)):
        click.echo(f"not looked for: {printable(line)}", err=True)
    _tell_suppressed(searched, written)
    for read in result.scanned:
        click.echo(f"{read.files:,} files read: {read.reason}", err=True)
    if result.capped:
        click.echo("there are more hits than one answer holds: look for fewer values, or in a shorter time", err=True)
    _give(hits, searched, form, output)
    if form not in {"json", "stix"}:
        judged = "" if org else ", by each organisation's own allow-list"
        click.echo(f"{len(hits):,} hits for {len(written):,} values in {result.wall_seconds:.2f} s{judged}", err=True)


@contextmanager
def _progress_line(form: str) -> "Iterator[Callable[[Searching], None] | None]":
    """Within the block, what says how far a search is, on one line of a terminal; None where nobody watches."""
    if form == "json" or not sys.stderr.isatty():
        yield None
        return
    due = 0.0

    def tell(step: "Searching") -> None:
        nonlocal due
        if time.monotonic() < due:
            return
        due = time.monotonic() + PAUSE
        files = f", {step.files_read:,} of {step.files:,} files of events" if step.files else ""
        lakes = f"{step.lakes_done:,} of {step.lakes:,} organisations"
        click.echo(f"{OVERWRITE}searched: {lakes}{files}; {step.hits:,} hits so far", nl=False, err=True)

    try:
        yield tell
    finally:
        click.echo(OVERWRITE, nl=False, err=True)


def _tell_suppressed(searched: "Searched", written: Mapping[tuple[str, str], str]) -> None:
    for each in searched.suppressed:
        value = printable(written[each.found.type, each.found.value])
        click.echo(f"not shown: {value}: on the organisation's own allow-list ({each.found.count:,} events)", err=True)
    if searched.suppressed_in is not None:
        click.echo(f"{searched.suppressed_in} or more organisations left something out by their allow-lists", err=True)


def _give(hits: Sequence["HitRow"], searched: "Searched", form: str, output: Path | None) -> None:
    from noroshi.hunting.engine import write_parquet

    result = searched.result
    rows: list[dict[str, Any]] = [plain(asdict(hit)) for hit in hits]
    if output is not None:
        write_parquet(hits, output)
    elif form == "csv":
        print_csv(_COLUMNS, rows)
    elif form == "stix":
        click.echo(json.dumps(_sightings(result), ensure_ascii=False))
    elif form == "json":
        answer = {
            "hits": rows,
            "suppressed": [
                {"organisation": at.organisation, "type": at.type, "value": at.value, "count": at.count}
                for at in (each.found for each in searched.suppressed)
            ],
            "suppressed_in": searched.suppressed_in,
            "capped": result.capped,
            "scanned": [{"reason": read.reason, "files": read.files} for read in result.scanned],
            "wall_seconds": result.wall_seconds,
            "cpu_seconds": result.cpu_seconds,
        }
        click.echo(json.dumps(answer, ensure_ascii=False))
    elif hits:
        print_table(_COLUMNS, rows)


def _sightings(result: "HuntResult") -> dict[str, Any]:
    from noroshi.core import clock
    from noroshi.hunting.domain.stix_sightings import sightings_bundle
    from noroshi.hunting.engine import HitRow

    rows = (HitRow(h.organisation, h.type, h.value, h.count, h.first_seen, h.last_seen) for h in result.hits)
    return sightings_bundle(rows, clock.now())


def _aware(moment: datetime | None) -> datetime | None:
    """Return a moment; one without an offset is the installation's."""
    from django.utils import timezone

    return timezone.make_aware(moment) if moment and timezone.is_naive(moment) else moment


def end_of_day(day: datetime | None) -> datetime | None:
    """Return the moment at which a day of the installation's ends."""
    from noroshi.core import clock

    return clock.midnight(day.date() + timedelta(days=1)) if day else None


def read_lines(path: Path) -> list[str]:
    """Return the lines of a file of values, `-` standing for standard input; whatever is no UTF-8 is replaced."""
    with click.open_file(str(path), "rb") as file:
        content: bytes = file.read(MAX_VALUE_FILE + 1)
    if len(content) > MAX_VALUE_FILE:
        raise TooLarge(f"{path}: a file of values has at most {MAX_VALUE_FILE:,} bytes")
    return content.decode("utf-8", "replace").splitlines()
