"""Files that people sent, kept until their job has read them: in the data directory, each named by its row.

They are not named by their content: what two organisations send alike is each one's own, and goes with its own row.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings

from noroshi.kit.domain.durable import publish

FOLDER: Final = "waiting"


def keep(number: UUID, pieces: Iterable[bytes]) -> None:
    """Keep a file under a number: all of it, on the disk, or nothing. Raises OSError."""
    _folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    partial = _folder() / f"{number}.part"
    try:
        descriptor = os.open(partial, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            out.writelines(pieces)
        publish(partial, _path(number))
    finally:
        partial.unlink(missing_ok=True)


def read(number: UUID) -> bytes:
    """Return what is kept under a number; raise FileNotFoundError where nothing is."""
    return _path(number).read_bytes()


def remove(number: UUID) -> None:
    """Forget what is kept under a number."""
    with suppress(FileNotFoundError):
        _path(number).unlink()


def older_than(moment: float) -> Iterator[Path]:
    """Yield the files, half-written ones too, that were written before `moment` (POSIX time)."""
    for path in sorted(_folder().glob("*")):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < moment:
                yield path


def _path(number: UUID) -> Path:
    return _folder() / str(number)


def _folder() -> Path:
    return Path(settings.MEDIA_ROOT) / FOLDER
