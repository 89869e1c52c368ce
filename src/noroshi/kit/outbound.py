"""The way out: HTTP to an address that somebody typed in, so that it reaches nothing inside (SSRF).

The name is resolved here, every address it has must be public (or lie in a network that the operator allows), and the
connection goes to one of these very addresses: a name that answers differently a moment later (rebinding) changes
nothing. No redirects, no proxies from the environment, bounded time and bounded answers.
"""

import ipaddress
import socket
import ssl
import tempfile
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

LONGEST_URL: Final = 2_000
MOST_BYTES: Final = 64 * 1024
TIMEOUT: Final = httpx.Timeout(10.0, connect=5.0)
DEADLINE: Final = 20.0
"""Seconds for the whole exchange: a server that sends a byte now and then does not hold a worker."""

# Addresses that carry an IPv4 address to translate to: NAT64 (RFC 6052, 8215) and 6to4 (RFC 3056).
_TRANSLATED: Final = tuple(map(ipaddress.IPv6Network, ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")))


class OutboundRefused(NoroshiError):  # noqa: N818 - reads as the sentence it is
    """The address leads where nothing may be sent."""


class OutboundFailed(NoroshiError):  # noqa: N818
    """The other side did not answer as it should: not there, too slow, too much."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    body: bytes
    seconds: float
    headers: Mapping[str, str] = field(default_factory=dict)
    """By their names in whatever case."""


def check_url(url: str) -> str:
    """Return the host of an address that may be called; raise OutboundRefused otherwise. Resolves nothing."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise OutboundRefused(_("This is not an address.")) from None
    if len(url) > LONGEST_URL or not url.isascii() or any(sign.isspace() for sign in url):
        raise OutboundRefused(_("This is not an address."))
    if parts.scheme != "https":
        raise OutboundRefused(_("The address must begin with https://."))
    if not host or parts.username is not None or parts.password is not None or parts.fragment:
        raise OutboundRefused(_("The address needs a host, and no user name, password or fragment."))
    if port == 0:
        raise OutboundRefused(_("This is not an address."))
    return host


def post(
    url: str,
    *,
    content: bytes,
    headers: Mapping[str, str],
    most_bytes: int = MOST_BYTES,
    seconds: float = DEADLINE,
    certificate: str = "",
) -> Answer:
    """Send `content` to `url`. Raise OutboundRefused or OutboundFailed; an answer of any status is an answer.

    Of the answer at most `most_bytes` are read, within `seconds`; one that has more is none. `certificate` is shown to
    the server: a client's certificate and its key, as PEM.
    """
    return _call(url, _Call("POST", content, headers, most_bytes, seconds, certificate))


def get(
    url: str,
    *,
    headers: Mapping[str, str],
    most_bytes: int = MOST_BYTES,
    seconds: float = DEADLINE,
    certificate: str = "",
) -> Answer:
    """Ask `url` for what it has, as `post` sends."""
    return _call(url, _Call("GET", b"", headers, most_bytes, seconds, certificate))


@dataclass(frozen=True)
class _Call:
    method: str
    content: bytes
    headers: Mapping[str, str]
    most_bytes: int
    seconds: float = DEADLINE
    certificate: str = ""


def _call(url: str, call: _Call) -> Answer:
    host = check_url(url)
    return _exchange(url, host, resolved(host, urlsplit(url).port or 443), call)


def resolved(host: str, port: int) -> Address:
    """Return an address of `host` to connect to. One that may not be reached among them refuses them all."""
    try:
        found = {ipaddress.ip_address(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError, ValueError):
        raise OutboundFailed(_("The host has no address.")) from None
    if not found:
        raise OutboundFailed(_("The host has no address."))
    if not all(is_reachable(address, settings.OUTBOUND_NETWORKS) for address in found):
        raise OutboundRefused(_("The host has an address inside a network that is not open to outgoing calls."))
    return min(found, key=lambda address: (address.version, int(address)))


def is_reachable(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether something may be sent to `address`: it is public, or the operator opened its network."""
    if any(address.version == network.version and address in network for network in allowed):
        return True
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return is_reachable(address.ipv4_mapped, allowed)
        if any(address in network for network in _TRANSLATED):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _exchange(url: str, host: str, address: Address, call: _Call) -> Answer:
    """Talk to `address`, under the name `host`: in the request, and in the certificate that it must show."""
    began = time.monotonic()
    pinned = httpx.URL(url).copy_with(host=str(address))
    named = {**call.headers, "Host": httpx.URL(url).netloc.decode("ascii")}
    trusted = _trust(call.certificate)
    try:
        with (
            httpx.Client(timeout=TIMEOUT, trust_env=False, follow_redirects=False, verify=trusted) as client,
            client.stream(
                call.method, pinned, content=call.content, headers=named, extensions={"sni_hostname": host}
            ) as response,
        ):
            body = _bounded(response, began, call)
            return Answer(response.status_code, body, time.monotonic() - began, response.headers)
    except httpx.HTTPError as error:
        raise OutboundFailed(f"{type(error).__name__}: {error}"[:300]) from error


def _trust(certificate: str = "") -> ssl.SSLContext:
    """Trust whom the machine trusts: an operator's own authority is installed there (or named by SSL_CERT_FILE)."""
    context = ssl.create_default_context()
    if certificate:
        with tempfile.NamedTemporaryFile("w") as file:  # readable by this user alone, and gone at once
            file.write(certificate)
            file.flush()
            try:
                context.load_cert_chain(file.name, password=lambda: "")
            except (ssl.SSLError, ValueError) as error:
                raise OutboundFailed(_("The certificate and its key do not fit together.")) from error
    return context


def _bounded(response: httpx.Response, began: float, call: _Call) -> bytes:
    body = bytearray()
    for chunk in response.iter_raw(8192):
        body += chunk
        if len(body) > call.most_bytes:
            raise OutboundFailed(_("The answer is too large."))
        if time.monotonic() - began > call.seconds:
            raise OutboundFailed(_("The answer takes too long."))
    return bytes(body)
