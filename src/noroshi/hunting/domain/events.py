"""Log events as a person reads them: without what only serves the lake, and with nothing to click on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

_HOSTS: Final = frozenset({"src_ip", "dst_ip", "host", "referrer_host", "domain", "dns_query", "email"})
_URLS: Final = frozenset({"url", "referrer"})  # without a scheme, as the lake keeps them
_PLACE: Final = frozenset({"time", "organisation", "source", "file", "line", "file_digest"})


@dataclass(frozen=True)
class LogEvent:
    """One event: when, where it stands, and its other columns, defanged."""

    time: datetime
    source: str
    file: str
    line: int
    fields: dict[str, str]


def as_log_event(row: Mapping[str, Any]) -> LogEvent:
    """Read a row of the engine's `Lake.events`."""
    fields = {name: defanged(name, str(value)) for name, value in row.items() if name not in _PLACE}
    return LogEvent(row["time"], row["source"], row["file"], row["line"], fields)


def defanged(column: str, text: str) -> str:
    """Return the text of a column with nothing in it to click on."""
    if column in _URLS:
        host, slash, rest = text.partition("/")
        return f"{_without_dots(host)}{slash}{rest}"
    return _without_dots(text) if column in _HOSTS else text


def _without_dots(text: str) -> str:
    return text.replace(":", "[:]").replace(".", "[.]").replace("@", "[@]")
