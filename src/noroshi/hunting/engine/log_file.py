"""A log file from outside, opened safely: bounded decompression, encoding, lines of bounded length.

A file is read twice. `survey` reads all of it first, so that a file cut short, a decompression bomb or a picture is
refused before a single event is stored; it also finds the digest that makes ingest idempotent. The digest is of the
*decompressed* bytes, so a log that logrotate compressed in the meantime is still the same log.
"""

import codecs
import hashlib
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Final

import zstandard

from noroshi.hunting.engine.reasons import FileReason, LineReason, RefusedFileError

MAX_LINE: Final = 1 << 20
MAX_BYTES: Final = 64 << 30
# Logs shrink ten- to thirty-fold, silly ones two-hundred-fold; gzip can reach 1,032, Zstandard far more.
MAX_RATIO: Final = 300
RATIO_COUNTS_FROM: Final = 32 << 20
CHUNK: Final = 1 << 19
# Zstandard has no bounded output per call when truncation must be noticed; its worst ratio is about 32,000.
ZSTD_STEP: Final = 4 << 10
SAMPLE: Final = 256 << 10

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"
_OTHER_COMPRESSION = (b"BZh", b"\xfd7zXZ", b"PK\x03\x04", b"7z\xbc\xaf", b"\x04\x22\x4d\x18")
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# EUC-JP before CP932: EUC text often passes as half-width katakana of CP932, hardly ever the other way round.
_ENCODINGS = ("utf-8", "euc_jp", "cp932")
# What CP932 makes of bytes that stand for nothing.
_NO_TEXT = re.compile("[\x80-\x9f\uf8f0-\uf8ff]")
_TEXT_CONTROLS = frozenset(b"\t\n\r\x0b\x0c\x1b")

# A line's number from 1, the line, and its text by role.
Record = tuple[int, object, dict[str, str]]
Reject = Callable[[int, LineReason, object], None]


@dataclass(frozen=True, slots=True)
class Survey:
    """What a full reading found: SHA-256 of the content, its bytes and lines, encoding, first bytes as text.

    With it when the lines came in, as far as that is known: of a stream's batch.
    """

    path: Path
    digest: str
    size: int
    lines: int
    encoding: str
    sample: str
    received: datetime | None = None


def survey(path: Path) -> Survey:
    """Read a whole file and describe it; raise `RefusedFileError` when it cannot be a log."""
    digest, size, lines, sample = hashlib.sha256(), 0, 0, b""
    encodings: _Encodings | None = None
    last = b"\n"
    for chunk in _content(path):
        if encodings is None:
            sample = chunk[:SAMPLE]
            encodings = _Encodings(sample)
        digest.update(chunk)
        encodings.feed(chunk)
        size += len(chunk)
        if size >= MAX_BYTES:
            raise RefusedFileError(FileReason.TOO_LARGE)
        lines += chunk.count(b"\n")
        last = chunk[-1:]
    if encodings is None:
        raise RefusedFileError(FileReason.EMPTY)
    name = encodings.chosen()
    text = sample.decode(name, "replace").removeprefix("\ufeff")
    return Survey(path, digest.hexdigest(), size, lines + (last != b"\n"), name, text)


class _Encodings:
    """Decodes the whole content in every likely encoding; the first one without an error is the file's.

    UTF-8 also wins when most of the lines that are not ASCII are valid in it, which no other text is by chance: one
    attacker's broken bytes must not turn a whole log into another encoding.
    """

    def __init__(self, sample: bytes) -> None:
        names = _marked(sample)
        if not names and _is_binary(sample):
            raise RefusedFileError(FileReason.BINARY)
        self._decoders = {name: codecs.getincrementaldecoder(name)() for name in names or _ENCODINGS}
        self._fallback = names[0] if names else "utf-8"
        self._utf8_lines = 0
        self._between_characters = not names

    def feed(self, chunk: bytes) -> None:
        if self._between_characters and chunk.isascii():
            return  # valid in all candidates, and by far the most common
        self._decoders = {name: decoder for name, decoder in self._decoders.items() if _decodes(decoder, chunk)}
        if self._fallback == "utf-8":
            self._between_characters = chunk[-1:].isascii()
            self._utf8_lines += sum(1 if _is_utf8(line) else -1 for line in chunk.split(b"\n") if not line.isascii())

    def chosen(self) -> str:
        if self._utf8_lines > 0:
            return "utf-8"
        return next(iter(self._decoders), self._fallback)


def _is_utf8(line: bytes) -> bool:
    return _decodes(codecs.getincrementaldecoder("utf-8")(), line)


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes) -> bool:
    try:
        decoder.decode(chunk)
    except UnicodeDecodeError:
        return False
    return True


def _marked(sample: bytes) -> tuple[str, ...]:
    """Return the encoding a byte order mark, or UTF-16's zero bytes, give away."""
    for mark, name in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return (name,)
    start = sample[:2000]
    for offset, name in ((1, "utf-16-le"), (0, "utf-16-be")):
        if len(start) > 1 and start[offset::2].count(0) * 2 > len(start[offset::2]) and 0 not in start[1 - offset :: 2]:
            return (name,)
    return ()


def _is_binary(sample: bytes) -> bool:
    """Tell noise from text: a log has hardly any control characters."""
    controls = sum(sample.count(byte) for byte in range(32) if byte not in _TEXT_CONTROLS)
    return controls * 20 > len(sample)


def _content(path: Path, limit: int = MAX_BYTES) -> Iterator[bytes]:
    """Yield the decompressed content in chunks, up to ``limit``; refuse bombs, damage and what is no file."""
    size = 0
    try:
        with path.open("rb") as file:
            for compressed, chunk in _decompressed(file):
                if size + len(chunk) > limit:  # the log has grown since it was surveyed
                    yield chunk[: limit - size]
                    return
                size += len(chunk)
                if size > RATIO_COUNTS_FROM and size > MAX_RATIO * compressed:
                    raise RefusedFileError(FileReason.BOMB)
                if chunk:
                    yield chunk
    except (zlib.error, zstandard.ZstdError):
        raise RefusedFileError(FileReason.CORRUPT) from None
    except OSError:
        raise RefusedFileError(FileReason.MISSING) from None


def _decompressed(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield (compressed bytes read so far, content)."""
    magic = file.read(8)
    file.seek(0)
    if magic.startswith(_OTHER_COMPRESSION):
        raise RefusedFileError(FileReason.COMPRESSION)
    if magic.startswith(_GZIP):
        return _gunzipped(file)
    return _unzstandard(file) if magic.startswith(_ZSTD) else _plain(file)


def _plain(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    while chunk := file.read(CHUNK):
        yield file.tell(), chunk


def _gunzipped(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Unpack all members of a gzip file (RFC 1952), each step's output bounded."""
    member = zlib.decompressobj(wbits=31)
    data = b""
    while data or (data := file.read(CHUNK)):
        if member.eof:
            if not data.startswith(_GZIP):  # some tools pad the end
                return
            member = zlib.decompressobj(wbits=31)
        yield file.tell(), member.decompress(data, CHUNK)
        data = member.unused_data if member.eof else member.unconsumed_tail
    yield file.tell(), member.flush()
    if not member.eof:
        raise RefusedFileError(FileReason.TRUNCATED)


def _unzstandard(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Unpack all frames of a Zstandard file (RFC 8878)."""
    unpacker = zstandard.ZstdDecompressor(max_window_size=1 << 27)
    frame = unpacker.decompressobj()
    data = b""
    while data or (data := file.read(ZSTD_STEP)):
        if frame.eof:
            frame = unpacker.decompressobj()
        yield file.tell(), frame.decompress(data)
        data = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise RefusedFileError(FileReason.TRUNCATED)


def ignore(_line: int, _reason: LineReason, _raw: object) -> None:
    """Let an unreadable line be; of the type `Reject`."""


def read_lines(surveyed: Survey, reject: Reject) -> Iterator[tuple[int, str]]:
    """Yield (number from 1, text) of each line that is not blank; hand the unreadable ones to ``reject``."""
    for first, text in read_blocks(surveyed, reject):
        yield from numbered(first, text)


def numbered(first: int, text: str) -> Iterator[tuple[int, str]]:
    """Yield (number, line) of each line of a text that is not blank; its first line has the number ``first``."""
    return ((number, line) for number, line in enumerate(text.split("\n"), start=first) if line)


def read_blocks(surveyed: Survey, reject: Reject) -> Iterator[tuple[int, str]]:
    """Yield (number of its first line, text) of blocks of whole lines, without the last line's end.

    An unreadable line is handed to ``reject`` and is blank in the text.
    """
    first = 1
    encoding = "utf-8-sig" if surveyed.encoding.startswith("utf-16") else surveyed.encoding
    for block in _whole_lines(surveyed):
        text = _decoded(block, encoding) if len(block) <= MAX_LINE or not _has_long_line(block) else None
        if text is None:
            text = "\n".join(_readable_lines(block, encoding, first, reject))
        yield first, text
        first += text.count("\n") + 1


@dataclass(frozen=True, slots=True)
class _Unreadable:
    reason: LineReason
    shown: str


def _has_long_line(block: bytes) -> bool:
    return max(map(len, block.split(b"\n"))) > MAX_LINE


def _decoded(block: bytes, encoding: str) -> str | None:
    """Decode a block of whole lines at once, or return None where something in it is wrong."""
    try:
        text = block.decode(encoding)
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").removesuffix("\r") if "\r" in text else text


def _readable_lines(block: bytes, encoding: str, first: int, reject: Reject) -> Iterator[str]:
    """Decode line by line; one that is rejected is blank."""
    for number, line in enumerate(block.split(b"\n"), start=first):
        text = _decoded_line(line, encoding)
        if isinstance(text, str):
            yield text
        else:
            reject(number, text.reason, text.shown)
            yield ""


def _decoded_line(line: bytes, encoding: str) -> str | _Unreadable:
    if len(line) > MAX_LINE:
        return _Unreadable(LineReason.TOO_LONG, line[:2000].decode(encoding, "replace"))
    for name in (encoding, *_ENCODINGS):  # logs of several hosts in one file do not all have its encoding
        try:
            text = line.decode(name).removesuffix("\r")
        except UnicodeDecodeError:
            continue
        if not _NO_TEXT.search(text):
            return text
    return _Unreadable(LineReason.ENCODING, line[:2000].decode(encoding, "replace"))


def _whole_lines(surveyed: Survey) -> Iterator[bytes]:
    """Yield blocks of whole lines without their last line end.

    Of a line beyond the limit only its beginning is kept (just over the limit, so it is recognised as too long).
    """
    rest = b""
    for chunk in _utf8(surveyed):
        head, newline, tail = chunk.rpartition(b"\n")
        if newline:
            yield rest + head
            rest = tail
        elif len(rest) <= MAX_LINE:
            rest += tail
    if rest:
        yield rest


def _utf8(surveyed: Survey) -> Iterator[bytes]:
    """Yield the content in an encoding in which a line feed is one byte and nothing else."""
    if not surveyed.encoding.startswith("utf-16"):
        yield from _content(surveyed.path, surveyed.size)
        return
    decoder = codecs.getincrementaldecoder(surveyed.encoding)("replace")
    for chunk in _content(surveyed.path, surveyed.size):
        yield decoder.decode(chunk).encode("utf-8", "replace")


def read_text(surveyed: Survey) -> Iterator[str]:
    """Yield the text of a file in pieces, without regard to lines; what is not in its encoding is replaced."""
    decoder = codecs.getincrementaldecoder(surveyed.encoding)("replace")
    for number, chunk in enumerate(_content(surveyed.path, surveyed.size)):
        text = decoder.decode(chunk)
        yield text if number else text.removeprefix("\ufeff")
