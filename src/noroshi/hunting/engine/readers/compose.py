"""Fields that only together make a value: date and time, request line, host and path, a digest of unknown kind.

All of them together tell the class of an event whose log does not name it.
"""

from typing import Final

from noroshi.hunting.engine.normalise import DIGEST_LENGTHS
from noroshi.hunting.engine.schema import EventClass
from noroshi.hunting.engine.vocabulary import class_of_action, event_class

# The first role that an event has tells its class; what was done comes before those of `_LESS_TELLING`.
_TELLING: Final = {
    "rule": EventClass.ALERT,
    "beneficiary": EventClass.TRANSFER,
    "amount": EventClass.TRANSFER,
    "dns_query": EventClass.DNS,
}
_LESS_TELLING: Final = {
    "url": EventClass.WEB,
    "process": EventClass.PROCESS,
    "md5": EventClass.FILE,
    "sha1": EventClass.FILE,
    "sha256": EventClass.FILE,
    "dst_port": EventClass.CONN,
    "bytes_out": EventClass.CONN,
    "outcome": EventClass.AUTH,
}
_KIND_BY_LENGTH = {length: kind for kind, length in DIGEST_LENGTHS.items()}


def compose(fields: dict[str, str]) -> dict[str, str]:
    """Replace the partial roles in ``fields``, in place, by what they stand for."""
    if "date" in fields:
        fields["time"] = f"{fields.pop('date')} {fields.get('time', '')}"
    if "request" in fields:
        _from_request(fields)
    if "host" in fields:
        _from_host(fields)
    if "hash" in fields:
        digest = fields.pop("hash")
        kind = _KIND_BY_LENGTH.get(len(digest.strip()))
        if kind:
            fields.setdefault(kind, digest)
    if event_class(fields.get("class", "")) is None:
        _classify(fields)
    return fields


def _classify(fields: dict[str, str]) -> None:
    """Give an event the class that what is known of it makes likely, or none."""
    kind = (
        next((kind for role, kind in _TELLING.items() if role in fields), None)
        or class_of_action(fields.get("action", ""))
        or next((kind for role, kind in _LESS_TELLING.items() if role in fields), None)
    )
    if kind:
        fields["class"] = kind


def _from_request(fields: dict[str, str]) -> None:
    method, _, rest = fields.pop("request").partition(" ")
    fields.setdefault("action", method)
    fields.setdefault("url", rest.partition(" HTTP/")[0])


def _from_host(fields: dict[str, str]) -> None:
    """Complete a path by its host; a host beside a whole URL is kept as the domain."""
    url = fields.get("url", "")
    if url.startswith("/"):
        fields["url"] = f"{fields.pop('host')}{url}"
    elif url:
        fields.setdefault("domain", fields.pop("host"))
        fields.pop("host", None)
