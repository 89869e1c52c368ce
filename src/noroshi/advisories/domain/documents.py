"""What a source sends or a file holds, document by document: one, one a line, or the files of an archive.

Streaming: no more than one document is in memory. Archives of archives are opened once (the CVE list is one). What is
larger than a document may be, or unpacks to too much, is given as a reason and keeps nothing else out.
"""

import codecs
import gzip
import hashlib
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Final, cast

from noroshi.advisories.domain.checksums import ENDINGS, against, is_checksum
from noroshi.advisories.domain.checksums import LARGEST as LARGEST_CHECKSUM
from noroshi.advisories.domain.packing import MOST_NOTE, NOTE, noted
from noroshi.advisories.domain.records import Refused, RefusedBecause
from noroshi.advisories.domain.sources import SourceKind

LARGEST: Final = 64 * 1024 * 1024
"""Bytes of one document."""
LARGEST_LINE: Final = 4 * 1024 * 1024
RATIO: Final = 200
GENEROUS: Final = 1024 * 1024
"""Up to so many bytes the ratio says nothing."""

SALT: Final = 16
"""Bytes of what tells ways of reading apart (`fingerprint`)."""
_LINES: Final = frozenset({SourceKind.CVE5, SourceKind.OSV, SourceKind.GHSA, SourceKind.CSAF, None})
"""Kinds that may come one JSON object a line."""
_SUFFIXES: Final = (".json", ".xml", ".rdf", ".rss", ".atom", ".csv", ".eml", ".html")
_BESIDE: Final = 8
"""Of a tar, read from its beginning to its end, so many checksums are remembered: they lie before what is theirs."""
_COPIED: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """One document: which it is, from 1, where it lay, and its bytes, or why there are none."""

    number: int
    name: str
    body: bytes
    refused: Refused | None = None


def fingerprint(document: Document, read_as: bytes) -> int:
    """Return what stands for a document and the way in which it is read: 64 bits, with a sign as databases want it."""
    digest = hashlib.blake2b(document.body.strip(), digest_size=8, salt=read_as).digest()
    return int.from_bytes(digest, "big", signed=True)


def documents(file: IO[bytes], kind: SourceKind | None, name: str = "") -> Iterator[Document]:
    """Yield what a file holds, which can be read anew (seek): plain or gzip, lines, tar or zip.

    Where nobody knows the kind yet, whatever may be of some kind is a document.
    """
    for number, (where, body) in enumerate(_parts(file, kind, name, nested=True), 1):
        if isinstance(body, Refused):
            yield Document(number, where, b"", body)
        else:
            yield Document(number, where, body)


def documents_in(folder: Path, kind: SourceKind | None) -> Iterator[Document]:
    """Yield the documents of a folder's files, in the order of their paths."""
    number = 0
    for path in sorted(each for each in folder.rglob("*") if each.is_file() and _is_wanted(each.name, kind)):
        with path.open("rb") as file:
            for each in documents(file, kind, name := str(path.relative_to(folder))):
                number += 1
                is_alone = kind is SourceKind.CSAF and each.name == name and each.refused is None
                body = _checked(each.body, path.name, _beside_in(path.parent)) if is_alone else each.body
                refused = body if isinstance(body, Refused) else each.refused
                yield Document(number, each.name, b"" if isinstance(body, Refused) else body, refused)


def _beside_in(folder: Path) -> Callable[[str], bytes | None]:
    def checksum(name: str) -> bytes | None:
        path = folder / name
        return path.read_bytes()[:LARGEST_CHECKSUM] if path.is_file() else None

    return checksum


Part = tuple[str, bytes | Refused]


def _parts(file: IO[bytes], kind: SourceKind | None, name: str, *, nested: bool) -> Iterator[Part]:
    magic = file.read(4)
    file.seek(0)
    if magic.startswith(b"PK\x03\x04"):
        yield from _of_zip(file, kind, name, nested=nested)
    elif magic.startswith(b"\x1f\x8b"):
        yield from _of_gzip(file, kind, name)
    elif _is_tar(file):
        yield from _of_tar(file, kind, "r:", name)
    elif kind in _LINES and _has_lines(file):
        yield from _of_lines(file, name)
    else:
        yield name, _bounded(file)


def _of_zip(file: IO[bytes], kind: SourceKind | None, name: str, *, nested: bool) -> Iterator[Part]:
    try:
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                inner = nested and member.filename.lower().endswith(".zip")
                if member.is_dir() or not (inner or _is_wanted(member.filename, kind)):
                    continue
                if inner:
                    yield from _of_inner(archive, member, kind)
                elif kind is SourceKind.CSAF:
                    yield member.filename, _checked(_of_member(archive, member), member.filename, _beside(archive))
                else:
                    yield member.filename, _of_member(archive, member)
    # zipfile says NotImplementedError where a file is packed in a way that it does not know
    except (zipfile.BadZipFile, NotImplementedError, OSError, EOFError) as error:
        yield name, _refused(RefusedBecause.SHAPE, f"zip: {error}")


def _of_inner(archive: zipfile.ZipFile, member: zipfile.ZipInfo, kind: SourceKind | None) -> Iterator[Part]:
    with tempfile.TemporaryFile() as copy, archive.open(member) as stream:
        while piece := stream.read(_COPIED):
            copy.write(piece)
            if _is_bomb(copy.tell(), member.compress_size):
                yield member.filename, _too_large()
                return
        copy.seek(0)
        yield from _parts(copy, kind, member.filename, nested=False)


def _of_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes | Refused:
    if _is_bomb(member.file_size, member.compress_size):
        return _too_large()
    try:
        with archive.open(member) as stream:
            return _bounded(stream)
    # as above; it says RuntimeError where a file is encrypted
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        return _refused(RefusedBecause.SHAPE, f"zip: {error}")


def _beside(archive: zipfile.ZipFile) -> Callable[[str], bytes | None]:
    def checksum(name: str) -> bytes | None:
        member = archive.NameToInfo.get(name)
        body = _of_member(archive, member) if member is not None and member.file_size <= LARGEST_CHECKSUM else None
        return body if isinstance(body, bytes) else None

    return checksum


def _of_gzip(file: IO[bytes], kind: SourceKind | None, name: str) -> Iterator[Part]:
    try:
        with gzip.open(file) as unpacked:
            stream = cast("IO[bytes]", unpacked)
            if _is_tar(stream):
                yield from _of_tar(stream, kind, "r|", name)
            elif kind in _LINES and _has_lines(stream):
                yield from _of_lines(stream, name)
            else:
                yield name, _bounded(stream)
    except (OSError, EOFError, zlib.error) as error:
        yield name, _refused(RefusedBecause.SHAPE, f"gzip: {error}")


def _of_tar(file: IO[bytes], kind: SourceKind | None, mode: str, name: str) -> Iterator[Part]:
    beside: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=file, mode=mode) as archive:  # type: ignore[call-overload] # one of two that it knows
            for member in archive:
                stream = archive.extractfile(member) if member.isfile() else None
                if stream is None:
                    continue
                if member.name.endswith(NOTE) and member.size <= MOST_NOTE:
                    yield member.name.removesuffix(NOTE), noted(stream.read())
                elif kind is SourceKind.CSAF and is_checksum(member.name):
                    beside = dict([*beside.items(), (member.name, stream.read(LARGEST_CHECKSUM))][-_BESIDE:])
                elif _is_wanted(member.name, kind):
                    yield member.name, _checked(_bounded(stream), member.name, beside.get)
    except tarfile.TarError as error:
        yield name, _refused(RefusedBecause.SHAPE, f"tar: {error}")


def _checked(body: bytes | Refused, name: str, beside: Callable[[str], bytes | None]) -> bytes | Refused:
    """Return a document, or the refusal where a checksum lies beside it and it is another one."""
    if isinstance(body, Refused):
        return body
    for ending in ENDINGS:
        said = beside(f"{name}{ending}")
        if said is not None:
            return against(body, ending, said) or body
    return body


def _of_lines(file: IO[bytes], name: str) -> Iterator[Part]:
    number = 0
    while line := file.readline(LARGEST_LINE + 1):
        number += 1
        if len(line) > LARGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = file.readline(LARGEST_LINE)
            yield f"{name}:{number}", _too_large()
        elif line.strip():
            yield f"{name}:{number}", line.removeprefix(codecs.BOM_UTF8)


def _has_lines(file: IO[bytes]) -> bool:
    """Whether it is one object a line: the first is a whole one and something follows, or the first alone is rotten."""
    first, second, third = (file.readline(LARGEST_LINE) for _ in range(3))
    file.seek(0)
    if _is_whole(first.removeprefix(codecs.BOM_UTF8)):
        return bool(second.strip())
    return _is_whole(second) and _is_whole(third)


def _is_whole(line: bytes) -> bool:
    return line.startswith(b"{") and line.rstrip().endswith(b"}")


def _is_tar(file: IO[bytes]) -> bool:
    head = file.read(512)
    file.seek(0)
    return head[257:262] == b"ustar"


def _is_wanted(name: str, kind: SourceKind | None) -> bool:
    """Whether a file of this name holds something of the kind: the CVE list has files about itself."""
    base = PurePosixPath(name).name
    if kind is SourceKind.CVE5:
        return (base.startswith("CVE-") and base.endswith(".json")) or base.endswith((".ndjson", ".jsonl"))
    return base.endswith((*_SUFFIXES, ".ndjson", ".jsonl", ".gz"))


def _bounded(stream: IO[bytes]) -> bytes | Refused:
    body = stream.read(LARGEST + 1)
    return _too_large() if len(body) > LARGEST else body


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > max(GENEROUS, packed * RATIO)


def _too_large() -> Refused:
    return _refused(RefusedBecause.TOO_LARGE, "")


def _refused(reason: RefusedBecause, detail: str) -> Refused:
    return Refused(0, reason, detail[:300])
