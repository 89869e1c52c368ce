"""`noroshi intel knowledge`: words to tag with, brought in."""

import click


@click.group()
def knowledge() -> None:
    """Words to tag signals with: ATT&CK, MISP's galaxies and taxonomies, the program's own."""


@knowledge.command("import")
def import_words() -> None:
    """Bring in the words of the installed packages and of the program; run again after they were upgraded.

    No network is used. `noroshi init` does the same where something is new.
    """
    from noroshi.core.actor import Actor
    from noroshi.intel.actions import import_knowledge
    from noroshi.intel.domain.knowledge import misp

    known = import_knowledge(Actor.system("cli"))
    click.echo(f"{known:,} words to tag with")
    if not misp.is_installed():
        click.echo("The packages of MISP's words are not installed: pip install 'noroshi[knowledge]'", err=True)


commands = [knowledge]
