"""How this house writes STIX 2.1: moments to the millisecond, markings on each object, and bytes that stay the same."""

from datetime import UTC, datetime
from typing import Any, Final

import msgspec

SPEC_VERSION: Final = "2.1"

_encode: Final = msgspec.json.Encoder().encode


def written_moment(at: datetime) -> str:
    """Return an aware moment as section 2.16 writes it, with the three digits that 3.2 asks of versions."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def as_bytes(value: dict[str, Any]) -> bytes:
    """Return an object as bytes: UTF-8, its properties in the order in which they were said."""
    return _encode(value)


def is_same_said(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two versions of an object say the same; when they were made aside."""
    return {**one, "modified": ""} == {**other, "modified": ""}
