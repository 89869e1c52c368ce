"""The documents are tests: what they name exists, and what exists is named."""

import re
import subprocess
import sys

import click
import pytest
import reference

from noroshi.site.options import OPTIONS, PREFIX

LINK = re.compile(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"")
CODE = re.compile(r"^```[^\n]*\n(.*?)^```|`([^`\n]+)`", re.DOTALL | re.MULTILINE)
COMMAND = re.compile(r"(?:^|[\s/(])noroshi((?: [a-z][a-z-]*)+)", re.MULTILINE)
TARGET = re.compile(r"(?:^|&& )make ([a-z-]+)", re.MULTILINE)


@pytest.fixture(scope="module")
def documents(tracked):
    return [path for path in tracked if path.suffix == ".md"]


@pytest.fixture(scope="module")
def command_line():
    return reference.command_line()


def _code(path):
    return "\n".join(block or span for block, span in CODE.findall(path.read_text(encoding="utf-8")))


def _anchors(text):
    """The anchors of a page's headings, as the usual renderers make them."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _is_broken(page, target):
    path, _, anchor = target.partition("#")
    there = (page.parent / path).resolve() if path else page
    if not there.exists():
        return True
    return bool(anchor) and there.suffix == ".md" and anchor not in _anchors(there.read_text(encoding="utf-8"))


def _exists(group, words):
    """Whether the words begin with a command: what follows a command that is no group is its argument."""
    command, context = group, click.Context(group)
    for word in words:
        if not isinstance(command, click.Group):
            return True
        command = command.get_command(context, word)
        if command is None:
            return False
    return True


def test_links_when_followed_then_each_leads_somewhere(documents, root):
    broken = [
        f"{page.relative_to(root)}: {target}"
        for page in documents
        for pair in LINK.findall(page.read_text(encoding="utf-8"))
        for target in pair
        if target and not re.match(r"[a-z]+:", target) and _is_broken(page, target)
    ]

    assert broken == []


def test_rooms_when_listed_then_each_has_a_readme(root):
    rooms = sorted((root / "src" / "noroshi").glob("*/__init__.py"))

    assert [room.parent.name for room in rooms if not (room.parent / "README.md").exists()] == []


def test_reference_when_compared_with_the_code_then_it_is_not_behind(root):
    """In a process of its own: click keeps a command's help option as whoever called it first has made it."""
    command = [sys.executable, str(root / "tools" / "reference.py"), "check"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "the reference is fresh\n", "")


def test_commands_when_documents_name_them_then_they_exist(documents, root, command_line):
    unknown = [
        f"{page.relative_to(root)}: noroshi{words}"
        for page in documents
        for words in COMMAND.findall(_code(page))
        if not _exists(command_line, words.split())
    ]

    assert unknown == []


def test_commands_when_asked_for_help_then_each_and_every_option_has_a_sentence(command_line):
    silent = []
    for name, command, _ in reference.commands(command_line):
        silent += [] if command.help else [name]
        options = (each for each in command.params if isinstance(each, click.Option) and not each.hidden)
        silent += [f"{name} {option.opts[0]}" for option in options if not option.help]

    assert silent == []


def test_settings_when_documents_name_them_then_they_exist(documents, root):
    known = {PREFIX + option.name for option in OPTIONS}
    unknown = [
        f"{page.relative_to(root)}: {name}"
        for page in documents
        for name in re.findall(rf"\b{PREFIX}[A-Z_]+\b", page.read_text(encoding="utf-8"))
        if name not in known and name.removesuffix("_FILE") not in known | {f"{PREFIX}NAME"}
    ]

    assert unknown == []


def test_targets_when_documents_name_them_then_the_makefile_has_them(documents, root):
    targets = set(re.findall(r"^([a-z-]+):", (root / "Makefile").read_text(), re.MULTILINE))
    unknown = [
        f"{page.relative_to(root)}: make {name}"
        for page in documents
        for name in TARGET.findall(_code(page))
        if name not in targets
    ]

    assert unknown == []


@pytest.mark.parametrize("name", ["README", "docs/use/first-day"])
def test_japanese_pages_when_beside_the_english_then_they_run_the_same_commands_and_have_the_same_parts(root, name):
    english, japanese = ((root / f"{name}{ending}").read_text(encoding="utf-8") for ending in (".md", ".ja.md"))

    assert re.findall(r"```[^\n]*\n(.*?)```", english, re.DOTALL) == re.findall(
        r"```[^\n]*\n(.*?)```", japanese, re.DOTALL
    )
    assert re.findall(r"^#+", english, re.MULTILINE) == re.findall(r"^#+", japanese, re.MULTILINE)
