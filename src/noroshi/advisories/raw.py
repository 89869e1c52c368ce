"""Where the bytes lie that sources sent: in the data directory, packed, each file named by the SHA-256 of its content.

They are kept before anything is read of them: what a reader does not understand today can be read again tomorrow.
"""

import gzip
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

from django.conf import settings

from noroshi.kit.domain.durable import publish

FOLDER: Final = "fetched"
_PIECE: Final = 1024 * 1024
_PACKING: Final = 5


@contextmanager
def scratch() -> Iterator[IO[bytes]]:
    """Within the block, a file for bytes as they come; it is gone afterwards."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryFile(dir=_folder()) as file:
        yield file


def digest_of(file: IO[bytes]) -> str:
    """Return the name of what a file holds, and leave the file at its beginning."""
    file.seek(0)
    found = hashlib.sha256()
    while piece := file.read(_PIECE):
        found.update(piece)
    file.seek(0)
    return found.hexdigest()


def keep(file: IO[bytes]) -> str:
    """Keep what a file holds, and return its name. The same bytes are kept once."""
    name = digest_of(file)
    path = _path(name)
    if path.exists():
        path.touch()  # it is needed again from now on
        return name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = path.with_name(f"{name}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as out, gzip.GzipFile("", "wb", _PACKING, out, mtime=0) as packed:
        while piece := file.read(_PIECE):
            packed.write(piece)
    publish(partial, path)
    file.seek(0)
    return name


@contextmanager
def opened(name: str) -> Iterator[IO[bytes]]:
    """Within the block, a file with the bytes of this name; raise FileNotFoundError where they are not kept."""
    with scratch() as file:
        with gzip.open(_path(name)) as packed:
            while piece := packed.read(_PIECE):
                file.write(piece)
        file.seek(0)
        yield file


def is_kept(name: str) -> bool:
    """Whether the bytes of this name are kept."""
    return bool(name) and _path(name).exists()


def remove(name: str) -> None:
    """Forget the bytes of this name."""
    with suppress(FileNotFoundError):
        _path(name).unlink()


def names_older_than(moment: float) -> Iterator[str]:
    """Yield the names of the files, half-written ones too, that nobody has needed since `moment` (POSIX time)."""
    for path in sorted(_folder().glob("??/*")):
        if path.stat().st_mtime < moment:
            yield path.name


def _path(name: str) -> Path:
    return _folder() / name[:2] / name


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER
