"""The room's commands: `noroshi lake`, `noroshi hunt`, `noroshi allow` and `noroshi detect`."""

from noroshi.hunting.cli import keeping, streaming
from noroshi.hunting.cli.allowing import allow
from noroshi.hunting.cli.detecting import detect
from noroshi.hunting.cli.feeding import lake
from noroshi.hunting.cli.hunting import hunt

for command in (*keeping.commands, *streaming.commands):
    lake.add_command(command)
commands = [lake, hunt, allow, detect]
