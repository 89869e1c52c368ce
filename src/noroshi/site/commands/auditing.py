"""Checking the ledger, and replaying what was set aside."""

import json
import sys
from pathlib import Path
from typing import TextIO
from uuid import UUID

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


@audit.group()
def receipt() -> None:
    """Signed files that say who got a signal."""


@receipt.command("key")
def receipt_key() -> None:
    """Print the key that checks this installation's signed files."""
    from noroshi.core.signing import public_key

    click.echo(public_key())


@receipt.command("export")
@click.argument("signal", type=click.UUID)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def receipt_export(signal: UUID, file: Path) -> None:
    """Write the receipt of SIGNAL, as an auditor gets it, into FILE."""
    from noroshi.core import ledger
    from noroshi.core.actor import Actor
    from noroshi.core.errors import NotFound
    from noroshi.sharing.actions import export_receipt
    from noroshi.sharing.models import Signal

    found = Signal.objects.unrestricted(reason="a receipt from the command line").filter(pk=signal).first()
    if found is None or found.published_at is None:
        raise NotFound
    while ledger.seal():
        pass
    file.touch(mode=0o600)
    file.write_bytes(export_receipt(Actor.system("cli", world=found.world), found))
    click.echo(f"the receipt of {found.reference} is in {file}")


@receipt.command("verify")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", default="", help="The key that must have signed it, in hex; without it any, which is printed.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def receipt_verify(file: Path, key: str, *, as_json: bool) -> None:
    """Check that nothing in FILE was changed since it was signed. Needs no database. Exit 4 if something was."""
    from noroshi.sharing.domain import receipt_file

    try:
        with file.open("rb") as opened:
            found = receipt_file.verify(opened.read(receipt_file.LARGEST + 1), expected_key=key)
    except receipt_file.NoReceipt as error:
        click.echo(json.dumps({"holds": False, "reason": str(error)}) if as_json else str(error))
        sys.exit(Exit.REFUSED)
    if as_json:
        click.echo(json.dumps(vars(found)))
    elif found.holds:
        whose = "that key" if key else f"the key {found.public_key}: compare it with the installation's"
        click.echo(f"the receipt of {found.reference} holds, with {found.entries} entries; signed by {whose}")
    else:
        click.echo(f"the receipt does not hold: {found.reason}")
    sys.exit(Exit.OK if found.holds else Exit.BROKEN)


commands = [audit]
