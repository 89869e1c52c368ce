"""The room's commands: `noroshi lake`, `noroshi hunt` and `noroshi detect`."""

from noroshi.hunting.cli import keeping, streaming
from noroshi.hunting.cli.detecting import detect
from noroshi.hunting.cli.feeding import lake
from noroshi.hunting.cli.hunting import hunt

for command in (*keeping.commands, *streaming.commands):
    lake.add_command(command)
commands = [lake, hunt, detect]
