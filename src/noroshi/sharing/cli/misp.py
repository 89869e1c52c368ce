"""`noroshi misp`: events of MISP brought in as drafts, signals given out as a feed of MISP.

Exit codes: 0 it was done, 2 the command line is wrong, 3 something was refused; one sentence on standard error says so.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from noroshi.core.errors import InvalidInput, NoroshiError
from noroshi.intel.cli.checking import AS_JSON, LANGUAGE
from noroshi.intel.cli.moving import acting
from noroshi.intel.cli.printing import Verdicts
from noroshi.members.cli import person_named

if TYPE_CHECKING:
    from datetime import datetime

    from noroshi.core.actor import Actor
    from noroshi.intel.domain.misp.events import Event
    from noroshi.sharing.actions import Instance

_SOURCE: Final = click.Path(path_type=Path, exists=True)
_OF_A_FEED: Final = frozenset({"manifest.json"})


@click.group()
def misp() -> None:
    """Events of MISP, in and out."""


@misp.command("import")
@click.option("--person", required=True, help="Mail address of the person whose drafts the events become.")
@AS_JSON
@LANGUAGE
@click.argument("source", type=_SOURCE)
def import_events(*, source: Path, person: str, as_json: bool, language: str) -> None:
    """Take the events of SOURCE, a file or a folder of files, as drafts of a person; nothing is published.

    An event that was taken before is taken again where it is newer. Exit 3 if something was refused; the rest is in.
    """
    from django.utils import translation

    from noroshi.core.domain.channels import Channel
    from noroshi.members.queries import actor_of

    actor = actor_of(person_named(person), Channel.CLI)
    with translation.override(language), Verdicts(as_json=as_json) as told:
        for file in _files(source):
            _import_file(actor, file, told)
    if told.refused:
        raise InvalidInput("file", f"{source}: {told.refused:,} refused")


def _files(source: Path) -> Iterator[Path]:
    files = sorted(source.glob("*.json")) if source.is_dir() else [source]
    yield from (file for file in files if file.name not in _OF_A_FEED)


def _import_file(actor: "Actor", file: Path, told: Verdicts) -> None:
    from noroshi.intel.domain.misp.events import MOST_BYTES, NotMispError, read_events

    try:
        with file.open("rb") as stream:
            events = read_events(stream.read(MOST_BYTES + 1))
    except NotMispError as error:
        told.refuse({"index": file.name, "id": None, "reason": str(error)})
        return
    for event in events:
        _take(actor, event, file.name, told)


def _take(actor: "Actor", event: "Event", place: str, told: Verdicts) -> None:
    from noroshi.sharing.actions import take_event

    try:
        taken = take_event(actor, event)
    except NoroshiError as error:
        told.refuse({"index": place, "id": str(event.uuid), "reason": error.message})
        return
    told.accept()
    for part, reason in taken.refused:
        told.refuse({"index": f"{place}: {part}", "id": str(event.uuid), "reason": reason})


@misp.command("export")
@click.option("--org", help="Slug of the organisation that gets the events.")
@click.option("--person", help="Mail address of the person who gets them.")
@click.option(
    "--collection", default="everything", show_default=True, help="everything, or group- and a group's short name."
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_events(*, folder: Path, org: str | None, person: str | None, collection: str) -> None:
    """Write what somebody may see by MISP (TLP:AMBER and below) into FOLDER: a feed with its list and its digests."""
    from noroshi.core.domain.channels import Channel
    from noroshi.kit.domain.durable import publish
    from noroshi.sharing.actions import export_feed

    actor = acting(org, person, Channel.MISP)
    folder.mkdir(parents=True, exist_ok=True)
    number = 0
    for name, body in export_feed(actor, collection):
        scratch = folder / f".{name}.part"
        scratch.write_bytes(body)
        publish(scratch, folder / name)
        number += name not in {"manifest.json", "hashes.csv"}
    click.echo(f"{number:,} events written to {folder}")


_KEY: Final = click.option(
    "--key-file",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="File with the key of a user of that MISP, and nothing else.",
)
_DAYS: Final = click.option(
    "--days", default=30, show_default=True, type=click.IntRange(1, 3_650), help="What changed in so many days."
)


@misp.command("push")
@click.option("--org", help="Slug of the organisation whose MISP it is.")
@click.option("--person", help="Mail address of the person whose MISP it is.")
@click.option(
    "--collection", default="everything", show_default=True, help="everything, or group- and a group's short name."
)
@_KEY
@_DAYS
@AS_JSON
@LANGUAGE
@click.argument("url")
def push(  # noqa: PLR0913 - options of a command
    *, url: str, org: str | None, person: str | None, collection: str, key_file: Path, days: int, as_json: bool,
    language: str,
) -> None:  # fmt: skip
    """Give what somebody may see by MISP (TLP:AMBER and below) to the running MISP at URL, which is theirs.

    Again as often as you like: what it has is left as it is, what changed is changed. Exit 3 if it refused any.
    """
    from django.utils import translation

    from noroshi.core.domain.channels import Channel
    from noroshi.sharing.actions import push_events

    actor = acting(org, person, Channel.MISP)
    with translation.override(language), Verdicts(as_json=as_json) as told:
        for pushed in push_events(actor, _instance(url, key_file), collection, since=_ago(days)):
            if pushed.fate == "refused":
                told.refuse({"index": url, "id": str(pushed.uuid), "reason": pushed.words})
            else:
                told.accept()
    if told.refused:
        raise InvalidInput("url", f"{url}: {told.refused:,} refused")


@misp.command("pull")
@click.option("--person", required=True, help="Mail address of the person whose drafts the events become.")
@_KEY
@_DAYS
@AS_JSON
@LANGUAGE
@click.argument("url")
def pull(*, url: str, person: str, key_file: Path, days: int, as_json: bool, language: str) -> None:
    """Take the published events of the running MISP at URL as drafts of a person; nothing is published here."""
    from django.utils import translation

    from noroshi.core.domain.channels import Channel
    from noroshi.members.queries import actor_of
    from noroshi.sharing.actions import pull_events

    actor = actor_of(person_named(person), Channel.CLI)
    with translation.override(language), Verdicts(as_json=as_json) as told:
        for event in pull_events(_instance(url, key_file), since=_ago(days)):
            _take(actor, event, url, told)
    if told.refused:
        raise InvalidInput("url", f"{url}: {told.refused:,} refused")


def _instance(url: str, key_file: Path) -> "Instance":
    from noroshi.sharing.actions import Instance

    return Instance(url, key_file.read_text(encoding="utf-8").strip())


def _ago(days: int) -> "datetime":
    from datetime import timedelta

    from noroshi.core import clock

    return clock.now() - timedelta(days=days)


commands = (misp,)
