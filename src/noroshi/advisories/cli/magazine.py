"""`noroshi advisories bounces`: mail of the magazine that came back."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from noroshi.advisories.actions import Returned


@click.command("bounces")
@click.argument("path", type=click.Path(path_type=Path, exists=True), required=False)
def bounces(*, path: Path | None) -> None:
    """Count what mail servers sent back of the magazine: PATH is a letter, an mbox, a maildir or a folder of letters.

    Without PATH the mailbox that is named in the pages is read, as the worker does. A letter counts once, however
    often it is read, and only if it names a mail that was sent from here. Nothing at PATH is changed. An address is
    written to no more after one refusal for good, or three for now within 30 days.
    """
    from noroshi.advisories import actions
    from noroshi.core.actor import Actor

    done = actions.take_bounces(Actor.system("advisories bounces"), path) if path else _read_mailbox()
    click.echo(
        f"{done.counted:,} counted, {done.known:,} known, {done.not_ours:,} not of ours, "
        f"{done.no_bounce:,} no bounces; {done.stopped:,} addresses written to no more"
    )


def _read_mailbox() -> "Returned":
    from noroshi.advisories import actions

    box = actions.handed_out_box(due=False)
    if box is None:
        raise click.ClickException("No mailbox is switched on, or it is being read just now.")
    done = actions.read_return_box(box)
    if trouble := actions.box_trouble():
        raise click.ClickException(trouble)
    return done


commands = (bounces,)
