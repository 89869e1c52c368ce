"""`noroshi advisories check-url|collect|load`: sources outside, and files without a network."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from noroshi.advisories.domain.sources import SourceKind

if TYPE_CHECKING:
    from noroshi.advisories.models import Fetch

MOST_PORT: Final = 65_535
MOST_PAGES: Final = 500
EVERY: Final = 1_000
"""Documents between two signs of life."""


class _Network(click.ParamType):  # type: ignore[type-arg] # newer versions of click alone let it be said
    name = "network"

    def convert(self, value: Any, param: Any, ctx: Any) -> IPv4Network | IPv6Network:
        try:
            return ip_network(value)
        except ValueError:
            self.fail("expected a network, as in 10.1.2.0/24", param, ctx)


@click.command("check-url")
@click.option("--port", "ports", type=click.IntRange(1, MOST_PORT), multiple=True, help="Open besides the usual ones.")
@click.option("--network", "networks", type=_Network(), multiple=True, help="A network inside that is open.")
@click.argument("url")
def check_url(*, url: str, ports: tuple[int, ...], networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
    """Say whether a source may be fetched from URL, a mailbox's too: its name is resolved, nothing is fetched.

    Exit 3 if the address is refused, with the reason. A name that has no address just now is not refused: it is said.
    """
    from noroshi.advisories.domain.mailboxes import is_mailbox
    from noroshi.advisories.reach import reach_of
    from noroshi.kit import outbound

    try:
        is_mail = is_mailbox(url)
        address = _way_to_mailbox(url, ports, networks) if is_mail else outbound.way_to(url, reach_of(ports, networks))
    except outbound.OutboundFailed as failure:
        click.echo(f"{url}: nothing forbids it, but it cannot be fetched now. {failure.message}")
    else:
        click.echo(f"{url}: fetchable ({address or 'by the proxy'})")


def _way_to_mailbox(
    url: str, ports: tuple[int, ...], networks: tuple[IPv4Network | IPv6Network, ...]
) -> IPv4Address | IPv6Address:
    from noroshi.advisories.domain.mailboxes import Mailbox
    from noroshi.advisories.reach import reach_of_mailbox
    from noroshi.kit import connections
    from noroshi.kit.outbound import OutboundRefused

    try:
        mailbox = Mailbox.of(url)
    except ValueError as error:
        raise OutboundRefused("Give a mailbox as in imaps://user@mail.example.com/INBOX.") from error
    return connections.way_to(mailbox.host, mailbox.port, reach_of_mailbox(ports, networks))


@click.command()
@click.option("--source", "name", default="", help="Name of one source, which is asked whether it is due or not.")
def collect(*, name: str) -> None:
    """Ask the sources that are due for what is new, and say what became of each.

    Exit 3 if one did not answer as it should; the others are read.
    """
    from noroshi.advisories import actions
    from noroshi.core.errors import Conflict

    failed = 0
    asked = list(actions.handed_out(name))
    if name and not asked:
        raise Conflict(f"There is no source {name} that is switched on, or its host is being asked just now.")
    for source in asked:
        for fetch in actions.collect(source, pages=MOST_PAGES):
            click.echo(f"{source.name}: {told(fetch)}")
            failed += fetch.outcome in {"failed", "set_aside"}
    if failed:
        raise Conflict(f"{failed} did not answer as they should.")


@click.command()
@click.option(
    "--kind",
    type=click.Choice([kind.value for kind in SourceKind]),
    help="How FILE is read.  [default: that of the source named, else what FILE says itself]",
)
@click.option("--source", "name", default="", help="Name of the source that it is read into.  [default: files, KIND]")
@click.argument("file", type=click.Path(path_type=Path, exists=True))
def load(*, file: Path, kind: str | None, name: str) -> None:
    """Read FILE into a source, without a network: one document, one a line, a zip, a tar.gz, or a folder of files.

    It is read document by document, of any number. What is interrupted goes on where it ended, and what is known
    already changes nothing. What cannot be read is a dead letter, and keeps nothing else out.
    """
    from noroshi.advisories import actions
    from noroshi.core.actor import Actor

    actor = Actor.system("advisories load")
    source = actions.source_to_load(actor, file, name=name, kind=SourceKind(kind) if kind else None)
    with _progress() as tell:
        fetch = actions.load_file(actor, source, file, tell=tell)
    click.echo(f"{source.name}: {told(fetch)}")


def told(fetch: "Fetch") -> str:
    """Return in a line what became of a fetch."""
    if fetch.outcome == "failed":
        return f"failed: {fetch.detail}"
    counts = f"{fetch.new:,} new, {fetch.changed:,} changed, {fetch.refused:,} not read"
    marks = (
        (fetch.has_gap, "a gap before it"),
        (fetch.is_regressed, "older than before"),
        (fetch.is_misshapen, "another shape"),
    )
    return "; ".join(
        ["set aside" if fetch.outcome == "set_aside" else counts, *(text for holds, text in marks if holds)]
    )


@contextmanager
def _progress() -> Iterator[Callable[[int], object] | None]:
    """Within the block, a line on standard error that says how many documents were read; none where nobody watches."""
    if not sys.stderr.isatty():
        yield None
        return
    yield _show
    click.echo("", err=True)


def _show(number: int) -> None:
    if number % EVERY == 0:
        click.echo(f"\r{number:,} documents", nl=False, err=True)


commands = (check_url, collect, load)
