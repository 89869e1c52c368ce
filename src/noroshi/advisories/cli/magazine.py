"""`noroshi advisories bounces`: mail of the magazine that came back."""

from pathlib import Path

import click


@click.command("bounces")
@click.argument("path", type=click.Path(path_type=Path, exists=True))
def bounces(*, path: Path) -> None:
    """Count what mail servers sent back of the magazine: PATH is a letter, an mbox, a maildir or a folder of letters.

    A letter counts once, however often it is read, and only if it names a mail that was sent from here. Nothing at
    PATH is changed. An address is written to no more after one refusal for good, or three for now within 30 days.
    """
    from noroshi.advisories import actions
    from noroshi.core.actor import Actor

    done = actions.take_bounces(Actor.system("advisories bounces"), path)
    click.echo(
        f"{done.counted:,} counted, {done.known:,} known, {done.not_ours:,} not of ours, "
        f"{done.no_bounce:,} no bounces; {done.stopped:,} addresses written to no more"
    )


commands = (bounces,)
