"""`noroshi advisories check-url`: sources outside."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Any, Final

import click

MOST_PORT: Final = 65_535


class _Network(click.ParamType):  # type: ignore[type-arg] # newer versions of click alone let it be said
    name = "network"

    def convert(self, value: Any, param: Any, ctx: Any) -> IPv4Network | IPv6Network:
        try:
            return ip_network(value)
        except ValueError:
            self.fail("expected a network, as in 10.1.2.0/24", param, ctx)


@click.command("check-url")
@click.option("--port", "ports", type=click.IntRange(1, MOST_PORT), multiple=True, help="Open besides 80 and 443.")
@click.option("--network", "networks", type=_Network(), multiple=True, help="A network inside that is open.")
@click.argument("url")
def check_url(*, url: str, ports: tuple[int, ...], networks: tuple[IPv4Network | IPv6Network, ...]) -> None:
    """Say whether a source may be fetched from URL: its name is resolved, nothing is fetched.

    Exit 3 if the address is refused, with the reason. A name that has no address just now is not refused: it is said.
    """
    from noroshi.advisories.reach import reach
    from noroshi.kit import outbound

    try:
        address = outbound.way_to(url, reach(ports, networks))
    except outbound.OutboundFailed as failure:
        click.echo(f"{url}: nothing forbids it, but it cannot be fetched now. {failure.message}")
    else:
        click.echo(f"{url}: fetchable ({address or 'by the proxy'})")


commands = (check_url,)
