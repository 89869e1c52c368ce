"""What one question to a source brought in many parts, as one file: a tar, in which each part lies under its name.

What a part should have been and could not be had lies there too, as the reason why: it becomes a dead letter.
"""

import io
import json
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Final

from noroshi.advisories.domain.records import Refused, RefusedBecause

NOTE: Final = ".refused"
"""What the name of a part ends with that is a reason, and not the part itself."""
MOST_NOTE: Final = 4_096


class Packing:
    """A tar that is being written."""

    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive
        self.parts = 0
        self.size = 0

    def add(self, name: str, body: bytes) -> None:
        """Put a part in."""
        info = tarfile.TarInfo(name)
        info.size = len(body)
        self._archive.addfile(info, io.BytesIO(body))
        self.parts += 1
        self.size += len(body)

    def refuse(self, name: str, reason: RefusedBecause, detail: str = "") -> None:
        """Put in why a part is not there."""
        self.add(f"{name}{NOTE}", json.dumps({"reason": reason.value, "detail": detail[:300]}).encode())


@contextmanager
def packed(into: IO[bytes]) -> Iterator[Packing]:
    """Within the block, write a tar into a file."""
    with tarfile.open(fileobj=into, mode="w", format=tarfile.PAX_FORMAT) as archive:
        yield Packing(archive)


def noted(body: bytes) -> Refused:
    """Return the reason that a part is."""
    try:
        said = json.loads(body)
        return Refused(0, RefusedBecause(said["reason"]), str(said["detail"])[:300])
    except (ValueError, KeyError, TypeError):
        return Refused(0, RefusedBecause.SHAPE, "no reason that is known")
