"""ZIP archives, looked through without unpacking them: bounded in members, size and depth; samples wrapped.

Sizes are counted as bytes come out of the decompressor: what the archive's own directory claims is not believed.
"""

import io
import zipfile
import zlib
from typing import IO, Any, Final

from noroshi.sharing.domain.file_kinds import (
    OFFICE,
    SCRIPT_ENDINGS,
    ZIPPED,
    FileKind,
    Known,
    Refusal,
    Unfit,
    ending_of,
    known_as_text,
    known_by_first_bytes,
)

MOST_MEMBERS: Final = 1_000
MOST_BYTES: Final = 256 * 1024 * 1024
MOST_RATIO: Final = 100
SMALL: Final = 1024 * 1024
"""Below this no ratio is too high: a small file of spaces harms nobody."""
DEEPEST: Final = 2
PASSWORD: Final = "infected"  # noqa: S105 - the trade's customary password, meant to be known
CONTENT_TYPES: Final = "[Content_Types].xml"
_ENCRYPTED: Final = 0x1
_CHUNK: Final = 64 * 1024
_EPOCH: Final = (1980, 1, 1, 0, 0, 0)
_BROKEN: Final = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)
"""What `zipfile` raises of an archive that is broken, encrypted, or packed by a method that it does not know."""


def identify(data: bytes, name: str) -> Known:
    """Return what a file is; raise Unfit where it is nothing that is taken as it stands."""
    if data.startswith(ZIPPED):
        return _known_archive(data, depth=1)
    return known_by_first_bytes(data) or known_as_text(data, name)


def require_encrypted(data: bytes) -> Known:
    """Return that `data` is a ZIP archive whose every member is encrypted; raise Unfit for anything else."""
    if not data.startswith(ZIPPED):
        raise Unfit(Refusal.NOT_ENCRYPTED)
    members = [info for info in _opened(data).infolist() if not info.is_dir()]
    if not members or not all(info.flag_bits & _ENCRYPTED for info in members):
        raise Unfit(Refusal.NOT_ENCRYPTED)
    return Known(FileKind.SAMPLE)


def wrap(data: bytes, name: str) -> bytes:
    """Return `data` as the only member of a ZIP archive, encrypted by AES-256 with the customary password."""
    import pyzipper  # noqa: PLC0415 - two megabytes of every process, and few ever wrap a sample

    out = io.BytesIO()
    with pyzipper.AESZipFile(out, "w", compression=zipfile.ZIP_DEFLATED, encryption=pyzipper.WZ_AES) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.writestr(_entry(archive, name), data, compress_type=zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _entry(archive: Any, name: str) -> Any:
    """Return the line of a member that names no time."""
    return archive.zipinfo_cls(name, _EPOCH)


def members_of(data: bytes) -> list[tuple[zipfile.ZipInfo, bytes]]:
    """Return the members of an archive with their content, in its order; raise Unfit where it goes past a bound."""
    archive, budget, found = _opened(data), _Budget(len(data)), []
    try:
        for info in archive.infolist():
            with archive.open(info) as member:
                found.append((info, budget.read(member)))
    except _BROKEN as error:
        if isinstance(error, Unfit):
            raise
        raise Unfit(Refusal.BROKEN_ARCHIVE) from error
    return found


class _Budget:
    """How much may still come out of an archive, however deep."""

    def __init__(self, packed: int) -> None:
        self.left = min(MOST_BYTES, max(SMALL, packed * MOST_RATIO))

    def read(self, member: IO[bytes]) -> bytes:
        parts = []
        while chunk := member.read(_CHUNK):
            self.left -= len(chunk)
            if self.left < 0:
                raise Unfit(Refusal.BOMB)
            parts.append(chunk)
        return b"".join(parts)


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except _BROKEN as error:
        raise Unfit(Refusal.BROKEN_ARCHIVE) from error
    if len(archive.infolist()) > MOST_MEMBERS:
        raise Unfit(Refusal.BOMB)
    return archive


def _known_archive(data: bytes, depth: int) -> Known:
    """Return the kind of an archive; a plain one is looked through, member by member."""
    if depth > DEEPEST:
        raise Unfit(Refusal.NESTED)
    infos = _opened(data).infolist()
    if any(info.flag_bits & _ENCRYPTED for info in infos):
        return require_encrypted(data)
    members = members_of(data)
    names = {info.filename for info, _content in members}
    if CONTENT_TYPES in names:
        return _known_office(members, names)
    for info, content in members:
        _check_member(info, content, depth)
    return Known(FileKind.ZIP)


def _known_office(members: list[tuple[zipfile.ZipInfo, bytes]], names: set[str]) -> Known:
    types = next(content for info, content in members if info.filename == CONTENT_TYPES)
    if b"macroEnabled" in types or any(name.lower().endswith(("vbaproject.bin", ".xlsb")) for name in names):
        raise Unfit(Refusal.MACRO)
    kinds = {kind for folder, kind in OFFICE.items() if any(name.startswith(f"{folder}/") for name in names)}
    if len(kinds) != 1:
        raise Unfit(Refusal.UNKNOWN)
    return Known(kinds.pop())


def _check_member(info: zipfile.ZipInfo, content: bytes, depth: int) -> None:
    """Refuse what would be refused on its own, and a name that leads out of the folder it is unpacked into."""
    name = info.filename
    if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name or "\0" in name:
        raise Unfit(Refusal.HIDDEN_PATH)
    if info.is_dir() or not content:
        return
    if content.startswith(ZIPPED):
        _known_archive(content, depth + 1)
    elif known_by_first_bytes(content) is None:
        if ending_of(name) in SCRIPT_ENDINGS:
            raise Unfit(Refusal.SCRIPT)
        known_as_text(content, name)
