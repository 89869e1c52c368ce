"""MISP's lists as their package brings them: read without importing it, which would pull in an HTTP client."""

import json
from collections.abc import Iterator
from functools import cache
from importlib.metadata import version as installed_version
from importlib.util import find_spec
from pathlib import Path
from typing import Final, NamedTuple

_PACKAGE: Final = "pymispwarninglists"


class Published(NamedTuple):
    """One list: the name of its folder, its name, how its entries match, and for which of MISP's attribute types."""

    slug: str
    name: str
    matching: str
    attributes: frozenset[str]
    entries: list[str]


def version() -> str:
    """Return the version of the package whose lists these are."""
    return installed_version(_PACKAGE)


def published() -> Iterator[Published]:
    """Read all lists, by the names of their folders."""
    return (read(path.parent.name) for path in sorted(_folder().glob("*/list.json")))


def read(slug: str) -> Published:
    """Read one list."""
    raw = json.loads((_folder() / slug / "list.json").read_bytes())
    return Published(slug, raw["name"], raw["type"], frozenset(raw["matching_attributes"]), raw["list"])


@cache
def _folder() -> Path:
    spec = find_spec(_PACKAGE)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"The package {_PACKAGE} is not installed.")
    return Path(spec.origin).parent / "data" / "misp-warninglists" / "lists"
