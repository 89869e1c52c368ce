"""The body of an answer of HTTP as it comes: unpacked, and counted while it is."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

PIECE: Final = 64 * 1024
_GENEROUS: Final = 1024 * 1024
"""Up to so many bytes the ratio says nothing: a short text of one letter packs very well."""


class TooMuch(ValueError):  # noqa: N818 - reads as the sentence it is
    """The body is more than was agreed to."""


class BadPacking(ValueError):  # noqa: N818
    """The body is not packed as it says."""


@dataclass(frozen=True)
class Room:
    """How much of a body is taken: bytes as they come, bytes unpacked, and how many of these one of those may make."""

    packed: int
    unpacked: int
    ratio: int = 200


class Unpacking:
    """One body: told of each piece as it comes, it gives what that unpacks to."""

    def __init__(self, coding: str, room: Room) -> None:
        """`coding` is what Content-Encoding says (RFC 9110, 8.4.1); raise BadPacking for one that was not asked for."""
        self._coding = coding.strip().lower()
        if self._coding not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise BadPacking(self._coding[:40])
        self._is_packed = self._coding not in {"", "identity"}
        self._room = room
        self._stream = zlib.decompressobj(wbits=47)  # a header of gzip or of zlib, whichever is there
        self._began = False
        self.came = self.given = 0

    def feed(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece unpacks to, piece by piece; raise TooMuch before more is made than there is room for."""
        self.came += len(piece)
        if self.came > self._room.packed:
            raise TooMuch
        if not self._is_packed:
            yield self._counted(piece)
            return
        is_full = False
        while piece or is_full:
            made = self._unpack(piece)
            yield self._counted(made)
            piece, is_full = self._stream.unconsumed_tail, len(made) == PIECE
            if self._stream.eof:
                piece, is_full = self._stream.unused_data, False
                self._renew(piece)

    def close(self) -> None:
        """Raise BadPacking where a packed body ended too early."""
        if self._is_packed and self._began and not self._stream.eof:
            raise BadPacking("ends too early")

    def _unpack(self, piece: bytes) -> bytes:
        self._began = True
        try:
            return self._stream.decompress(piece, PIECE)
        except zlib.error as error:
            raise BadPacking(str(error)) from error

    def _renew(self, following: bytes) -> None:
        if following:  # a file of gzip may have several members
            self._stream = zlib.decompressobj(wbits=47)

    def _counted(self, piece: bytes) -> bytes:
        self.given += len(piece)
        most = min(self._room.unpacked, max(_GENEROUS, self.came * self._room.ratio))
        if self.given > most:
            raise TooMuch
        return piece
