"""`noroshi advisories bundle`: what was fetched here, carried to an installation without a network."""

from datetime import UTC, datetime
from pathlib import Path

import click

from noroshi.advisories.cli.collecting import told


@click.group("bundle")
def bundle() -> None:
    """Signed bundles for closed networks: made where the sources are reached, taken in where they are not."""


@bundle.command("key")
def key() -> None:
    """Print the public key that this installation signs by: give it to those who take in its bundles."""
    from noroshi.core.signing import public_key

    click.echo(public_key())


@bundle.command("export")
@click.option("--since", type=click.DateTime(), help="All answers since then (UTC).  [default: each source's last]")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def export(*, file: Path, since: datetime | None) -> None:
    """Write what the sources answered to FILE, signed. Nothing of members is in it."""
    from noroshi.advisories import actions
    from noroshi.core.actor import Actor

    moment = since.replace(tzinfo=UTC) if since is not None else None
    packed = actions.export_bundle(Actor.system("advisories bundle"), file, since=moment)
    gone = f", {packed.gone:,} left out, not kept (read in by load, or too long ago)" if packed.gone else ""
    click.echo(f"{file}: {packed.parts:,} answers{gone}")


@bundle.command("import")
@click.option("--key", "keys", multiple=True, required=True, help="Public key of who may have made it; see `key`.")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def import_(*, file: Path, keys: tuple[str, ...]) -> None:
    """Take in FILE, after its signature and every digest hold. Sources that are new here are made, not switched on.

    What is known already changes nothing; what is interrupted goes on where it ended. Exit 3 if it is refused.
    """
    from noroshi.advisories import actions
    from noroshi.core.actor import Actor

    for taken in actions.import_bundle(Actor.system("advisories bundle"), file, keys=keys):
        click.echo(f"{taken.fetch.source.name}: {'known already' if taken.is_known else told(taken.fetch)}")


commands = (bundle,)
