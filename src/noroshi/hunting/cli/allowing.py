"""`noroshi allow`: the allow-list of an organisation, from a shell or a script."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from noroshi.core.errors import InvalidInput
from noroshi.hunting.cli.printing import AS_JSON, FILE_OR_STDIN, plain, print_table, printable
from noroshi.members.cli import organisation_named

_DAY: Final = click.DateTime(["%Y-%m-%d"])
_ORG: Final = click.option("--org", required=True, help="Slug of the organisation whose allow-list it is.")
_COLUMNS: Final = ("type", "value", "reason", "until", "added_by", "added_at")


@click.group()
def allow() -> None:
    """Values that an organisation knows as harmless in its own logs; the ledger keeps who asked, and for how many."""


@allow.command()
@click.argument("file", type=FILE_OR_STDIN)
@_ORG
@click.option("--reason", required=True, help="Why they are harmless.")
@click.option("--until", type=_DAY, help="The last day on which they are allowed.  [default: without an end]")
def add(*, file: Path, org: str, reason: str, until: datetime | None) -> None:
    """Allow the values of FILE, one a line (- is standard input): what is found of them is no hit."""
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import allow_for
    from noroshi.hunting.cli.hunting import end_of_day, read_lines

    made = allow_for(
        Actor.system("allow"),
        organisation=organisation_named(org).pk,
        text="\n".join(read_lines(file)),
        reason=reason,
        until=end_of_day(until),
    )
    for value, why in made.refused:
        click.echo(f"not allowed: {printable(value)}: {why or 'no value was recognised'}", err=True)
    click.echo(f"{len(made.values):,} values are allowed")


@allow.command()
@click.argument("file", type=FILE_OR_STDIN)
@_ORG
def remove(*, file: Path, org: str) -> None:
    """Take the values of FILE, one a line (- is standard input), off the list: what was suppressed is a hit again."""
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import disallow_for
    from noroshi.hunting.cli.hunting import read_lines
    from noroshi.hunting.domain.value_list import read_values
    from noroshi.hunting.queries import allowed_by

    organisation = organisation_named(org)
    wanted = {(value.type.value, value.value) for value in read_values(read_lines(file)).values}
    lines = [line for line in allowed_by(organisation) if (line.type, line.value) in wanted]
    if not lines:
        raise InvalidInput("file", f"{file}: none of its values is on the list")
    number = disallow_for(Actor.system("allow"), organisation=organisation.pk, lines=lines)
    click.echo(f"{number:,} values are off the list")


@allow.command("list")
@_ORG
@AS_JSON
def show(*, org: str, as_json: bool) -> None:
    """Print the allow-list of ORG; the ledger keeps that it was read."""
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import read_allow_list

    lines = read_allow_list(Actor.system("allow"), organisation=organisation_named(org))
    rows: list[dict[str, Any]] = [
        plain({name: getattr(line, name) for name in _COLUMNS} | {"added_by": line.added_by and str(line.added_by)})
        for line in lines
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    elif rows:
        print_table(_COLUMNS, rows)
