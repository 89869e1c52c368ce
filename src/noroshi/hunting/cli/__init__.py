"""The room's commands: `noroshi lake` and `noroshi hunt`."""

from noroshi.hunting.cli.feeding import lake
from noroshi.hunting.cli.hunting import hunt

commands = [lake, hunt]
