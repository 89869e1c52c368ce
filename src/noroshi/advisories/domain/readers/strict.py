"""What readers of JSON share: reading with a bound, a refusal of the whole, a refusal of one."""

import gzip
import io
import zlib
from collections.abc import Sequence
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.records import Refused, RefusedBecause

MOST_BYTES: Final = 512 * 1024 * 1024
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What reading JSON raises: for what is none, for letters that are none, and for what nests too deep."""
MAX_DETAIL: Final = 300
MAX_EXCERPT: Final = 2_000


def refused(place: int, reason: RefusedBecause, detail: object = "", excerpt: bytes | str = "") -> Refused:
    """Return a refusal, its words cut to what a person reads."""
    text = excerpt.decode("utf-8", "replace") if isinstance(excerpt, bytes) else excerpt
    return Refused(place, reason, " ".join(str(detail).split())[:MAX_DETAIL], text[:MAX_EXCERPT])


def unpacked(body: bytes, most: int = MOST_BYTES) -> bytes | Refused:
    """Return the bytes, unpacked where they are gzip (RFC 1952); refuse what unpacks to more than `most` bytes."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            plain = packed.read(most + 1)
    except (OSError, EOFError, zlib.error) as error:
        return refused(0, RefusedBecause.ENCODING, error)
    return plain if len(plain) <= most else refused(0, RefusedBecause.TOO_LARGE, f"more than {most:,} bytes")


def pieces(body: bytes) -> Sequence[bytes]:
    """Return the JSON values of `body`: of a list its items, of lines each, else the whole."""
    begun = body.lstrip()
    if begun.startswith(b"["):
        try:
            return [bytes(each) for each in msgspec.json.decode(begun, type=list[msgspec.Raw])]
        except UNREADABLE:
            return [body]
    lines = [line for line in begun.splitlines() if line.strip()]
    one_a_line = len(lines) > 1 and lines[0].rstrip().endswith(b"}") and lines[1].lstrip().startswith(b"{")
    return lines if one_a_line else [body]


def as_excerpt(value: Any) -> str:
    """Return a part of what was read, as JSON again, for a person who repairs it."""
    return msgspec.json.encode(value).decode()
