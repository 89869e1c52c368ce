"""`noroshi intel`: STIX 2.1 checked, taken in and given out; values found in text; words to tag with brought in.

Exit codes: 0 it was done, 2 the command line is wrong, 3 something was refused; one sentence on standard error says so.
"""

import click

from noroshi.intel.cli import checking, learning, moving


@click.group()
def intel() -> None:
    """Intelligence: STIX 2.1, values in text, and words to tag with."""


for command in (*checking.commands, *moving.commands, *learning.commands):
    intel.add_command(command)
commands = [intel]
