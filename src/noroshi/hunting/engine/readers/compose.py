"""Fields that only together make a value: date and time, request line, host and path, a digest of unknown kind."""

from noroshi.hunting.engine.normalise import DIGEST_LENGTHS

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
    return fields


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
