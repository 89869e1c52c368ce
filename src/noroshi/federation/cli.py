"""The command `noroshi federation`: connect installations from the shell."""

from typing import TYPE_CHECKING

import click

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

if TYPE_CHECKING:
    from noroshi.federation.models import Peer


@click.group()
def federation() -> None:
    """Connections with other installations."""


@federation.command()
@click.option("--node", "slug", default="", help="Short name of the member whose node is invited.")
@click.option("--hub", "name", default="", help="Name of the other hub that is invited.")
def invite(slug: str, name: str) -> None:
    """Print a code that the other side enters within a day; it is shown this once."""
    from noroshi.federation import actions
    from noroshi.federation.models import PeerKind
    from noroshi.members.models import Organisation

    house = Organisation.objects.filter(slug=slug).first() if slug else None
    if bool(slug) == bool(name) or (slug and house is None):
        raise click.UsageError("give the short name of a member by --node, or a name by --hub")
    kind = PeerKind.NODE if slug else PeerKind.PARTNER
    _peer, code = actions.invite_peer(Actor.system("cli"), kind=kind, name=name, organisation=house)
    click.echo(code)


@federation.command()
@click.argument("url")
@click.argument("code")
def pair(url: str, code: str) -> None:
    """Enter the CODE that the installation at URL has shown."""
    from noroshi.federation import actions

    peer = actions.pair_with(Actor.system("cli"), url=url, code=code)
    click.echo(f"connected with {peer.name} ({peer.get_kind_display()})")


@federation.command()
def peers() -> None:
    """List the peers, each with its state, when it was last well, and what waits for it."""
    from noroshi.federation.models import EntryState, OutboxEntry, Peer

    for peer in Peer.objects.order_by("kind", "name"):
        waiting = OutboxEntry.objects.filter(peer=peer, state=EntryState.WAITING).count()
        good = peer.last_good_at.isoformat(timespec="seconds") if peer.last_good_at else "never"
        click.echo(f"{peer.pk} {peer.kind} {peer.state} waiting={waiting} good={good} {peer.name} {peer.last_error}")


@federation.command()
@click.argument("number")
def cut(number: str) -> None:
    """End the connection with the peer NUMBER."""
    from noroshi.federation import actions

    peer = _peer(number)
    actions.cut_peer(Actor.system("cli"), peer)
    click.echo(f"cut: {peer.name}")


@federation.command()
@click.argument("number")
@click.option("--same/--other", required=True, help="Whether it is of the same community as this hub.")
def community(number: str, *, same: bool) -> None:
    """Say whether the other hub NUMBER is of the same community: TLP:GREEN for all members goes there then."""
    from noroshi.federation import actions

    peer = actions.mark_community(Actor.system("cli"), _peer(number), same=same)
    click.echo(f"{peer.name}: {'the same community' if same else 'another community'}")


def _peer(number: str) -> "Peer":
    from noroshi.federation.models import Peer

    peer = next((row for row in Peer.objects.all() if str(row.pk) == number), None)
    if peer is None:
        raise NotFound("There is no such peer.")
    return peer


commands = [federation]
