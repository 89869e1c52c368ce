"""Fields that only together make a value: date and time, request line, host and path, digests of unknown kind.

All of them together tell the class of an event whose log does not name it.
"""

import re
from typing import Final

from noroshi.hunting.engine.normalise import DIGEST_LENGTHS
from noroshi.hunting.engine.schema import EventClass
from noroshi.hunting.engine.vocabulary import class_of_action, event_class

_KIND_BY_LENGTH = {length: kind for kind, length in DIGEST_LENGTHS.items()}
_CLOCK = re.compile(r"\d{1,2}[:時]")
_DIGEST = re.compile(r"(?<![0-9A-Fa-f])[0-9A-Fa-f]{32,64}(?![0-9A-Fa-f])")

# The first role that an event has tells its class; what was done comes before those of `LESS_TELLING`.
TELLING: Final = {
    "rule": EventClass.ALERT,
    "beneficiary": EventClass.TRANSFER,
    "amount": EventClass.TRANSFER,
    "dns_query": EventClass.DNS,
}
LESS_TELLING: Final = {
    "url": EventClass.WEB,
    "process": EventClass.PROCESS,
    "md5": EventClass.FILE,
    "sha1": EventClass.FILE,
    "sha256": EventClass.FILE,
    "dst_port": EventClass.CONN,
    "bytes_out": EventClass.CONN,
    "outcome": EventClass.AUTH,
}


def compose(fields: dict[str, str]) -> dict[str, str]:
    """Replace the partial roles in ``fields``, in place, by what they stand for."""
    if "date" in fields:
        _from_date(fields)
    if "request" in fields:
        _from_request(fields)
    if "url_query" in fields:
        _from_query(fields)
    if "host" in fields:
        _from_host(fields)
    if "hash" in fields or "hashes" in fields:
        _from_digests(fields)
    if "error" in fields:
        fields.pop("error")
        fields["outcome"] = "failure"
    fields.pop("message", None)
    if event_class(fields.get("class", "")) is None:
        _classify(fields)
    return fields


def _from_date(fields: dict[str, str]) -> None:
    """Put a date in front of a time that has none."""
    date, time = fields.pop("date"), fields.get("time", "")
    if not time or _CLOCK.match(time):
        fields["time"] = f"{date} {time}"


def _from_request(fields: dict[str, str]) -> None:
    method, _, rest = fields.pop("request").partition(" ")
    fields.setdefault("action", method)
    fields.setdefault("url", rest.partition(" HTTP/")[0])


def _from_query(fields: dict[str, str]) -> None:
    query = fields.pop("url_query").removeprefix("?")
    if query and query != "-" and "?" not in fields.get("url", "?"):
        fields["url"] += f"?{query}"


def _from_host(fields: dict[str, str]) -> None:
    """Complete a path by its host; a host beside a whole URL is kept as the domain."""
    url = fields.get("url", "")
    if url.startswith("/"):
        fields["url"] = f"{fields.pop('host')}{url}"
    elif url:
        fields.setdefault("domain", fields.pop("host"))
        fields.pop("host", None)


def _from_digests(fields: dict[str, str]) -> None:
    """Tell the digests of one text (``SHA1=...,MD5=...``) apart by their length."""
    for digest in _DIGEST.findall(f"{fields.pop('hash', '')} {fields.pop('hashes', '')}"):
        if kind := _KIND_BY_LENGTH.get(len(digest)):
            fields.setdefault(kind, digest)


def _classify(fields: dict[str, str]) -> None:
    """Give an event the class that what is known of it makes likely, or none."""
    kind = (
        next((kind for role, kind in TELLING.items() if role in fields), None)
        or class_of_action(fields.get("action", ""))
        or next((kind for role, kind in LESS_TELLING.items() if role in fields), None)
    )
    if kind:
        fields["class"] = kind
    else:
        fields.pop("class", None)
