"""`noroshi lake` and `noroshi hunt`: feeding the log lake and searching it from a shell or a script.

Exit codes: 0 it was done (also where nothing was found), 2 the command line is wrong, 3 the input was refused or the
installation does not know the organisation; one sentence on standard error says why.
"""

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from noroshi.core.errors import InvalidInput, NotFound, TooLarge

if TYPE_CHECKING:
    from noroshi.hunting.engine import IngestReport, Reading
    from noroshi.members.models import Organisation

MAX_VALUE_FILE: Final = 256 * 1024 * 1024
MAX_MAPPING: Final = 1024 * 1024

_LOG = click.Path(path_type=Path, exists=True, dir_okay=False)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group()
def lake() -> None:
    """The log lake: each member's logs, apart from everybody else's."""


@lake.command()
@click.option("--org", required=True, help="Slug of the organisation whose logs they are.")
@click.option("--source", required=True, help="What wrote them: proxy, mail-gateway ...")
@click.option("--mapping", type=_LOG, help="YAML: fields of the log and their roles, format, timezone.")
@click.option(
    "--format", help="Read FILES as zeek, w3c, json, ndjson, web, syslog, csv or text.  [default: what they are]"
)
@click.option("--timezone", default="", help="Of times that name none.  [default: the installation's]")
@_AS_JSON
@click.argument("files", nargs=-1, required=True, type=_LOG)
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
    """Read FILES (logs of any known format; plain, gzip or Zstandard) into the lake of ORG.

    A file that the lake knows adds nothing. Exit 3 if a file was refused; the others are in.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import ingest_logs

    report = ingest_logs(
        Actor.system("lake ingest"),
        organisation=_organisation(org),
        source=source,
        files=files,
        reading=_reading(mapping, format, timezone),
    )
    click.echo(json.dumps(asdict(report), ensure_ascii=False) if as_json else _sentence(report))
    if report.refused_files:
        raise InvalidInput("files", "; ".join(f"{name}: {reason}" for name, reason in report.refused_files))


@lake.command()
@_AS_JSON
def status(*, as_json: bool) -> None:
    """Show how the sources of all organisations stand."""
    from noroshi.hunting.lake import open_lake

    rows = [_plain(asdict(source)) for source in open_lake().status()]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        _print_table(("organisation", "source", "files", "events", "quarantined", "first_event", "last_event"), rows)
    else:
        click.echo("the lake is empty")


@lake.command()
@click.option("--org", required=True, help="Slug of the organisation.")
@_AS_JSON
def quarantine(*, org: str, as_json: bool) -> None:
    """Show the lines of ORG that became no event, and why."""
    from noroshi.hunting.queries import quarantine_of

    rows = [{"source": source, **asdict(line)} for source, line in quarantine_of(_organisation(org))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{row['source']}  {row['file_name']}:{row['line']}  {row['reason']}  {_printable(row['text'])}")
    click.echo(f"{len(rows):,} lines in quarantine", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--org", help="Slug of the organisation whose logs to search.  [default: all]")
@_AS_JSON
def hunt(*, file: Path, org: str | None, as_json: bool) -> None:
    """Look for the values of FILE, one a line (- is standard input), in the log lake.

    Lines may be defanged; `account: 1234567` and `user_agent: ...` name a type. The answer gives each value as its
    line wrote it. Exit 0 with or without hits.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import search_lakes
    from noroshi.hunting.domain.value_list import read_values
    from noroshi.hunting.engine import Needle

    names = [_organisation(org).slug] if org else None
    found = read_values(_lines(file))
    if not found.values:
        raise InvalidInput("file", f"{file}: no line names a value that can be looked for")
    written = {(value.type.value, value.value): text for value, text in found.values.items()}
    result = search_lakes(Actor.system("hunt"), needles=[Needle(*key) for key in written], organisations=names)
    hits = [
        {
            "organisation": hit.organisation,
            "type": hit.type,
            "value": written[hit.type, hit.value],
            "first_seen": _iso(hit.first_seen),
            "last_seen": _iso(hit.last_seen),
            "count": hit.count,
        }
        for hit in result.hits
    ]
    for line in (*found.refused, *(f"{value}: {reason}" for value, reason in result.refused)):
        click.echo(f"not looked for: {_printable(line)}", err=True)
    if as_json:
        seconds = {"wall_seconds": result.wall_seconds, "cpu_seconds": result.cpu_seconds}
        click.echo(json.dumps({"hits": hits, **seconds}, ensure_ascii=False))
        return
    if hits:
        _print_table(("organisation", "type", "value", "count", "first_seen", "last_seen"), hits)
    click.echo(f"{len(hits):,} hits for {len(written):,} values in {result.wall_seconds:.2f} s", err=True)


def _organisation(slug: str) -> "Organisation":
    from noroshi.members.models import Organisation

    found = Organisation.objects.filter(slug=slug).first()
    if found is None:
        raise NotFound(f"there is no organisation “{slug}”; `noroshi organisation create` makes one")
    return found


def _reading(mapping: Path | None, log_format: str | None, timezone: str) -> "Reading":
    """Return how to read, as the mapping file says; options beat it."""
    from noroshi.hunting.engine import LakeError, Reading
    from noroshi.hunting.engine.mapping import read_mapping

    try:
        said = read_mapping(_beginning(mapping), str(mapping)) if mapping else Reading()
    except LakeError as error:
        raise InvalidInput("mapping", str(error)) from error
    return Reading(said.mapping, log_format or said.format, timezone or said.timezone)


def _beginning(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_MAPPING)


def _lines(path: Path) -> list[str]:
    """Return the lines of a file of values, `-` standing for standard input; whatever is no UTF-8 is replaced."""
    with click.open_file(str(path), "rb") as file:
        content: bytes = file.read(MAX_VALUE_FILE + 1)
    if len(content) > MAX_VALUE_FILE:
        raise TooLarge(f"{path}: a file of values has at most {MAX_VALUE_FILE:,} bytes")
    return content.decode("utf-8", "replace").splitlines()


def _sentence(report: "IngestReport") -> str:
    parts = [f"{report.files:,} files", f"{report.events:,} events", f"{report.quarantined:,} lines in quarantine"]
    if report.skipped_files:
        parts.append(f"{len(report.skipped_files):,} files known already")
    return f"{report.organisation}/{report.source}: {', '.join(parts)}, in {report.seconds:.1f} s"


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: _iso(value) if isinstance(value, datetime) else value for name, value in row.items()}


def _iso(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _printable(text: str) -> str:
    """Return text that does nothing to a terminal: a log line may hold control sequences."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def _print_table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    cells = [[_printable(str("" if row[name] is None else row[name])) for name in columns] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]
    for line in (list(columns), *cells):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


commands = [lake, hunt]
