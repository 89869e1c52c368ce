"""Files read in without a network: one document or a hundred thousand, from where an interrupted reading ended."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy, raw
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.actions.sources import source_for_files, source_named
from noroshi.advisories.domain.documents import Document, documents, documents_in
from noroshi.advisories.domain.recognising import kinds_of
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import Fetch, Origin, Outcome, Source
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.kit.statistics import count_for_plans

MANY: Final = 10_000
"""So many new items make tables others than the database takes them for."""


def source_to_load(actor: Actor, path: Path, *, name: str = "", kind: SourceKind | None = None) -> Source:
    """Return the source that a file is read into: of this name and kind, made where there is none.

    Without a kind it is the source's own, or what the file says itself. Raises InvalidInput where it does not surely.
    """
    known = source_named(actor, name) if name else None
    kind = kind or (known.reads if known is not None else _kind_of(path))
    return source_for_files(actor, name=name or f"files, {kind}", kind=kind)


def _kind_of(path: Path) -> SourceKind:
    kinds = sorted(kinds_of(_documents(path, None)))
    if len(kinds) > 1:
        message = _("%(name)s holds several kinds (%(kinds)s): load each by itself.")
        raise InvalidInput("kind", message % {"name": path.name, "kinds": ", ".join(kinds)})
    if not kinds:
        raise InvalidInput(
            "kind", _("%(name)s does not say of what kind it is: say it by --kind.") % {"name": path.name}
        )
    return kinds[0]


def load_file(actor: Actor, source: Source, path: Path, *, tell: Callable[[int], object] | None = None) -> Fetch:
    """Read a file, or the files of a folder, into a source; `tell` hears of each document by its number.

    The file is read where it lies and not copied. The same one goes on where it was interrupted, and read once more
    changes nothing.
    """
    policy.require_source_keeper(actor)
    digest = _digest(path)
    fetch = _fetch_of(actor, source, path, digest)
    read = read_fetch(fetch, _told(_documents(path, source.reads), tell))
    if read.new >= MANY:
        count_for_plans()
    return read


def load_stream(actor: Actor, source: Source, stream: IO[bytes], *, name: str) -> Fetch:
    """Read what somebody sent for a source, kept like what the source sends itself."""
    policy.require_source_keeper(actor)
    with transaction.atomic():
        fetch = Fetch.objects.create(source=source, origin=Origin.FILE, address=name[:2000], digest=raw.keep(stream))
        ledger.record(actor, "advisories.file.loaded", fetch, name=name[:200])
    with raw.opened(fetch.digest) as file:
        fetch.size = file.seek(0, 2)
        file.seek(0)
        return read_fetch(fetch, documents(file, source.reads, name))


@transaction.atomic
def _fetch_of(actor: Actor, source: Source, path: Path, digest: str) -> Fetch:
    left = Fetch.objects.filter(source=source, origin=Origin.FILE, outcome=Outcome.READING, digest=digest).first()
    if left is not None:
        return left
    fetch = Fetch.objects.create(
        source=source, origin=Origin.FILE, address=str(path)[:2000], digest=digest, size=_size(path)
    )
    ledger.record(actor, "advisories.file.loaded", fetch, name=path.name)
    return fetch


def _documents(path: Path, kind: SourceKind | None) -> Iterator[Document]:
    if path.is_dir():
        yield from documents_in(path, kind)
        return
    with path.open("rb") as file:
        yield from documents(file, kind, path.name)


def _told(found: Iterator[Document], tell: Callable[[int], object] | None) -> Iterator[Document]:
    for document in found:
        yield document
        if tell is not None:
            tell(document.number)


def _digest(path: Path) -> str:
    if not path.is_dir():
        with path.open("rb") as file:
            return raw.digest_of(file)
    listed = hashlib.sha256()
    for each in sorted(path.rglob("*")):
        if each.is_file():
            listed.update(f"{each.relative_to(path)} {each.stat().st_size}\n".encode("utf-8", "surrogateescape"))
    return listed.hexdigest()


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else (path,)
    return sum(each.stat().st_size for each in files if each.is_file())
