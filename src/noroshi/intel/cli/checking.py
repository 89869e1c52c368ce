"""`noroshi intel validate|extract`: STIX 2.1 checked, values found in text."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.intel.cli.printing import Verdicts

if TYPE_CHECKING:
    from noroshi.intel.domain.stix.reading import Element
    from noroshi.intel.domain.stix.rules import Problem

FILE: Final = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
AS_JSON: Final = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
LANGUAGE: Final = click.option(
    "--language", type=click.Choice(["en", "ja"]), default="en", show_default=True, help="Of the sentences."
)
MAX_BYTES: Final = 8_000_000
"""Of a text; four for each of the characters that are looked through at once."""


@click.command()
@AS_JSON
@LANGUAGE
@click.argument("file", type=FILE)
def validate(*, file: Path, as_json: bool, language: str) -> None:
    """Check each object of FILE (a bundle, a list or one object) against STIX 2.1; - reads standard input.

    The file may have any length. Exit 3 if an object was refused.
    """
    from django.utils import translation

    from noroshi.intel.domain.stix.check import check_stream

    with translation.override(language), click.open_file(str(file), "rb") as stream, Verdicts(as_json=as_json) as told:
        for element, problems in check_stream(stream):
            if problems:
                told.refuse(_refusal(element, problems))
            else:
                told.accept()
    if told.refused:
        raise InvalidInput("file", f"{file}: {told.refused:,} refused")


def _refusal(element: "Element", problems: "list[Problem]") -> dict[str, Any]:
    from noroshi.intel.stix_wording import reasons

    identifier = element.value.get("id") if isinstance(element.value, dict) else None
    return {
        "index": element.place,
        "id": identifier if isinstance(identifier, str) else None,
        "reason": reasons(problems),
        "problems": [
            {"rule": problem.rule.value, "path": problem.where, "section": problem.section} for problem in problems
        ],
    }


@click.command("extract")
@AS_JSON
def extract_values(*, as_json: bool) -> None:
    """Find addresses, names, hashes and other values in the text on standard input, defanged or not.

    `start` and `end` count characters of the text.
    """
    from noroshi.intel.domain.extract import TextTooLong, extract

    text = sys.stdin.buffer.read(MAX_BYTES + 1).decode("utf-8", "replace")
    try:
        proposals = extract(text)
    except TextTooLong as error:
        raise TooLarge(str(error)) from error
    rows = [
        {"type": each.observable.type.value, "value": each.observable.value, "start": each.start, "end": each.end}
        for each in proposals
    ]
    click.echo(json.dumps(rows, ensure_ascii=False) if as_json else _lines(rows), nl=bool(as_json or rows))


def _lines(rows: list[dict[str, Any]]) -> str:
    return "\n".join("\t".join(str(value) for value in row.values()) for row in rows)


commands = (validate, extract_values)
