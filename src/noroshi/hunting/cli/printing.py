"""What the room's commands print, and how they read what a shell gives them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import click

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False)
FILE_OR_STDIN: Final = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose moments are text."""
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in row.items()}


def iso(moment: datetime) -> str:
    """Return a moment as ISO 8601 in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def printable(text: str) -> str:
    """Return text that does nothing to a terminal: a log line may hold control sequences."""
    return "".join(character if character.isprintable() else "\ufffd" for character in text)


def print_table(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Print rows as a table with a heading."""
    cells = [[printable(str("" if row[name] is None else row[name])) for name in columns] for row in rows]
    widths = [max(len(text) for text in column) for column in zip(columns, *cells, strict=True)]
    for line in (list(columns), *cells):
        click.echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def print_csv(columns: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    """Print rows as CSV with a heading; no cell starts a formula."""
    from noroshi.kit.lists import csv_line

    for cells in (list(columns), *([row[name] for name in columns] for row in rows)):
        click.echo(csv_line(cells), nl=False)
