"""`noroshi intel import|export`: STIX 2.1 brought into the store from a file, and out of it into one."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final, cast

import click

from noroshi.core.errors import InvalidInput
from noroshi.intel.cli.checking import AS_JSON, FILE, LANGUAGE
from noroshi.intel.cli.printing import Verdicts
from noroshi.members.cli import organisation_named, person_named

if TYPE_CHECKING:
    from noroshi.core.actor import Actor
    from noroshi.core.domain.channels import Channel
    from noroshi.intel.actions import Outcome

READINGS: Final = 2
"""How often a file is read: once for what its objects say of each other, once for themselves."""


@click.command("import")
@click.option("--org", help="Slug of the organisation that takes the objects in.")
@click.option("--person", help="Mail address of the person who does; TLP:RED is taken in by a person alone.")
@AS_JSON
@LANGUAGE
@click.argument("file", type=FILE)
def import_objects(*, file: Path, org: str | None, person: str | None, as_json: bool, language: str) -> None:
    """Take the objects of FILE into triage; - reads standard input.

    FILE is a bundle, an envelope, a list or one object of STIX 2.1, of any length, plain or gzip. What is taken in is
    seen at the end and not before: a command that is killed has taken nothing in. Exit 3 if an object was refused; the
    others are in.
    """
    from django.utils import translation

    from noroshi.core.domain.channels import Channel
    from noroshi.intel.actions import receive

    actor = acting(org, person, Channel.CLI)
    with translation.override(language), _opened(file) as stream, Verdicts(as_json=as_json) as told:
        receive(actor, stream, label=file.name if str(file) != "-" else "", tell=lambda each: _tell(told, each))
    if told.refused:
        raise InvalidInput("file", f"{file}: {told.refused:,} refused")


def acting(org: str | None, person: str | None, channel: "Channel") -> "Actor":
    """Return who acts: the person, or the organisation's machine where none is named."""
    from noroshi.members.queries import actor_of, machine_of

    if (org is None) is (person is None):
        raise click.UsageError("say whose they are: --org SLUG or --person EMAIL")
    if person is not None:
        return actor_of(person_named(person), channel)
    home = organisation_named(org or "")
    return machine_of(home, channel, label=f"command line for {home.slug}")


def _tell(told: Verdicts, outcome: "Outcome") -> None:
    if outcome.reason:
        told.refuse({"index": outcome.place, "id": outcome.stix_id or None, "reason": outcome.reason})
    else:
        told.accept()


@contextmanager
def _opened(file: Path) -> Iterator[IO[bytes]]:
    """Open a file, or what standard input says, to be read more than once; a terminal is shown how far that is."""
    with click.open_file(str(file), "rb") as source, tempfile.TemporaryFile() as copy:
        if not source.seekable():
            shutil.copyfileobj(source, copy)
            copy.seek(0)
        stream: IO[bytes] = source if source.seekable() else copy
        with _progress(READINGS * _size(stream)) as forward:
            yield cast("IO[bytes]", _Watched(stream, forward))


def _size(stream: IO[bytes]) -> int:
    size = stream.seek(0, 2)
    stream.seek(0)
    return size


@contextmanager
def _progress(length: int) -> Iterator[Callable[[int], object]]:
    """Within the block, a bar on standard error that is moved on; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _steps: None
        return
    with click.progressbar(length=length, file=sys.stderr) as bar:
        yield bar.update


class _Watched:
    """A stream that says how many bytes were read of it."""

    def __init__(self, stream: IO[bytes], tell: Callable[[int], object]) -> None:
        self._stream = stream
        self._tell = tell

    def read(self, size: int = -1) -> bytes:
        part = self._stream.read(size)
        self._tell(len(part))
        return part

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@click.command("export")
@click.option("--org", help="Slug of the organisation whose program takes the objects out.")
@click.option("--person", help="Mail address of the person who does.")
@click.option("--collection", default="everything", show_default=True, help="Alias or identifier of a collection.")
@click.option("--type", "types", multiple=True, help="A type, such as indicator; may be repeated.  [default: all]")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
def export_objects(*, file: Path, org: str | None, person: str | None, collection: str, types: tuple[str, ...]) -> None:
    """Write a bundle of the objects that somebody may take out into FILE; - writes to standard output.

    The last version of each, up to TLP:AMBER, with a statement of who took it out and when. FILE appears once it is
    whole.
    """
    from noroshi.core.domain.channels import Channel
    from noroshi.intel import actions

    actor = acting(org, person, Channel.EXPORT)
    pieces = _counted(actions.export_objects(actor, collection=collection, types=frozenset(types)))
    if str(file) == "-":
        for piece in pieces:
            sys.stdout.buffer.write(piece)
        return
    part = file.with_name(f"{file.name}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
            stream.writelines(pieces)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def _counted(pages: Iterable[list[bytes]]) -> Iterator[bytes]:
    """Yield the pieces of a bundle; a terminal is shown how many objects there were so far."""
    watched, count = sys.stderr.isatty(), -2  # its beginning and its end are none
    for page in pages:
        yield from page
        count += len(page)
        if watched:
            click.echo(f"\r{max(count, 0):,} objects", nl=False, err=True)
    click.echo(f"{chr(13) if watched else ''}{count:,} objects", err=True)


commands = (import_objects, export_objects)
