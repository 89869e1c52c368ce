"""The command `noroshi`: works on the installation in NOROSHI_DATA_DIR, says what it did in one line."""

import os
import sys
from typing import Any, Final

import click
from django.db.utils import DatabaseError

from noroshi.core.errors import NoroshiError, Unavailable
from noroshi.site.commands import auditing, backup, demo, installation, serving
from noroshi.site.exits import Exit
from noroshi.site.options import OptionError

_NO_TABLE: Final = ("no such table", "does not exist")
"""How SQLite and PostgreSQL say that nobody has made the tables."""


class Noroshi(click.Group):
    """The group of all commands. The rooms' own are loaded when they are first asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return every command's name."""
        return sorted({*super().list_commands(ctx), *_rooms()})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command by name."""
        return super().get_command(ctx, cmd_name) or _rooms().get(cmd_name)

    def invoke(self, ctx: click.Context) -> Any:
        """Run; a refusal of the product becomes one sentence and its exit code."""
        try:
            return super().invoke(ctx)
        except NoroshiError as error:
            cause = f" ({error.__cause__})" if isinstance(error, Unavailable) and error.__cause__ else ""
            click.echo(f"noroshi: {error.message or 'There is no such thing.'}{cause}", err=True)
            sys.exit(Exit.REFUSED)
        except DatabaseError as error:
            if not any(words in str(error) for words in _NO_TABLE):
                raise
            click.echo("noroshi: there is no installation here yet, or an older one: run noroshi init.", err=True)
            sys.exit(Exit.REFUSED)


def _rooms() -> dict[str, click.Command]:
    """The commands that belong to rooms."""
    from noroshi.advisories import cli as advisories
    from noroshi.federation import cli as federation
    from noroshi.hunting import cli as hunting
    from noroshi.intel import cli as intel
    from noroshi.members import cli as members
    from noroshi.sharing import cli as sharing

    return {
        command.name or "": command
        for room in (members, federation, intel, hunting, sharing, advisories)
        for command in room.commands
    }


@click.group(cls=Noroshi, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="noroshi")
@click.pass_context
def main(context: click.Context) -> None:
    """Noroshi (狼煙): when one institution is hit, every other one is warned, checked and protected."""
    if context.invoked_subcommand == "demo":
        demo.set_stage()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "noroshi.site.settings")
    try:
        _start()
    except OptionError as error:
        click.echo(f"noroshi: {error}", err=True)
        sys.exit(Exit.USAGE)


def _start() -> None:
    import django
    from django.conf import settings

    settings.DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
    django.setup()


for _command in (
    *installation.commands,
    *serving.commands,
    *auditing.commands,
    *backup.commands,
    *demo.commands,
):
    main.add_command(_command)
