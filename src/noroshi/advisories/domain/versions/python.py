"""Python's versions (PEP 440), as `packaging` reads and orders them."""

from typing import Final

from packaging.version import InvalidVersion, Version

from noroshi.advisories.domain.versions.generic import CLOSE, END, NUMBER, WORD, number

_NONE: Final = b"\x03"
"""No pre-release: behind a, b and rc."""
_LETTERS: Final = {"a": b"\x01a", "b": b"\x01b", "rc": b"\x01c"}
_EPOCH: Final = b"\x05"
"""Before an epoch that is not the usual one: behind all versions without."""


def key(version: str) -> bytes | None:
    """Return the key of a version; None where it is none by PEP 440."""
    try:
        read = Version(version)
    except InvalidVersion:
        return None
    epoch = _EPOCH + number(str(read.epoch)) if read.epoch else b""
    release = b"".join(number(str(each)) for each in _without_zeros(read.release))
    return epoch + release + END + _before(read) + _behind(read) + _local(read)


def _without_zeros(release: tuple[int, ...]) -> tuple[int, ...]:
    kept = list(release)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _before(read: Version) -> bytes:
    """A development release of no pre-release comes before all of these."""
    if read.pre is not None:
        return _LETTERS[read.pre[0]] + number(str(read.pre[1]))
    return b"\x00" if read.post is None and read.dev is not None else _NONE


def _behind(read: Version) -> bytes:
    post = b"\x00" if read.post is None else b"\x01" + number(str(read.post))
    return post + (b"\x02" if read.dev is None else b"\x01" + number(str(read.dev)))


def _local(read: Version) -> bytes:
    """In local versions words come before numbers, and more parts behind fewer."""
    if read.local is None:
        return CLOSE
    parts = (
        NUMBER + number(part)[1:] if part.isdigit() else WORD + part.encode() + CLOSE for part in read.local.split(".")
    )
    return b"\x01" + b"".join(parts) + CLOSE
