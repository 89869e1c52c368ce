"""A TLS connection outside for what is no HTTP: to an address that was looked at as for `outbound`, within a time."""

import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.utils.translation import gettext as _

from noroshi.kit.domain.reach import Address, is_in
from noroshi.kit.outbound import OutboundFailed, OutboundRefused, Reach, resolved, trusted

CONNECT: float = 5.0
READ: float = 20.0


@contextmanager
def tls_to(host: str, port: int, reach: Reach, *, seconds: float) -> Iterator[ssl.SSLSocket]:
    """Within the block, a connection to `host` that has shown its certificate; it is cut after so many seconds.

    Raise OutboundRefused where nothing may be sent there, OutboundFailed where it does not answer.
    """
    address = way_to(host, port, reach)
    try:
        with socket.create_connection((str(address), port), CONNECT) as plain, _cut_after(plain, seconds):
            plain.settimeout(READ)
            with trusted().wrap_socket(plain, server_hostname=host) as secured:
                yield secured
    except OSError as error:
        raise OutboundFailed(f"{type(error).__name__}: {error}"[:300]) from error


def way_to(host: str, port: int, reach: Reach) -> Address:
    """Return the address that a connection would go to; connect to nothing, and raise as `tls_to` does."""
    if reach.ports is not None and port not in reach.ports:
        raise OutboundRefused(_("The port %(port)s is not open to outgoing calls.") % {"port": port})
    address = resolved(host, port, reach)
    if settings.OUTBOUND_PROXY and not is_in(address, reach.opened):
        raise OutboundRefused(_("The operator's proxy carries web addresses alone: open the server's network to it."))
    return address


@contextmanager
def _cut_after(connection: socket.socket, seconds: float) -> Iterator[None]:
    """Within the block, shut a connection down when its time is over, whatever it waits for then."""
    same = socket.socket(fileno=os.dup(connection.fileno()))

    def cut() -> None:
        with suppress(OSError):  # the other side was quicker
            same.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()
        same.close()
