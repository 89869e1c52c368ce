"""`noroshi detect`: checking files of rules, and running rules over the logs, from a shell or a script."""

import json
from pathlib import Path
from uuid import UUID

import click

from noroshi.hunting.cli.printing import AS_JSON, FILE, plain, print_table
from noroshi.members.cli import organisation_named


@click.group()
def detect() -> None:
    """Rules of detection: checking files of them, and running them over the logs."""


@detect.command()
@click.argument("files", nargs=-1, required=True, type=FILE)
def check(*, files: tuple[Path, ...]) -> None:
    """Read FILES of Sigma rules and say what is wrong, by file and line; no installation is needed.

    Exit 3 if a file is wrong.
    """
    from noroshi.core.errors import SourceError
    from noroshi.hunting.engine.detections.marked_yaml import MAX_BYTES
    from noroshi.hunting.engine.detections.reading import read_rules
    from noroshi.hunting.engine.detections.reasons import RuleError

    wrong: list[SourceError] = []
    for path in files:
        try:
            with path.open("rb") as file:
                rules = read_rules(file.read(MAX_BYTES + 1))
        except RuleError as error:
            wrong.append(SourceError(path, error.line, str(error)))
        else:
            click.echo(f"{path}: {len(rules)} rules")
    for mistake in wrong[:-1]:
        click.echo(mistake.message, err=True)
    if wrong:
        raise wrong[-1]


@detect.command()
@click.option("--org", default="", help="Slug of the organisation whose logs to look at.  [default: all]")
@click.option("--rule", "rule_id", type=click.UUID, help="The id of one rule.  [default: all that are on]")
@AS_JSON
def run(*, org: str, rule_id: UUID | None, as_json: bool) -> None:
    """Run the rules over what is new to them, as the worker does every few minutes."""
    from noroshi.hunting.actions import run_for_shell

    if org:
        organisation_named(org)
    rows = [plain(row) for row in run_for_shell(organisation=org, only=rule_id)]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    if rows:
        print_table(("organisation", "level", "rule", "count", "first_seen", "last_seen"), rows)
    click.echo(f"{len(rows):,} new detections", err=True)
