"""Where the bytes of attachments lie: in the data directory, each file named by the SHA-256 of its content.

A file is written under another name, brought to the disk, and renamed: a reader finds all of it or nothing. It is
never changed afterwards.
"""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from django.conf import settings

from noroshi.kit.domain.durable import publish

FOLDER: Final = "attachments"
_CHUNK: Final = 1024 * 1024


def digest(data: bytes) -> str:
    """Return the name of some bytes."""
    return hashlib.sha256(data).hexdigest()


def path_of(sha256: str) -> Path:
    """Return where the bytes of this name lie, if they do."""
    return _folder() / sha256[:2] / sha256


def store(data: bytes) -> str:
    """Keep some bytes; return their name. The same bytes are kept once."""
    sha256 = digest(data)
    path = path_of(sha256)
    if path.exists():
        path.touch()  # whoever looks for what nobody needs sees that somebody does
        return sha256
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{sha256}.{secrets.token_hex(4)}.tmp")
    with partial.open("xb") as out:
        partial.chmod(0o600)
        out.write(data)
    publish(partial, path)
    return sha256


def read(sha256: str) -> bytes:
    """Return the bytes of this name."""
    return path_of(sha256).read_bytes()


def remove(sha256: str) -> None:
    """Forget some bytes."""
    with suppress(FileNotFoundError):
        path_of(sha256).unlink()


def remove_stray(name: str) -> None:
    """Forget a file of this name that was left half-written."""
    with suppress(FileNotFoundError):
        (_folder() / name[:2] / name).unlink()


def names_older_than(moment: float) -> Iterator[str]:
    """Yield the names of the files, half-written ones too, that nobody has written to since `moment` (POSIX time)."""
    for path in sorted(_folder().glob("??/*")):
        if path.stat().st_mtime < moment:
            yield path.name


def is_whole(sha256: str) -> bool:
    """Whether the bytes of this name lie there and are what the name says."""
    found = hashlib.sha256()
    try:
        with path_of(sha256).open("rb") as file:
            while chunk := file.read(_CHUNK):
                found.update(chunk)
    except OSError:
        return False
    return found.hexdigest() == sha256


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER
