"""Timestamps of TAXII 2.1 (section 2): RFC 3339 in UTC, to the microsecond, unlike those of STIX."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final

from noroshi.intel.domain.stix.header import since_1970

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FORM: Final = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z", re.ASCII)
_DIGITS: Final = 6


def written(moment: int) -> str:
    """Return microseconds since 1970 (UTC) as a timestamp."""
    return f"{_EPOCH + timedelta(microseconds=moment):%Y-%m-%dT%H:%M:%S.%fZ}"


def read(text: str) -> int | None:
    """Return a timestamp as microseconds since 1970 (UTC); None where it is none.

    Clients write fewer digits, as the committee's own does, and more, as those in .NET do; what is finer than a
    microsecond is cut off, so that what is asked for behind it is never too little.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        return None
    try:
        second = datetime.fromisoformat(f"{match[1]}+00:00")
    except ValueError:
        return None
    fraction = int((match[2] or "").ljust(_DIGITS, "0")[:_DIGITS])
    return since_1970(second) + fraction
