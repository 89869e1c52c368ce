"""A URL as sensors see it: by its host and by what the request line says."""

from typing import NamedTuple
from urllib.parse import urlsplit


class Seen(NamedTuple):
    """Host, port where it is written, and path with query; never user, password or fragment: they are not sent."""

    scheme: str
    host: str
    port: str
    path: str


def seen(url: str) -> Seen | None:
    """Return a canonical URL in its parts; None where it cannot be parted."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if not host:
        return None
    path = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
    return Seen(parts.scheme, host, f":{port}" if port else "", path)
