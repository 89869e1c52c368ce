"""Checking the ledger, and replaying what was set aside."""

import json
import sys
from typing import TextIO

import click

from noroshi.site.exits import Exit


@click.group()
def audit() -> None:
    """The ledger: who did what, and whether anybody touched it since."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--noted", type=click.File(encoding="utf-8"), help="What earlier runs printed with --json, a line each.")
def verify(*, as_json: bool, noted: TextIO | None) -> None:
    """Recompute the chain; name the first entry that was changed, removed or slipped in. Exit 4 if there is one.

    With --noted the chain must also still pass through every head that was noted: so a chain rewritten as a whole
    is found too.
    """
    from noroshi.core import ledger

    while ledger.seal():
        pass
    found = ledger.verify(_heads(noted) if noted else None)
    if as_json:
        click.echo(json.dumps(vars(found)))
    elif found.holds:
        click.echo(f"{found.checked} entries hold; the head is {found.head}")
    elif found.broken_entry is None:
        click.echo(f"the chain is broken: {found.reason}; {found.checked} entries before it hold")
    else:
        click.echo(f"entry {found.broken_entry} is broken: {found.reason}; {found.checked} entries before it hold")
    sys.exit(Exit.OK if found.holds else Exit.BROKEN)


def _heads(noted: TextIO) -> dict[int, str]:
    """Return the head at each position of earlier runs that found the chain whole."""
    try:
        runs = [json.loads(line) for line in noted if line.strip()]
        return {run["checked"]: run["head"] for run in runs if not run["reason"]}
    except (ValueError, KeyError, TypeError) as error:
        raise click.BadParameter(f"{noted.name} does not hold what `audit verify --json` prints") from error


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def parked(*, as_json: bool) -> None:
    """List the events that a subscriber could not handle."""
    from noroshi.core.models import ParkedEvent

    rows = [
        {"number": row.pk, "subscriber": row.subscriber, "action": row.entry.action, "reason": row.reason}
        for row in ParkedEvent.objects.select_related("entry").order_by("id")
    ]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
    else:
        lines = [f"{row['number']}  {row['subscriber']}  {row['action']}  {row['reason']}" for row in rows]
        click.echo("\n".join(lines) or "nothing is parked")


@audit.command()
@click.argument("number", type=int)
def replay(number: int) -> None:
    """Hand parked event NUMBER to its subscriber once more."""
    from noroshi.core import ledger

    ledger.replay(number)
    click.echo(f"event {number} was handled")


commands = [audit]
