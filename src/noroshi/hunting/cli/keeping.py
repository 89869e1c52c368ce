"""`noroshi lake verify|compact|forget|replay`: keeping the log lake."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from noroshi.core.errors import InvalidInput
from noroshi.hunting.cli.feeding import reading_said, whose_and_how
from noroshi.hunting.cli.printing import AS_JSON
from noroshi.members.cli import organisation_named


@click.command()
@click.option("--deep", is_flag=True, help="Read every value, not only counts and times.")
@AS_JSON
def verify(*, deep: bool, as_json: bool) -> None:
    """Compare every part of the lake and its index with the manifest, and delete files that it does not know.

    Exit 3 if something is wrong: put events back from a backup; `noroshi lake compact` makes the index anew.
    """
    from noroshi.hunting.lake import open_lake

    report = open_lake().verify(deep=deep)
    if as_json:
        click.echo(json.dumps(asdict(report)))
    else:
        click.echo(f"{report.parts:,} parts, {report.events:,} events; {report.swept:,} unknown files deleted")
        click.echo(f"{report.index:,} parts of the index; {report.unindexed:,} parts are not indexed yet")
    if report.problems:
        raise InvalidInput("lake", "; ".join(f"{path}: {reason}" for path, reason in report.problems))


@click.command()
def compact() -> None:
    """Make the index one, and the small parts of each source and past day; the worker does so every day."""
    from noroshi.hunting.actions import compact_lakes

    index, lakes = compact_lakes()
    click.echo(f"index: {index.rows:,} rows in {index.parts:,} files, {index.bytes:,} bytes")
    for organisation, (before, after) in lakes.items():
        click.echo(f"{organisation}: {before:,} parts before, {after:,} now")


@click.command()
@click.option("--org", required=True, help="Slug of the organisation.")
@click.option(
    "--subject", required=True, help="User, account, session, mail or IP address, or device; - is standard input."
)
def forget(*, org: str, subject: str) -> None:
    """Take every event of SUBJECT out of the lake of ORG, and every line in quarantine that names it.

    What is in URLs and other free text stays. The ledger learns how many events, not who it was.
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import forget_subject

    value = sys.stdin.readline().strip() if subject == "-" else subject
    removed = forget_subject(Actor.system("lake forget"), organisation=organisation_named(org), subject=value)
    click.echo(f"{removed.events:,} events and {removed.quarantined:,} lines in quarantine forgotten")


@click.command()
@whose_and_how
@AS_JSON
def replay(
    *,
    org: str,
    source: str,
    mapping: Path | None,
    format: str | None,  # noqa: A002 - the option's name
    timezone: str,
    as_json: bool,
) -> None:
    """Read the quarantine of a source again, as its logs are read now; lines that become events leave it, once.

    Lines that were not kept whole stay, and lines of formats whose header says how to read them (CSV, Zeek, W3C).
    """
    from noroshi.core.actor import Actor
    from noroshi.hunting.actions import replay_quarantine

    replayed = replay_quarantine(
        Actor.system("lake replay"),
        organisation=organisation_named(org),
        source=source,
        reading=reading_said(mapping, format, timezone),
    )
    if as_json:
        click.echo(json.dumps(asdict(replayed)))
    else:
        click.echo(f"{replayed.events:,} lines became events, {replayed.left:,} are left in quarantine")


commands = (verify, compact, forget, replay)
