"""Sockets to which other machines send syslog: TCP with or without TLS, and UDP.

What comes in is in a file before anything else is read. While the spool is full or the disk refuses, connections are
not read: their senders wait, as TCP has them wait. Datagrams are dropped then, and counted.
"""

import asyncio
import ssl
from collections.abc import Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from noroshi.hunting.domain.spool import Spool
from noroshi.hunting.domain.syslog import Framer, as_lines

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

CHUNK: Final = 64 * 1024
MAX_CONNECTIONS: Final = 1_000
TICK: Final = 0.1
RETRY: Final = 1.0

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Address:
    """Where to listen."""

    host: str
    port: int


@dataclass(frozen=True)
class Ears:
    """Where to listen, to whom, and by what certificate (None: TCP without TLS)."""

    tcp: Address | None
    udp: Address | None
    peers: Collection[Network]
    tls: ssl.SSLContext | None = None


@dataclass
class Counts:
    """What came in, and what did not."""

    messages: int = 0
    too_long: int = 0
    dropped: int = 0
    """Datagrams that came while the spool was full or the disk refused."""
    turned_away: int = 0
    """Connections and datagrams of machines that may not send, and connections beyond `MAX_CONNECTIONS`."""


def tls_context(certificate: Path, key: Path | None, clients: Path | None) -> ssl.SSLContext:
    """Return what a TLS server needs; senders show a certificate of `clients` where it is given. Raises OSError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients)
    context.load_cert_chain(certificate, key)
    if clients:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@dataclass
class Listener:
    """Takes messages from sockets into a spool, until `stop` is set; then closes the batch."""

    spool: Spool
    ears: Ears
    counts: Counts = field(default_factory=Counts)
    _connections: set["asyncio.Task[None]"] = field(default_factory=set)

    async def run(
        self, stop: asyncio.Event, ready: Callable[[list[Any]], None], take_in: Callable[[], Awaitable[None]]
    ) -> None:
        """Listen. `ready` is told the addresses; `take_in` is awaited over and over, and once more at the end."""
        async with self._sockets() as addresses:
            ready(addresses)
            taking = asyncio.create_task(_repeated(take_in, stop))
            while not stop.is_set():
                if self.spool.is_due():
                    with suppress(OSError):  # the disk is full: at the next tick again
                        self.spool.close_batch()
                if taking.done():
                    taking.result()
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), TICK)
        self.spool.close_batch()
        await taking
        await take_in()

    @asynccontextmanager
    async def _sockets(self) -> "AsyncIterator[list[Any]]":
        addresses = []
        async with AsyncExitStack() as stack:
            if tcp := self.ears.tcp:
                server = await asyncio.start_server(self._connected, tcp.host, tcp.port, ssl=self.ears.tls, limit=CHUNK)
                stack.push_async_callback(self._hang_up, server)
                addresses += [socket.getsockname() for socket in server.sockets]
            if udp := self.ears.udp:
                loop = asyncio.get_running_loop()
                transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(self), (udp.host, udp.port))
                stack.callback(transport.close)
                addresses.append(transport.get_extra_info("sockname"))
            yield addresses

    async def _hang_up(self, server: asyncio.Server) -> None:
        server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self._connections.add(task)
        framer = Framer()
        try:
            if len(self._connections) > MAX_CONNECTIONS or not self.may_send(writer.get_extra_info("peername")):
                self.counts.turned_away += 1
                return
            while data := await reader.read(CHUNK):
                await self._keep(framer.feed(data))
            await self._keep(framer.end())
        except (ConnectionError, ssl.SSLError, asyncio.CancelledError):  # they hang up, or we do
            pass
        finally:
            self.counts.too_long += framer.too_long
            self._connections.discard(task)
            writer.close()

    def may_send(self, peer: tuple[Any, ...]) -> bool:
        """Tell whether a machine may send."""
        address = ip_address(peer[0].partition("%")[0])
        plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
        return any(plain in network for network in self.ears.peers)

    def add(self, messages: list[bytes]) -> None:
        """Add messages to the spool; raise OSError where it is full, or the disk."""
        if self.spool.is_full():
            raise OSError("the spool is full")
        lines = as_lines(messages)
        self.spool.add(b"".join(lines))
        self.counts.messages += len(lines)

    async def _keep(self, messages: list[bytes]) -> None:
        """Add messages to the spool, however long it takes."""
        while messages:
            try:
                return self.add(messages)
            except OSError:
                await asyncio.sleep(RETRY)
        return None


class _Datagrams(asyncio.DatagramProtocol):
    """Each datagram is a message."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def datagram_received(self, data: bytes, addr: tuple[Any, ...]) -> None:
        listener = self._listener
        if not listener.may_send(addr):
            listener.counts.turned_away += 1
            return
        try:
            listener.add([data])
        except OSError:
            listener.counts.dropped += 1


async def _repeated(take_in: Callable[[], Awaitable[None]], stop: asyncio.Event) -> None:
    while not stop.is_set():
        await take_in()
        await asyncio.sleep(TICK)
