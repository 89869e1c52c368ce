"""What a group is told to be: its purpose, who may join, and how its list in a file is read."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Final

from noroshi.core.errors import SourceError

MAX_CHARTER: Final = 20_000
MAX_FILE: Final = 1_000_000
COLUMNS: Final = (
    "slug",
    "kind",
    "name_ja",
    "name_en",
    "purpose_ja",
    "purpose_en",
    "default_tlp",
    "joining",
    "open_to",
    "confidential",
    "charter_ja",
    "charter_en",
    "coordinators",
    "members",
)
REQUIRED: Final = ("slug", "kind", "name_ja")
YES: Final = frozenset({"yes", "true", "1"})
NO: Final = frozenset({"no", "false", "0", ""})


@dataclass(frozen=True)
class Terms:
    """What a group is for and who may join. `joining` and `open_to` by their stored names."""

    purpose_ja: str = ""
    purpose_en: str = ""
    joining: str = "invitation"
    open_to: tuple[str, ...] = ()
    confidential: bool = False


@dataclass(frozen=True)
class Charter:
    """A charter's words in Markdown, and whether every member adds documents or the coordinators alone."""

    ja: str = ""
    en: str = ""
    members_add_documents: bool = False


@dataclass(frozen=True)
class Line:
    """One group of a file. `number` is the line it ends on."""

    number: int
    slug: str
    kind: str
    name_ja: str
    name_en: str
    default_tlp: str
    terms: Terms
    charter: Charter
    coordinators: tuple[str, ...] = field(default_factory=tuple)
    members: tuple[str, ...] = field(default_factory=tuple)


def read_groups(path: Path) -> list[Line]:
    """Read a CSV file (UTF-8, a line of column names, then a group a line); raise SourceError that names the line.

    `slug`, `kind` and `name_ja` must be there, the other columns may be missing. Several values of one cell
    (`open_to`, `coordinators`, `members`) are separated by semicolons.
    """
    rows = csv.DictReader(StringIO(_text(path)), strict=True)
    unknown = sorted(set(rows.fieldnames or ()) - set(COLUMNS))
    missing = sorted(set(REQUIRED) - set(rows.fieldnames or ()))
    if unknown or missing:
        wrong = (
            f"no column is called {', '.join(unknown)}" if unknown else f"the columns {', '.join(missing)} are missing"
        )
        raise SourceError(path, 1, wrong)
    try:
        return list(_lines(path, rows))
    except csv.Error as error:
        raise SourceError(path, rows.line_num, f"this is no CSV: {error}") from error


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_FILE + 1)
        if len(content) > MAX_FILE:
            raise SourceError(path, 1, f"the file is larger than {MAX_FILE:,} bytes")
        return content.decode("utf-8-sig").replace("\r\n", "\n")
    except OSError as error:
        raise SourceError(path, 1, f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise SourceError(path, 1, "the file is not UTF-8") from error


def _lines(path: Path, rows: "csv.DictReader[str]") -> Iterator[Line]:
    seen: dict[str, int] = {}
    for row in rows:
        number = rows.line_num
        if None in row or None in row.values():
            raise SourceError(path, number, "this line has not as many cells as there are columns")
        cells = {name: text.strip() for name, text in row.items()}
        line = _line(path, number, cells)
        if line.slug in seen:
            raise SourceError(path, number, f"{line.slug} stands on line {seen[line.slug]} already")
        seen[line.slug] = number
        yield line


def _line(path: Path, number: int, cells: dict[str, str]) -> Line:
    for name in REQUIRED:
        if not cells[name]:
            raise SourceError(path, number, f"{name} is empty")
    confidential = cells.get("confidential", "").lower()
    if confidential not in YES | NO:
        raise SourceError(path, number, f"confidential is yes or no, not {confidential[:20]}")
    return Line(
        number=number,
        slug=cells["slug"],
        kind=cells["kind"],
        name_ja=cells["name_ja"],
        name_en=cells.get("name_en", ""),
        default_tlp=cells.get("default_tlp", "") or "AMBER",
        terms=Terms(
            purpose_ja=cells.get("purpose_ja", ""),
            purpose_en=cells.get("purpose_en", ""),
            joining=cells.get("joining", "") or "invitation",
            open_to=_several(cells.get("open_to", "")),
            confidential=confidential in YES,
        ),
        charter=Charter(cells.get("charter_ja", ""), cells.get("charter_en", "")),
        coordinators=tuple(address.lower() for address in _several(cells.get("coordinators", ""))),
        members=tuple(address.lower() for address in _several(cells.get("members", ""))),
    )


def _several(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for each in text.split(";") if (part := each.strip())))
