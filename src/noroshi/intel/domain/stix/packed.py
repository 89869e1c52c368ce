"""STIX as it is handed over: plain, or packed by gzip (RFC 1952), which is known by its first bytes."""

import gzip
import zlib
from typing import IO, Final, cast

_MAGIC: Final = b"\x1f\x8b"


class PackedError(ValueError):
    """A packed stream is damaged, or larger unpacked than was allowed."""

    def __init__(self, *, too_large: bool = False) -> None:
        super().__init__("too large" if too_large else "damaged")
        self.too_large = too_large


def unpacked(stream: IO[bytes], *, most: int | None = None) -> IO[bytes]:
    """Return what a seekable stream says, unpacked as it is read; PackedError then, behind `most` bytes of it."""
    head = stream.read(len(_MAGIC))
    stream.seek(-len(head), 1)
    return cast("IO[bytes]", _Unpacked(stream, most)) if head == _MAGIC else stream


class _Unpacked(gzip.GzipFile):
    def __init__(self, stream: IO[bytes], most: int | None) -> None:
        super().__init__(fileobj=stream, mode="rb")
        self._most = most

    def read(self, size: int | None = -1) -> bytes:
        try:
            part = super().read(size)
        except (EOFError, OSError, zlib.error) as error:
            raise PackedError from error
        if self._most is not None and self.tell() > self._most:
            raise PackedError(too_large=True)
        return part
