"""What the store knows of an object without reading it again: its name and the moment of its version."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final, NamedTuple

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


class Header(NamedTuple):
    """Identifier, type, and the version: as the object writes it, and as microseconds since 1970 (UTC)."""

    stix_id: str
    type: str
    version: str
    modified: int


def header_of(value: Mapping[str, Any]) -> Header:
    """Return the header of an object that was checked.

    The version is `modified`, else `created`; a cyber-observable has none (3.1): empty and 0.
    """
    version = value.get("modified") or value.get("created") or ""
    return Header(value["id"], value["type"], version, microseconds(version) if version else 0)


def microseconds(version: str) -> int:
    """Return a timestamp of STIX (2.1, section 2.16) as microseconds since 1970; what is finer is cut off."""
    moment = version if version[17:19] != "60" else f"{version[:17]}59{version[19:]}"  # a leap second (RFC 3339, 5.7)
    return since_1970(datetime.fromisoformat(moment))


def moment_of(microseconds: int) -> datetime | None:
    """Return the moment of a version; None for 0, which stands for no version."""
    return _EPOCH + microseconds * _MICROSECOND if microseconds else None


def since_1970(moment: datetime) -> int:
    """Return an aware moment as microseconds since 1970 (UTC)."""
    return (moment - _EPOCH) // _MICROSECOND
