"""The pages of docs/reference, made from the code so that they cannot drift from it.

reference.py write   write the pages
reference.py check   name every page that the code has left behind; exit 1 if any
"""

import argparse
import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import click
from source import PACKAGE, actions, documented_members

FOLDER: Final = Path(__file__).parent.parent / "docs" / "reference"
NOTE: Final = "<!-- Made by `make reference` from the code: change the code, not this page. -->"
WIDTH: Final = 100


def pages() -> dict[str, str]:
    """Return the text of every page, by file name."""
    return {
        "commands.md": commands_page(command_line()),
        "settings.md": settings_page(),
        "events.md": events_page(),
        "markings.md": markings_page(),
    }


def command_line() -> click.Group:
    """Return the group behind `noroshi`."""
    main = importlib.import_module("noroshi.site.cli").main
    if not isinstance(main, click.Group):
        raise TypeError("noroshi.site.cli.main is not a click group")
    return main


def commands(group: click.Group) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Yield every command with its full name, groups before what they hold."""
    yield from _below("noroshi", group, None)


def _below(
    name: str, command: click.Command, parent: click.Context | None
) -> Iterator[tuple[str, click.Command, click.Context]]:
    settings = {**command.context_settings, "terminal_width": WIDTH}
    context = click.Context(command, info_name=name.rsplit(maxsplit=1)[-1], parent=parent, **settings)
    yield name, command, context
    if not isinstance(command, click.Group):
        return
    for verb in command.list_commands(context):
        inner = command.get_command(context, verb)
        if inner is not None and not inner.hidden:
            yield from _below(f"{name} {verb}", inner, context)


def commands_page(group: click.Group) -> str:
    """Return the page of the command line: each command's own help."""
    parts = [NOTE, "# Commands", "What `noroshi COMMAND --help` prints, for every command."]
    parts += ["How each ends, for scripts:", _table(("exit code", "name", "meaning"), exit_codes())]
    for name, command, context in commands(group):
        parts += [f"## {name}", f"```text\n{command.get_help(context).rstrip()}\n```"]
    return "\n\n".join(parts) + "\n"


def exit_codes() -> list[tuple[str, str, str]]:
    """Return code, name and meaning of every way in which a command ends."""
    members = documented_members(PACKAGE / "site" / "exits.py", "Exit")
    return [(f"`{code}`", name, meaning) for name, code, meaning in members]


def settings_page() -> str:
    """Return the page of the installation's settings."""
    from noroshi.site.options import OPTIONS, PREFIX  # noqa: PLC0415 - the package may not be there to be imported

    rows = [(f"`{PREFIX}{option.name}`", _code(option.default), option.help) for option in OPTIONS]
    return _page(
        "Settings",
        "Environment variables of `noroshi`. `NOROSHI_NAME_FILE` names a file whose content is the value of\n"
        "`NOROSHI_NAME`: use it for secrets. An unknown name is an error, so a misspelt one is noticed.",
        _table(("setting", "default", "meaning"), rows),
    )


def events_page() -> str:
    """Return the page of the ledger's actions."""
    rows = [
        (f"`{action.name}`", _codes(action.written_in), _codes(action.payload), _codes(action.readers))
        for action in actions()
    ]
    return _page(
        "Events",
        "Every action of the ledger. Each is an entry of the audit trail and an event that other rooms may read.\n"
        "Besides its payload an entry holds number, time, world, person, organisation, channel, rule, subject\n"
        "and reason.",
        _table(("action", "written in", "payload", "read by"), rows),
    )


def markings_page() -> str:
    """Return the page of the TLP's channels and ceilings, as the policy applies them."""
    from noroshi.core.domain.channels import Channel, carried_by  # noqa: PLC0415 - as in settings_page
    from noroshi.core.domain.membership import CEILINGS  # noqa: PLC0415
    from noroshi.core.domain.tlp import TLP  # noqa: PLC0415

    channels = [
        (f"`{channel}`", *("yes" if level in carried_by(channel) else "no" for level in TLP)) for channel in Channel
    ]
    ceilings = [
        (f"`{membership}`", *(level.label if level else "nothing" for level in ceiling))
        for membership, each in CEILINGS.items()
        for ceiling in [(each.community, each.by_name, each.by_group)]
    ]
    return _page(
        "Markings",
        "How far content of each level travels by each channel, for readers whom its audience reaches. Where\n"
        "the answer is no, a link or a neutral subject may still be sent.",
        _table(("channel", *(level.label for level in TLP)), channels),
        "How high each class of membership sees: by a grant to the whole community, by a grant that names the\n"
        "organisation or person, by a grant to a group.",
        _table(("class", "community", "by name", "by group"), ceilings),
    )


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([NOTE, f"# {title}", *parts]) + "\n"


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |" for line in lines)


def _code(text: str) -> str:
    return f"`{text}`" if text else ""


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(_code(text) for text in sorted(texts))


def write() -> list[str]:
    """Write every page; return the names of those that changed."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    changed = stale()
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    return changed


def stale() -> list[str]:
    """Return the names of the pages that do not say what the code says."""
    return [name for name, text in pages().items() if _written(FOLDER / name) != text]


def _written(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


def main() -> int:
    """Run the verb of the command line; return its exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("write", "check"))
    if parser.parse_args().verb == "write":
        print("\n".join(f"docs/reference/{name} written" for name in write()) or "the reference is fresh")
        return 0
    behind = stale()
    print("\n".join(f"docs/reference/{name}: run `make reference`" for name in behind) or "the reference is fresh")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
