"""What a request shows for itself: a token as bearer (RFC 6750) or as password of Basic (RFC 7617), or a certificate.

Whoever can only give a name and a password gives the holder's name and the token. A certificate is believed where a
proxy that the installation names (`CERTIFICATE_PROXIES`) says that a client proved to have it.
"""

import base64
from collections.abc import Collection
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import unquote

from django.conf import settings

from noroshi.core.domain.channels import Channel
from noroshi.members.domain.certificates import fingerprint_of
from noroshi.members.tokens import Opened, Use, address_of, open_by_certificate, open_by_secret

CHALLENGES: Final = 'Bearer realm="Noroshi", Basic realm="Noroshi", charset="UTF-8"'
"""What an answer 401 asks for (RFC 9110, 11.6.1)."""

CERTIFICATE: Final = "X-Client-Certificate"
LOOPBACK: Final = "127.0.0.1"
"""Where a request through a socket of this machine comes from: the server names no address."""


def open_request(request: Any, channel: Channel, scopes: Collection[str]) -> Opened | None:
    """Return what the credentials of a request open, for at least one of `scopes`; None for none that do.

    The session cookie does not count: no other site can make a browser ask.
    """
    use = Use(channel, frozenset(scopes), address=address_of(request))
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return open_by_secret(given.strip(), use)
        case "basic":
            name, _, secret = _decoded(given).partition(":")
            return open_by_secret(secret, use, name=name)
        case "":
            fingerprint = _certificate(request)
            return open_by_certificate(fingerprint, use) if fingerprint else None
    return None


def _decoded(given: str) -> str:
    try:
        return base64.b64decode(given.strip(), validate=True).decode()
    except ValueError:
        return ""


def _certificate(request: Any) -> str | None:
    """Return the fingerprint of the certificate that a believed proxy passes on."""
    given = request.headers.get(CERTIFICATE, "")
    return fingerprint_of(unquote(given)) if given and _is_believed(request.META["REMOTE_ADDR"]) else None


def _is_believed(address: str) -> bool:
    connected = ip_address(address or LOOPBACK)
    return any(connected in network for network in settings.CERTIFICATE_PROXIES)
