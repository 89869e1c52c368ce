"""Files read in without a network: one document or a hundred thousand, from where an interrupted reading ended."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from django.db import transaction

from noroshi.advisories import policy, raw
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.domain.documents import Document, documents, documents_in
from noroshi.advisories.models import Fetch, Origin, Outcome, Source
from noroshi.core import ledger
from noroshi.core.actor import Actor


def load_file(actor: Actor, source: Source, path: Path, *, tell: Callable[[int], object] | None = None) -> Fetch:
    """Read a file, or the files of a folder, into a source; `tell` hears of each document by its number.

    The file is read where it lies and not copied. The same one goes on where it was interrupted, and read once more
    changes nothing.
    """
    policy.require_source_keeper(actor)
    digest = _digest(path)
    fetch = _fetch_of(actor, source, path, digest)
    return read_fetch(fetch, _told(_documents(source, path), tell))


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


def _documents(source: Source, path: Path) -> Iterator[Document]:
    if path.is_dir():
        yield from documents_in(path, source.reads)
        return
    with path.open("rb") as file:
        yield from documents(file, source.reads, path.name)


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
