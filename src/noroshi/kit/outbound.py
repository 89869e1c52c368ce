"""The way out: HTTP to an address that somebody typed in, so that it reaches nothing inside (SSRF).

The name is resolved here, every address it has must be public (or lie in a network that was opened), and the connection
goes to one of these very addresses: a name that answers differently a moment later (rebinding) changes nothing. No
redirects but where they are asked for, each looked at like the first address; no proxies from the environment; bounded
time, headers and answers, packed and unpacked.

Where the operator names a proxy, it makes the connections: what it resolves itself it has to look at itself.
"""

import io
import os
import socket
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from ipaddress import ip_address
from typing import IO, Any, Final
from urllib.parse import SplitResult, urldefrag, urljoin, urlsplit

import httpx
from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.core.errors import NoroshiError
from noroshi.kit.domain.reach import Address, Network, is_in, is_reachable
from noroshi.kit.domain.unpacking import BadPacking, Room, TooMuch, Unpacking

LONGEST_URL: Final = 2_000
MOST_BYTES: Final = 64 * 1024
DEADLINE: Final = 20.0
"""Seconds for the whole exchange: a server that sends a byte now and then does not hold a worker."""
MOST_HEADERS: Final = 32 * 1024
"""Bytes of the names and values of an answer's headers."""
MOST_REDIRECTS: Final = 5
LONGEST_WAIT: Final = timedelta(days=1)
_TRUST_KEPT: Final = 60
"""Seconds after which a change of whom the machine trusts is heeded."""

_PORTS: Final = {"https": 443, "http": 80}
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


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
    url: str = ""
    """Where it came from in the end, where redirects were followed."""


@dataclass(frozen=True)
class Reach:
    """How far a call may go: the usual is https to any port, outside, and no redirect."""

    plain: bool = False
    """Whether http will do."""
    ports: frozenset[int] | None = None
    """None: any."""
    networks: tuple[Network, ...] = ()
    """Networks inside that are open to it, besides those that the operator opened to everything."""
    redirects: int = 0

    @property
    def opened(self) -> tuple[Network, ...]:
        """Return the networks inside that are open to it."""
        return (*settings.OUTBOUND_NETWORKS, *self.networks)


USUAL: Final = Reach()


@dataclass(frozen=True)
class Bounds:
    """How long an exchange may take, in seconds, and how much its answer may be, in bytes."""

    room: Room
    total: float = DEADLINE
    connect: float = 5.0
    read: float = 10.0


def check_url(url: str, reach: Reach = USUAL) -> str:
    """Return the host of an address that may be called; raise OutboundRefused otherwise. Resolves nothing."""
    parts = _parts(url)
    if len(url) > LONGEST_URL or not url.isascii() or any(sign.isspace() for sign in url) or parts.port == 0:
        raise OutboundRefused(_("This is not an address."))
    if parts.scheme != "https" and not (reach.plain and parts.scheme == "http"):
        needed = _("The address must begin with https:// or http://.") if reach.plain else None
        raise OutboundRefused(needed or _("The address must begin with https://."))
    if not parts.hostname or parts.username is not None or parts.password is not None or parts.fragment:
        raise OutboundRefused(_("The address needs a host, and no user name, password or fragment."))
    if reach.ports is not None and _port(parts) not in reach.ports:
        raise OutboundRefused(_("The port %(port)s is not open to outgoing calls.") % {"port": _port(parts)})
    return parts.hostname


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _known = parts.hostname, parts.port
    except ValueError:
        raise OutboundRefused(_("This is not an address.")) from None
    return parts


def _port(parts: SplitResult) -> int:
    return parts.port or _PORTS[parts.scheme]


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
    bounds = Bounds(Room(most_bytes, most_bytes), seconds)
    return _whole(url, _Call("POST", headers, bounds, content=content, certificate=certificate))


def get(
    url: str,
    *,
    headers: Mapping[str, str],
    most_bytes: int = MOST_BYTES,
    seconds: float = DEADLINE,
    certificate: str = "",
) -> Answer:
    """Ask `url` for what it has, as `post` sends."""
    return _whole(url, _Call("GET", headers, Bounds(Room(most_bytes, most_bytes), seconds), certificate=certificate))


def fetch(
    url: str,
    into: IO[bytes],
    *,
    headers: Mapping[str, str],
    private: Mapping[str, str] | None = None,
    reach: Reach,
    bounds: Bounds,
) -> Answer:
    """Ask `url` for what it has and write that into a file, following redirects as far as `reach` goes.

    The answer's body is empty. `private` headers are sent to no server but the one that `url` names.
    """
    call = _Call("GET", headers, bounds, private=private or {}, reach=reach)
    began = time.monotonic()
    for hop in range(reach.redirects + 1):
        answer = replace(_call(url, call, into, began), url=url)
        if answer.status not in _REDIRECTS or not answer.headers.get("location") or not reach.redirects:
            return answer
        if hop == reach.redirects:
            break
        following = redirected(url, answer.headers["location"])
        if _origin(following) != _origin(url):
            call = replace(call, private={})
        url = following
    raise OutboundFailed(_("The server sends us from one address to the next."))


def redirected(url: str, location: str) -> str:
    """Return where a redirect leads; raise OutboundRefused where that is from https to http, or to something else."""
    try:
        following = urldefrag(urljoin(url, location)).url
    except ValueError:
        raise OutboundRefused(_("This is not an address.")) from None
    here, there = _parts(url).scheme, _parts(following).scheme
    if there != here and (here, there) != ("http", "https"):
        raise OutboundRefused(_("The server sends us to an address that is not as safe."))
    return following


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = _parts(url)
    return parts.scheme, parts.hostname, parts.port


def conditional(etag: str, last_modified: str) -> dict[str, str]:
    """Return the headers that ask for what is newer than what one has (RFC 9110, 13.1)."""
    known = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in known.items() if value}


def wait_asked(headers: Mapping[str, str], now: datetime) -> timedelta:
    """Return how long a server wants peace (Retry-After: seconds or a date; RFC 9110, 10.2.3), at most a day."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(timedelta(seconds=int(said[:9])), LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(said)
    except ValueError:
        return timedelta(0)
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return min(max(until - now, timedelta(0)), LONGEST_WAIT)


@dataclass(frozen=True)
class _Call:
    method: str
    headers: Mapping[str, str]
    bounds: Bounds
    content: bytes = b""
    certificate: str = ""
    private: Mapping[str, str] = field(default_factory=dict)
    reach: Reach = USUAL


def _whole(url: str, call: _Call) -> Answer:
    into = io.BytesIO()
    answer = _call(url, call, into, time.monotonic())
    return replace(answer, body=into.getvalue())


def _call(url: str, call: _Call, into: IO[bytes], began: float) -> Answer:
    return _exchange(url, way_to(url, call.reach), call, into, began)


def way_to(url: str, reach: Reach = USUAL) -> Address | None:
    """Return the address that a call would go to, or None where that is left to the operator's proxy; call nothing.

    Raise OutboundRefused where nothing may be sent to it, OutboundFailed where its name has no address.
    """
    host = check_url(url, reach)
    try:
        address = resolved(host, _port(urlsplit(url)), reach)
    except OutboundFailed:
        if settings.OUTBOUND_PROXY:
            return None  # a closed network knows the names outside by its proxy alone
        raise
    return address if not settings.OUTBOUND_PROXY or is_in(address, reach.opened) else None


def resolved(host: str, port: int, reach: Reach = USUAL) -> Address:
    """Return an address of `host` to connect to. One that may not be reached among them refuses them all."""
    try:
        found = {ip_address(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)}
    except (OSError, UnicodeError, ValueError):
        raise OutboundFailed(_("The host has no address.")) from None
    if not found:
        raise OutboundFailed(_("The host has no address."))
    if not all(is_reachable(address, reach.opened) for address in found):
        raise OutboundRefused(_("The host has an address inside a network that is not open to outgoing calls."))
    return min(found, key=lambda address: (address.version, int(address)))


def _exchange(url: str, address: Address | None, call: _Call, into: IO[bytes], began: float) -> Answer:
    """Talk to `address`, under the name in `url`: in the request, and in the certificate that it must show."""
    named = {"Accept-Encoding": "gzip", **call.headers, **call.private, "Host": httpx.URL(url).netloc.decode("ascii")}
    pinned = httpx.URL(url) if address is None else httpx.URL(url).copy_with(host=str(address))
    timeout = httpx.Timeout(call.bounds.read, connect=call.bounds.connect)
    proxy = settings.OUTBOUND_PROXY if address is None else None
    context = trusted(call.certificate)
    try:
        with (
            _until(began + call.bounds.total) as watch,
            httpx.Client(timeout=timeout, trust_env=False, verify=context, proxy=proxy) as client,
            client.stream(
                call.method,
                pinned,
                content=call.content,
                headers=named,
                extensions={"sni_hostname": urlsplit(url).hostname, "trace": watch.see},
            ) as response,
        ):
            _take(response, call.bounds, into, watch)
            return Answer(response.status_code, b"", time.monotonic() - began, response.headers)
    except httpx.HTTPError as error:
        if watch.is_over:
            raise OutboundFailed(_("The answer takes too long.")) from error
        raise OutboundFailed(f"{type(error).__name__}: {error}"[:300]) from error
    except TooMuch as error:
        raise OutboundFailed(_("The answer is too large.")) from error
    except BadPacking as error:
        raise OutboundFailed(_("The answer is not packed as it says.")) from error


def _take(response: httpx.Response, bounds: Bounds, into: IO[bytes], watch: "_Watch") -> None:
    """Write the body into a file, unless it is one of a redirect, which says nothing."""
    if sum(len(name) + len(value) for name, value in response.headers.raw) > MOST_HEADERS:
        raise TooMuch
    if response.status_code in _REDIRECTS:
        return
    unpacking = Unpacking(response.headers.get("content-encoding", ""), bounds.room)
    for piece in response.iter_raw():
        into.writelines(unpacking.feed(piece))
        if watch.is_over:
            break
    if watch.is_over:  # where a body has no length, its end and a connection that was cut look the same
        raise OutboundFailed(_("The answer takes too long."))
    unpacking.close()


class _Watch:
    """Breaks the connection off when its time is over, whatever it waits for then: a handshake, a header, a body."""

    def __init__(self, until: float) -> None:
        self._until = until
        self._sockets: list[socket.socket] = []

    @property
    def is_over(self) -> bool:
        return time.monotonic() > self._until

    def see(self, event: str, info: Mapping[str, Any]) -> None:
        """Note a connection that httpcore has made (its `trace` extension); TLS then goes over the same one."""
        if event == "connection.connect_tcp.complete":
            made = info["return_value"].get_extra_info("socket")
            self._sockets.append(socket.socket(fileno=os.dup(made.fileno())))

    def cut(self) -> None:
        for each in self._sockets:
            try:
                each.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue  # the other side was quicker

    def close(self) -> None:
        for each in self._sockets:
            each.close()


@contextmanager
def _until(moment: float) -> Iterator[_Watch]:
    """Within the block, watch that no connection lives longer than to `moment`, of the monotonic clock."""
    watch = _Watch(moment)
    timer = threading.Timer(max(0.0, moment - time.monotonic()), watch.cut)
    timer.daemon = True
    timer.start()
    try:
        yield watch
    finally:
        timer.cancel()
        timer.join()
        watch.close()


def trusted(certificate: str = "") -> ssl.SSLContext:
    """Trust whom the machine trusts: an operator's own authority is installed there (or named by SSL_CERT_FILE)."""
    if not certificate:
        return _trusted(ssl.get_default_verify_paths(), int(time.monotonic() // _TRUST_KEPT))
    context = ssl.create_default_context()
    with tempfile.NamedTemporaryFile("w") as file:  # readable by this user alone, and gone at once
        file.write(certificate)
        file.flush()
        try:
            context.load_cert_chain(file.name, password=lambda: "")
        except (ssl.SSLError, ValueError) as error:
            raise OutboundFailed(_("The certificate and its key do not fit together.")) from error
    return context


@lru_cache(maxsize=1)
def _trusted(_paths: ssl.DefaultVerifyPaths, _minute: int) -> ssl.SSLContext:
    """Read whom the machine trusts: more work than all else of a short call, and many come one after another."""
    return ssl.create_default_context()
