"""`noroshi lake`: feeding and keeping the log lake.

Exit codes: 0 it was done, 2 the command line is wrong, 3 the input was refused or the installation does not know the
organisation; one sentence on standard error says why.
"""

import json
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from noroshi.core.errors import InvalidInput
from noroshi.hunting.cli.printing import AS_JSON, FILE, FILE_OR_STDIN, plain, print_table, printable
from noroshi.members.cli import organisation_named

if TYPE_CHECKING:
    from noroshi.hunting.domain.drop_folder import Outcome
    from noroshi.hunting.engine import IngestReport, Reading

MAX_MAPPING: Final = 1024 * 1024
WATCH_SECONDS: Final = 2.0
CHUNK: Final = 256 * 1024
_WHOSE_AND_HOW: Final = (
    click.option("--org", required=True, help="Slug of the organisation whose logs they are."),
    click.option("--source", required=True, help="What wrote them: proxy, mail-gateway ..."),
    click.option("--mapping", type=FILE, help="YAML: fields of the log and their roles, format, timezone."),
    click.option(
        "--format", help="Read them as zeek, w3c, json, ndjson, web, syslog, csv or text.  [default: what they are]"
    ),
    click.option("--timezone", default="", help="Of times that name none.  [default: the installation's]"),
)


def whose_and_how(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that say whose logs it reads, and how."""
    for option in reversed(_WHOSE_AND_HOW):
        command = option(command)
    return command


@click.group()
def lake() -> None:
    """The log lake: each member's logs, apart from everybody else's."""


@lake.command()
@whose_and_how
@AS_JSON
@click.argument("files", nargs=-1, required=True, type=FILE_OR_STDIN)
def ingest(
    *,
    org: str,
    source: str,
    mapping: Path | None,
    format: str | None,  # noqa: A002 - the option's name
    timezone: str,
    as_json: bool,
    files: tuple[Path, ...],
) -> None:
    """Read FILES (logs of any known format; plain, gzip or Zstandard) into the lake of ORG; - is standard input.

    A file that the lake knows adds nothing. Exit 3 if a file was refused; the others are in.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import ingest_logs

    with _on_disk(files) as paths:
        report = ingest_logs(
            Actor.system("lake ingest"),
            organisation=organisation_named(org),
            source=source,
            files=paths,
            reading=reading_said(mapping, format, timezone),
        )
    click.echo(json.dumps(asdict(report), ensure_ascii=False) if as_json else _sentence(report))
    if report.refused_files:
        raise InvalidInput("files", "; ".join(f"{name}: {reason}" for name, reason in report.refused_files))


@lake.command("watch-folder")
@whose_and_how
@click.option("--once", is_flag=True, help="Look once instead of until it is told to stop.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False, writable=True))
def watch_folder(
    *,
    org: str,
    source: str,
    mapping: Path | None,
    format: str | None,  # noqa: A002 - the option's name
    timezone: str,
    once: bool,
    folder: Path,
) -> None:
    """Read the log files that are dropped into FOLDER, and put each into its done or refused folder.

    A file is read once nothing about it has changed for ten seconds. Stop it with SIGTERM or Ctrl-C; killed at any
    moment it loses and doubles nothing.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import take_in_folder

    stopping = stopped_by_signals()
    organisation, reading = organisation_named(org), reading_said(mapping, format, timezone)
    while not stopping.is_set():
        actor = Actor.system("lake watch-folder")
        taken = take_in_folder(actor, organisation=organisation, source=source, folder=folder, reading=reading)
        for outcome in taken:
            click.echo(printable(f"{outcome.name}: {fate_of(outcome)}"))
            if stopping.is_set():
                break
        if once:
            break
        stopping.wait(WATCH_SECONDS)


@lake.command()
@AS_JSON
def status(*, as_json: bool) -> None:
    """Show how the sources of all organisations stand."""
    from noroshi.hunting.lake import open_lake

    rows = [plain(asdict(source)) for source in open_lake().status()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        print_table(("organisation", "source", "files", "events", "quarantined", "first_event", "last_event"), rows)
    else:
        click.echo("the lake is empty")


@lake.command()
@click.option("--org", required=True, help="Slug of the organisation.")
@AS_JSON
def quarantine(*, org: str, as_json: bool) -> None:
    """Show the lines of ORG that became no event, and why."""
    from noroshi.hunting.queries import quarantine_of

    rows = [{"source": source, **asdict(line)} for source, line in quarantine_of(organisation_named(org))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['source']}  {row['file_name']}:{row['line']}  {row['reason']}  {printable(row['text'])}")
    click.echo(f"{len(rows):,} lines in quarantine", err=True)


@contextmanager
def _on_disk(files: Sequence[Path]) -> Iterator[list[Path]]:
    """Within the block, standard input is a file like the others: read whole or not at all, known if it comes again."""
    from noroshi.hunting.actions import laid_down

    stdin = Path("-")
    if stdin not in files:
        yield list(files)
        return
    with laid_down(iter(lambda: sys.stdin.buffer.read(CHUNK), b"")) as laid:
        yield [laid if path == stdin else path for path in files]


def stopped_by_signals() -> threading.Event:
    """Return what is set when the process is told to stop."""
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping


def fate_of(outcome: "Outcome") -> str:
    """Return what became of a file, in a few words."""
    if outcome.refused:
        return outcome.refused
    if outcome.known:
        return "known already"
    return f"{outcome.events:,} events, {outcome.quarantined:,} lines in quarantine"


def reading_said(mapping: Path | None, log_format: str | None, timezone: str) -> "Reading | None":
    """Return how to read, as the mapping file says; options beat it. None where neither says anything."""
    from noroshi.hunting.engine import LakeError, Reading
    from noroshi.hunting.engine.mapping import read_mapping

    if not (mapping or log_format or timezone):
        return None
    try:
        said = read_mapping(_beginning(mapping), str(mapping)) if mapping else Reading()
    except LakeError as error:
        raise InvalidInput("mapping", str(error)) from error
    return Reading(said.mapping, log_format or said.format, timezone or said.timezone)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MAPPING)


def _sentence(report: "IngestReport") -> str:
    parts = [f"{report.files:,} files", f"{report.events:,} events", f"{report.quarantined:,} lines in quarantine"]
    if report.skipped_files:
        parts.append(f"{len(report.skipped_files):,} files known already")
    return f"{report.organisation}/{report.source}: {', '.join(parts)}, in {report.seconds:.1f} s"
