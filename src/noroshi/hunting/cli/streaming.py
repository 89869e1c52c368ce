"""`noroshi lake listen|follow`: logs that arrive without an end, by sockets or standard input."""

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from noroshi.core.errors import InvalidInput
from noroshi.hunting.cli.feeding import CHUNK, fate_of, reading_said, stopped_by_signals, whose_and_how
from noroshi.hunting.cli.printing import printable
from noroshi.hunting.domain.spool import SECONDS
from noroshi.members.cli import organisation_named

if TYPE_CHECKING:
    from noroshi.hunting.domain.spool import Spool
    from noroshi.hunting.engine import Reading
    from noroshi.hunting.listening import Counts, Ears
    from noroshi.members.models import Organisation

RETRY: Final = 5.0
TICK: Final = 0.1
MAX_LINE: Final = 1 << 20
_EVERY: Final = click.option(
    "--every",
    type=click.FloatRange(0.2, 3600),
    default=SECONDS,
    show_default=True,
    help="Seconds after which a batch is taken in.",
)


@click.command()
@whose_and_how
@_EVERY
def listen(
    *,
    org: str,
    source: str,
    mapping: Path | None,
    format: str | None,  # noqa: A002 - the option's name
    timezone: str,
    every: float,
) -> None:
    """Take in syslog from the network: TCP, TLS and UDP, at the addresses that NOROSHI_SYSLOG_TCP and _UDP name.

    Messages are read as syslog unless the mapping or --format says otherwise. Stop it with SIGTERM or Ctrl-C: the batch
    is closed and taken in.
    """
    from noroshi.hunting.listening import Listener

    stream = _Stream(org, source, every, reading_said(mapping, format, timezone), usual="syslog")
    listener = Listener(stream.spool, _ears())
    try:
        asyncio.run(_listen(listener.run, stream))
    except OSError as error:
        raise InvalidInput("address", f"it cannot listen there: {error.strerror or error}") from error
    finally:
        stream.spool.leave()
        click.echo(_sum(listener.counts), err=True)


@click.command()
@whose_and_how
@_EVERY
def follow(
    *,
    org: str,
    source: str,
    mapping: Path | None,
    format: str | None,  # noqa: A002 - the option's name
    timezone: str,
    every: float,
) -> None:
    """Take in lines from standard input, in batches, until it ends: of a program that goes on writing.

    Of formats whose beginning says how the rest is read (CSV, Zeek, W3C) give whole files to `lake ingest` instead.
    """
    stream = _Stream(org, source, every, reading_said(mapping, format, timezone), usual=None)
    stopping, rest = stopped_by_signals(), b""
    try:
        for data in _chunks(stopping, stream.tick):
            whole, newline, rest = (rest + data).rpartition(b"\n")
            stream.add(whole + newline, stopping)
            if len(rest) > MAX_LINE:
                stream.add(rest, stopping)
                rest = b""
        stream.add(rest and rest + b"\n", stopping)
    finally:
        stream.spool.leave()
    stream.take_in()


class _Stream:
    """A source's spool, and how its batches are taken in."""

    def __init__(self, org: str, source: str, every: float, said: "Reading | None", usual: str | None) -> None:
        from noroshi.hunting.actions import open_stream, stream_reading

        self.organisation: Organisation = organisation_named(org)
        self.source = source
        self.reading = stream_reading(self.organisation, source, said, usual)
        self.spool: Spool = open_stream(organisation=self.organisation, source=source, seconds=every)

    def take_in(self) -> None:
        """Take the closed batches in and say what became of each. What the disk is in the way of stays."""
        from noroshi.core.actor import Actor
        from noroshi.hunting.actions import take_in_batches

        actor = Actor.system("lake stream")
        whose: dict[str, Any] = {"organisation": self.organisation, "source": self.source, "reading": self.reading}
        for outcome in take_in_batches(actor, self.spool, **whose):
            click.echo(printable(f"{outcome.name}: {fate_of(outcome)}"))

    def tick(self) -> None:
        """Close the batch if it is due, and take in what is closed."""
        if self.spool.is_due():
            self.spool.close_batch()
        self.take_in()

    def add(self, lines: bytes, stopping: threading.Event) -> None:
        """Add whole lines, however long it takes the disk; whoever writes them waits meanwhile."""
        while lines:
            try:
                self.spool.add(lines)
            except OSError as error:
                click.echo(f"waiting: {error.strerror}", err=True)
                if stopping.wait(RETRY):
                    raise InvalidInput("stdin", "the disk refuses what came last") from error
            else:
                return self.tick() if self.spool.is_due() else None
        return None


def _chunks(stopping: threading.Event, idle: Callable[[], None]) -> Any:
    """Yield what standard input has, as it comes, until its end or a signal; `idle` is called now and then."""
    descriptor = sys.stdin.fileno()
    while not stopping.is_set():
        if not select.select([descriptor], [], [], TICK)[0]:
            idle()
        elif data := os.read(descriptor, CHUNK):
            yield data
        else:
            return


async def _listen(run: Callable[..., Any], stream: _Stream) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    async def take_in() -> None:
        try:
            await asyncio.to_thread(_with_own_connection, stream.take_in)
        except InvalidInput as error:  # the disk is in the way: the batches wait
            click.echo(f"waiting: {error.message}", err=True)
            if not stop.is_set():
                await asyncio.sleep(RETRY)

    await run(stop, _say_where, take_in)


def _with_own_connection(work: Callable[[], None]) -> None:
    """Do some work in a thread that keeps no connection to the database."""
    from django.db import connections

    try:
        work()
    finally:
        connections.close_all()


def _say_where(addresses: list[Any]) -> None:
    places = ", ".join(f"{host}:{port}" for host, port, *_ in addresses)
    click.echo(f"listening at {places}")
    sys.stdout.flush()


def _ears() -> "Ears":
    from django.conf import settings

    from noroshi.hunting.listening import Address, Ears, tls_context

    tcp, udp = (at and Address(*at) for at in (settings.SYSLOG_TCP, settings.SYSLOG_UDP))
    if not tcp and not udp:
        raise InvalidInput("address", "NOROSHI_SYSLOG_TCP or NOROSHI_SYSLOG_UDP says where to listen: neither is set")
    names = (settings.SYSLOG_CERTIFICATE, settings.SYSLOG_CERTIFICATE_KEY, settings.SYSLOG_CLIENTS)
    certificate, key, clients = (Path(name) if name else None for name in names)
    try:
        tls = tls_context(certificate, key, clients) if certificate else None
    except OSError as error:
        raise InvalidInput("certificate", f"the certificate cannot be used: {error.strerror or error}") from error
    return Ears(tcp, udp, settings.SYSLOG_PEERS, tls)


def _sum(counts: "Counts") -> str:
    return (
        f"{counts.messages:,} messages; {counts.too_long:,} too long, {counts.dropped:,} dropped, "
        f"{counts.turned_away:,} turned away"
    )


commands = (listen, follow)
