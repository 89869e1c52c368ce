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
    from noroshi.core.actor import Actor

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
    from noroshi.sharing.actions import take_event

    try:
        with file.open("rb") as stream:
            events = read_events(stream.read(MOST_BYTES + 1))
    except NotMispError as error:
        told.refuse({"index": file.name, "id": None, "reason": str(error)})
        return
    for event in events:
        try:
            taken = take_event(actor, event)
        except NoroshiError as error:
            told.refuse({"index": file.name, "id": str(event.uuid), "reason": error.message})
            continue
        told.accept()
        for place, reason in taken.refused:
            told.refuse({"index": f"{file.name}: {place}", "id": str(event.uuid), "reason": reason})


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


commands = (misp,)
