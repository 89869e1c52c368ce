"""`noroshi hunt`: searching the log lake from a shell or a script."""

import json
from pathlib import Path
from typing import Final

import click

from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.hunting.cli.printing import AS_JSON, iso, organisation_of, print_table, printable

MAX_VALUE_FILE: Final = 256 * 1024 * 1024


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True))
@click.option("--org", help="Slug of the organisation whose logs to search.  [default: all]")
@AS_JSON
def hunt(*, file: Path, org: str | None, as_json: bool) -> None:
    """Look for the values of FILE, one a line (- is standard input), in the log lake.

    Lines may be defanged; `account: 1234567` and `user_agent: ...` name a type. The answer gives each value as its
    line wrote it. Exit 0 with or without hits.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import search_lakes
    from noroshi.hunting.domain.value_list import read_values
    from noroshi.hunting.engine import Needle

    names = [organisation_of(org).slug] if org else None
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
            "first_seen": iso(hit.first_seen),
            "last_seen": iso(hit.last_seen),
            "count": hit.count,
        }
        for hit in result.hits
    ]
    for line in (*found.refused, *(f"{value}: {reason}" for value, reason in result.refused)):
        click.echo(f"not looked for: {printable(line)}", err=True)
    if as_json:
        seconds = {"wall_seconds": result.wall_seconds, "cpu_seconds": result.cpu_seconds}
        click.echo(json.dumps({"hits": hits, **seconds}, ensure_ascii=False))
        return
    if hits:
        print_table(("organisation", "type", "value", "count", "first_seen", "last_seen"), hits)
    click.echo(f"{len(hits):,} hits for {len(written):,} values in {result.wall_seconds:.2f} s", err=True)


def _lines(path: Path) -> list[str]:
    """Return the lines of a file of values, `-` standing for standard input; whatever is no UTF-8 is replaced."""
    with click.open_file(str(path), "rb") as file:
        content: bytes = file.read(MAX_VALUE_FILE + 1)
    if len(content) > MAX_VALUE_FILE:
        raise TooLarge(f"{path}: a file of values has at most {MAX_VALUE_FILE:,} bytes")
    return content.decode("utf-8", "replace").splitlines()
