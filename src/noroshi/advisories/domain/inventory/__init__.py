"""What an institution runs: its own tables, bills of materials, and what its machines list by themselves.

A row is read, or refused with its place and the reason; none keeps another out.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.inventory import cyclonedx, libraries, packages, spdx
from noroshi.advisories.domain.inventory.assets import Asset, RefusedRow, Row, UnreadableInventoryError
from noroshi.advisories.domain.inventory.tables import read_table
from noroshi.advisories.domain.inventory.texts import MOST_BYTES, decoded
from noroshi.advisories.domain.readers.strict import UNREADABLE

SAMPLE: Final = 40
"""Lines by which a list is known."""


def read_inventory(body: bytes) -> Iterator[Row]:
    """Yield each component that a list names, whatever wrote it.

    Raises UnreadableInventoryError where the whole of it cannot be read.
    """
    begin = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if begin in (b"{", b"["):
        return _of_json(body)
    if begin == b"<":
        return cyclonedx.read_xml(body)
    text = decoded(body)
    lines = [line.strip("\r\n ") for line in text[: SAMPLE * 1_000].splitlines() if line.strip()][:SAMPLE]
    read = next((read for is_it, read in _KNOWN_BY if is_it(lines)), None)
    return read(text) if read is not None else read_table(body)


def _of_json(body: bytes) -> Iterator[Row]:
    """Read JSON by what it says of itself."""
    if len(body) > MOST_BYTES:
        raise UnreadableInventoryError(f"more than {MOST_BYTES:,} bytes")
    try:
        said: Any = msgspec.json.decode(decoded(body))
    except UNREADABLE as error:
        raise UnreadableInventoryError(f"not JSON: {error}") from error
    if isinstance(said, list):
        return libraries.read_pip_json(said)
    if said.get("bomFormat") == "CycloneDX":
        return cyclonedx.read_json(said)
    if "spdxVersion" in said:
        return spdx.read_json(said)
    if "dependencies" in said:
        return libraries.read_npm(said)
    raise UnreadableInventoryError("JSON that is no CycloneDX, SPDX 2, pip or npm list")


_KNOWN_BY: Final[tuple[tuple[Callable[[Sequence[str]], bool], Callable[[str], Iterator[Row]]], ...]] = (
    (spdx.is_tags, spdx.read_tags),
    (packages.is_rpm, packages.read_rpm),
    (packages.is_dpkg, packages.read_dpkg),
    (libraries.is_pip, libraries.read_pip),
)
"""By which lines a list is known, and who reads it; all others are tables."""

__all__ = ["Asset", "RefusedRow", "Row", "UnreadableInventoryError", "read_inventory", "read_table"]
