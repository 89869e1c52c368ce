"""Checking the ledger, and replaying what was set aside."""

import json
import sys

import click

from noroshi.site.exits import Exit


@click.group()
def audit() -> None:
    """The ledger: who did what, and whether anybody touched it since."""


@audit.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def verify(*, as_json: bool) -> None:
    """Recompute the chain; name the first entry that was changed, removed or slipped in. Exit 4 if there is one."""
    from noroshi.core import ledger

    while ledger.seal():
        pass
    found = ledger.verify()
    if as_json:
        click.echo(json.dumps(vars(found)))
    elif found.holds:
        click.echo(f"{found.checked} entries hold; the head is {found.head}")
    elif found.broken_entry is None:
        click.echo(f"the chain is broken: {found.reason}; {found.checked} entries before it hold")
    else:
        click.echo(f"entry {found.broken_entry} is broken: {found.reason}; {found.checked} entries before it hold")
    sys.exit(Exit.OK if found.holds else Exit.BROKEN)


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
