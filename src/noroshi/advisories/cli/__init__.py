"""`noroshi advisories`: what is published outside, collected.

Exit codes: 0 it was done, 2 the command line is wrong, 3 something was refused; one sentence on standard error says so.
"""

import click

from noroshi.advisories.cli import bundles, collecting, daily, magazine, matching


@click.group()
def advisories() -> None:
    """Advisories: what is published outside, and what of it concerns whom."""


for command in (*collecting.commands, *bundles.commands, *matching.commands, *daily.commands, *magazine.commands):
    advisories.add_command(command)
commands = [advisories]
