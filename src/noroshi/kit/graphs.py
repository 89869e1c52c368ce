"""What belongs to what, as a picture made on the server: two columns of names and the ties between them.

The same promises as `charts`: inline SVG without script or style, a title and a description for who does not see it,
and all of it as a table behind. A name is cut to its column in the picture; the table has it whole.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from noroshi.kit.charts import as_figure, as_picture, as_table

WIDTH: Final = 720
ROW: Final = 40
BOX: Final = 26
COLUMN: Final = 290
PAD: Final = 12
LETTERS: Final = 36
"""So many columns of a Latin letter fit a box; a Japanese one takes two."""
_WIDE: Final = "\u2e80"


@dataclass(frozen=True)
class Node:
    """A name in a column; `url` is where it leads, `main` marks the one that the picture is about."""

    text: str
    url: str = ""
    main: bool = False


@dataclass(frozen=True)
class Tie:
    """A line from one of the left to one of the right, by their places, and what it means."""

    left: int
    right: int
    meaning: str


@dataclass(frozen=True)
class Relations:
    """Two columns under their headings, and the ties."""

    title: str
    headings: tuple[str, str, str]
    """Of the left, of what a tie means, of the right."""
    left: Sequence[Node]
    right: Sequence[Node]
    ties: Sequence[Tie]


def relation_view(relations: Relations) -> SafeString:
    """Return the `<figure>`: the picture, and the table behind it."""
    rows = max(len(relations.left), len(relations.right), 1)
    height = rows * ROW + PAD
    body = format_html(
        "{}{}{}",
        format_html_join("", "{}", ((_line(relations, tie, height),) for tie in relations.ties)),
        _boxes(relations.left, 0, height),
        _boxes(relations.right, WIDTH - COLUMN, height),
    )
    drawn = as_picture(relations.title, _summary(relations), (WIDTH, height), body, "relations")
    lines = [[relations.left[tie.left].text, tie.meaning, relations.right[tie.right].text] for tie in relations.ties]
    return as_figure(relations.title, drawn, as_table(relations.headings, lines), SafeString(""))


def _summary(relations: Relations) -> str:
    return _("%(ties)d ties between %(left)d and %(right)d names; the table has all of them") % {
        "ties": len(relations.ties),
        "left": len(relations.left),
        "right": len(relations.right),
    }


def _boxes(nodes: Sequence[Node], x: int, height: int) -> SafeString:
    return format_html_join(
        "", "{}", ((_box(node, x, _middle(place, len(nodes), height)),) for place, node in enumerate(nodes))
    )


def _box(node: Node, x: int, y: float) -> SafeString:
    drawn = format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="4"/><text x="{}" y="{}">{}<title>{}</title></text>',
        *("node node-main" if node.main else "node", x, _n(y - BOX / 2), COLUMN, BOX),
        *(x + PAD, _n(y + 4), _fitting(node.text), node.text),
    )
    return format_html('<a href="{}">{}</a>', node.url, drawn) if node.url else drawn


def _line(relations: Relations, tie: Tie, height: int) -> SafeString:
    start, end = COLUMN, WIDTH - COLUMN
    bend = _n((start + end) / 2)
    left = _n(_middle(tie.left, len(relations.left), height))
    right = _n(_middle(tie.right, len(relations.right), height))
    return format_html(
        '<path class="tie" d="M{} {} C{} {} {} {} {} {}"><title>{}</title></path>',
        *(start, left, bend, left, bend, right, end, right, tie.meaning),
    )


def _middle(place: int, number: int, height: int) -> float:
    """Return the height at which a box of a column stands: the shorter column is spread over the longer one."""
    return height / number * (place + 0.5)


def _fitting(text: str) -> str:
    room = LETTERS
    for place, letter in enumerate(text):
        room -= 2 if letter >= _WIDE else 1
        if room < 0:
            return text[: place - 1] + "…"
    return text


def _n(value: float) -> str:
    return f"{value:.1f}"
