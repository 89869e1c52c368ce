"""Libraries as their installers list them: ``pip freeze``, ``pip list --format=json``, ``npm ls --all --json``."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from noroshi.advisories.domain.inventory.assets import RefusedRow, Row, cleaned, installed
from noroshi.advisories.domain.matching import Component

_PINNED: Final = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*===?\s*([^\s;#\\]+)(?:\s*[;#\\].*)?")
_WITHOUT_VERSION: Final = re.compile(
    r"([A-Za-z0-9][A-Za-z0-9._-]*)(?:\[[^\]]*\])?\s*@\s*\S+.*|(?:-e|--editable)\s+.*?(?:#egg=([A-Za-z0-9._-]+).*)?"
)
"""Installed from a file, an address or a repository."""
_OPTIONS: Final = ("#", "--")


def is_pip(sample: Sequence[str]) -> bool:
    """Tell whether lines are of ``pip freeze``."""
    lines = [line for line in sample if not line.startswith(_OPTIONS)]
    return bool(lines) and all(_PINNED.fullmatch(line) or _WITHOUT_VERSION.fullmatch(line) for line in lines)


def read_pip(text: str) -> Iterator[Row]:
    """Yield each package of ``pip freeze``; one from a file or a repository has no version."""
    for place, line in enumerate(map(str.strip, text.splitlines()), 1):
        if not line or line.startswith(_OPTIONS):
            continue
        if found := _PINNED.fullmatch(line):
            yield _of_python(place, found[1], found[2])
        elif (found := _WITHOUT_VERSION.fullmatch(line)) and (name := found[1] or found[2]):
            yield _of_python(place, name, "")
        else:
            yield RefusedRow(place, "no package and its version")


def read_pip_json(packages: Sequence[Any]) -> Iterator[Row]:
    """Yield each package of ``pip list --format=json``."""
    for place, one in enumerate(packages, 1):
        said = one if isinstance(one, dict) else {}
        yield _of_python(place, cleaned(said.get("name")), cleaned(said.get("version")))


def _of_python(place: int, name: str, version: str) -> Row:
    return installed(place, Component(name, version, purl=f"pkg:pypi/{name}" if name else ""))


def read_npm(tree: Mapping[str, Any]) -> Iterator[Row]:
    """Yield each package of ``npm ls --json``, in each of its versions once; what is missing is refused."""
    about, seen = cleaned(tree.get("name")), set[tuple[str, str]]()
    waiting = _inner(tree)
    place = 0
    while waiting:
        name, said = waiting.pop()
        version = cleaned(said.get("version"))
        if (name, version) not in seen:
            place += 1
            yield _of_npm(place, name, version, said, about)
        if (name, version) not in seen or "dependencies" in said:
            waiting += _inner(said)
        seen.add((name, version))


def _inner(said: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what it needs, the first of it last."""
    found = said.get("dependencies")
    pairs = found.items() if isinstance(found, dict) else ()
    return [(name, each if isinstance(each, dict) else {}) for name, each in reversed(list(pairs))]


def _of_npm(place: int, name: str, version: str, said: Mapping[str, Any], about: str) -> Row:
    if not version and said.get("missing"):
        return RefusedRow(place, f"not installed: {name}"[:300])
    return installed(place, Component(name, version, purl=f"pkg:npm/{name}"), of=about)
