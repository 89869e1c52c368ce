"""`noroshi intel`: STIX 2.1 checked, values found in text.

Exit codes: 0 it was done, 2 the command line is wrong, 3 something was refused; one sentence on standard error says so.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from noroshi.core.errors import InvalidInput, TooLarge

if TYPE_CHECKING:
    from noroshi.intel.domain.stix.reading import Element
    from noroshi.intel.domain.stix.rules import Problem

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
_AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
MAX_BYTES: Final = 8_000_000
"""Of a text; four for each of the characters that are looked through at once."""

_LANGUAGE = click.option(
    "--language", type=click.Choice(["en", "ja"]), default="en", show_default=True, help="Of the sentences."
)


@click.group()
def intel() -> None:
    """Intelligence: STIX 2.1, and values in text."""


@intel.command()
@_AS_JSON
@_LANGUAGE
@click.argument("file", type=_FILE)
def validate(*, file: Path, as_json: bool, language: str) -> None:
    """Check each object of FILE (a bundle, a list or one object) against STIX 2.1; - reads standard input.

    The file may have any length. Exit 3 if an object was refused.
    """
    from django.utils import translation

    accepted = refused = 0
    with translation.override(language), click.open_file(str(file), "rb") as stream:
        click.echo('{"refused": [' if as_json else "", nl=False)
        for line in _refusals(stream, as_json=as_json):
            if line is None:
                accepted += 1
                continue
            click.echo(f",\n{line}" if as_json and refused else line, nl=not as_json)
            refused += 1
        click.echo(f'], "accepted": {accepted}}}' if as_json else f"{accepted:,} accepted, {refused:,} refused")
    if refused:
        raise InvalidInput("file", f"{file}: {refused:,} refused")


def _refusals(stream: IO[bytes], *, as_json: bool) -> Iterator[str | None]:
    """Yield a line for each object that is refused, None for each other."""
    from noroshi.intel.domain.stix.check import check_stream
    from noroshi.intel.domain.stix.rules import shown

    for element, problems in check_stream(stream):
        refusal = _refusal(element, problems) if problems else {}
        if not problems:
            yield None
        elif as_json:
            yield json.dumps(refusal, ensure_ascii=False)
        else:
            yield f"{element.place}\t{shown(refusal['id'] or '')}\t{refusal['reason']}"


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


@intel.command("extract")
@_AS_JSON
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


commands = [intel]
