"""What a bulletin is begun with when it comes from a story: the template's words, and where it can be looked up."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from noroshi.advisories.domain.bulletins import MAX_LINES, MAX_TEXT

HEADING: Final = "## 参考情報"
"""The heading of templates below which sources stand."""
_MARKS: Final = re.compile(r"([\\`*_{}\[\]()<>#+\-.!|~])")
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Reference:
    """An item as a bulletin cites it."""

    source: str
    title: str
    link: str = ""


def body_of(template: str, references: Iterable[Reference]) -> str:
    """Return the template's text with the references below its heading for them, at its end where it has none."""
    lines = [_line(each) for each in references][:MAX_LINES]
    cited = "\n".join(lines)
    before, heading, after = template.partition(HEADING)
    if not heading:
        before, after = f"{template.rstrip()}\n\n" if template.strip() else "", ""
    return f"{before}{HEADING}\n\n{cited}\n{after}".strip()[:MAX_TEXT]


def plain(text: str) -> str:
    """Return a text as Markdown that says the same and marks nothing up: what a source wrote is not ours to run."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))[:LONGEST]


def _line(reference: Reference) -> str:
    link = f" <{reference.link}>" if reference.link and not re.search(r"[<>\s]", reference.link) else ""
    return f"- {plain(reference.source)}: {plain(reference.title)}{link}"
