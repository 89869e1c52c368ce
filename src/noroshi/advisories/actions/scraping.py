"""Web pages fetched as their sites let programs do: each host is asked first, and each that a redirect leads to."""

import hashlib
import io
from collections.abc import Mapping
from dataclasses import replace
from typing import IO, Final
from urllib.parse import urlsplit

from django.core.cache import cache
from django.utils.translation import gettext as _

from noroshi.advisories.domain.robots import MOST_BYTES, may_fetch
from noroshi.kit import outbound
from noroshi.kit.domain.unpacking import Room

AGENT: Final = "noroshi"
KEPT: Final = 24 * 60 * 60
"""Seconds: no longer may a robots.txt be kept (RFC 9309, 2.4)."""
_LARGEST: Final = 4 * MOST_BYTES
_OK: Final = range(200, 300)
_ABSENT: Final = range(400, 500)
_TOO_MANY: Final = 429
_MOVED: Final = frozenset({301, 302, 303, 307, 308})


def fetch_page(
    url: str,
    into: IO[bytes],
    *,
    headers: Mapping[str, str],
    private: Mapping[str, str] | None = None,
    reach: outbound.Reach,
    bounds: outbound.Bounds,
) -> outbound.Answer:
    """Fetch a page as `outbound.fetch` does; raise OutboundRefused where its site forbids that, and fetch nothing."""
    here = replace(reach, redirects=0)
    for _hop in range(reach.redirects + 1):
        require_allowed(url, headers=headers, reach=reach)
        answer = outbound.fetch(url, into, headers=headers, private=private, reach=here, bounds=bounds)
        location = answer.headers.get("location", "")
        if answer.status not in _MOVED or not location:
            return answer
        following = outbound.redirected(url, location)
        if _site(following) != _site(url):
            private = None
        url = following
    raise outbound.OutboundFailed(_("The server sends us from one address to the next."))


def require_allowed(url: str, *, headers: Mapping[str, str], reach: outbound.Reach) -> None:
    """Raise OutboundRefused where a site forbids this address to programs, OutboundFailed where it cannot say now."""
    outbound.check_url(url, reach)
    if not may_fetch(_robots_of(_site(url), headers, reach), AGENT, url):
        said = {"host": urlsplit(url).hostname}
        raise outbound.OutboundRefused(_("The robots.txt of %(host)s forbids this page to programs.") % said)


def _robots_of(site: str, headers: Mapping[str, str], reach: outbound.Reach) -> str:
    """Return the text of a site's robots.txt; where it has none, none forbids anything (RFC 9309, 2.3.1)."""
    key = f"advisories.robots:{hashlib.sha256(site.encode()).hexdigest()}"
    kept: str | None = cache.get(key)
    if kept is None:
        kept = _fetched(site, {"User-Agent": headers.get("User-Agent", AGENT)}, reach)
        cache.set(key, kept, KEPT)
    return kept


def _fetched(site: str, headers: Mapping[str, str], reach: outbound.Reach) -> str:
    into = io.BytesIO()
    try:
        answer = outbound.fetch(
            f"{site}/robots.txt",
            into,
            headers=headers,
            reach=reach,
            bounds=outbound.Bounds(Room(_LARGEST, _LARGEST)),
        )
    except outbound.OutboundFailed as error:
        raise _not_now(site, error.message) from error
    if answer.status in _OK:
        return into.getvalue()[:MOST_BYTES].decode("utf-8", "replace")
    if answer.status in _ABSENT and answer.status != _TOO_MANY:
        return ""
    raise _not_now(site, f"HTTP {answer.status}")


def _not_now(site: str, reason: str) -> outbound.OutboundFailed:
    said = {"host": urlsplit(site).hostname, "reason": reason}
    return outbound.OutboundFailed(
        _("What %(host)s forbids to programs cannot be told now (robots.txt: %(reason)s).") % said
    )


def _site(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.lower()}"
