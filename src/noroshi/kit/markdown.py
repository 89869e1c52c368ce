"""What members write, as safe HTML: CommonMark and tables, no raw HTML, no images, no automatic links.

An observable in a text must never become something that can be clicked by itself, and nothing may load from elsewhere.
Whoever renders a text may hand over pictures of this portal's own, which it shows by `![what is seen](image:name)`, and
words that become links to its own pages.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

import nh3
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

MAX_CHARACTERS: Final = 50_000
"""A longer text is cut here, and says so: parsing hostile Markdown costs about a second per 50,000 characters."""

_HEADINGS_BELOW_PAGE: Final = 2
_LOWEST_HEADING: Final = 6


_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})


def render(text: str, *, pictures: Mapping[str, str] = _NOTHING, links: Mapping[str, str] = _NOTHING) -> SafeString:
    """Return `text` (Markdown) as sanitised HTML, its headings starting below the page's own.

    `pictures` and `links` say which names are shown as pictures and which words become links, each with its address.
    """
    tokens = _PARSER.parse(text[:MAX_CHARACTERS])
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_LOWEST_HEADING, int(token.tag[1:]) + _HEADINGS_BELOW_PAGE)}"
        if links and token.type == "inline":
            token.children = list(_linked(token.children or [], links))
    written = _PARSER.renderer.render(tokens, _PARSER.options, {"pictures": pictures})
    html = (_CLEANER_WITH_PICTURES if pictures else _CLEANER).clean(written)
    return mark_safe(html + _cut_note(text))  # noqa: S308 - cleaned on the line above


def headings_over_nothing(text: str) -> list[str]:
    """Return the headings of `text` (Markdown) under which nothing stands, not even under one below them."""
    empty: list[tuple[int, str]] = []
    found: list[str] = []
    inside = ""
    for token in _PARSER.parse(text[:MAX_CHARACTERS]):
        if token.level == 0 and token.type in {"heading_open", "heading_close"}:
            inside = token.tag if token.nesting == 1 else ""
        elif inside and token.type == "inline":
            level = int(inside[1:])
            found += [title for above, title in empty if above >= level]
            empty = [*((above, title) for above, title in empty if above < level), (level, token.content)]
        elif token.content.strip():
            empty = []
    return found + [title for _level, title in empty]


def _linked(tokens: Sequence[Token], links: Mapping[str, str]) -> Iterator[Token]:
    """Yield the parts of a line, the words that `links` has as links; what is one already stays as it is."""
    wanted = re.compile(rf"(?<![\w-])({'|'.join(map(re.escape, links))})(?![\w-])", re.ASCII)
    inside = 0
    for token in tokens:
        inside += {"link_open": 1, "link_close": -1}.get(token.type, 0)
        if token.type != "text" or inside:
            yield token
            continue
        for place, part in enumerate(wanted.split(token.content)):
            said = Token("text", "", 0, content=part)
            is_wanted = place % 2 == 1
            if is_wanted:
                yield Token("link_open", "a", 1, attrs={"href": links[part]})
            yield said
            if is_wanted:
                yield Token("link_close", "a", -1)


def _cut_note(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return ""
    note = _("The text is cut here: only its first %(limit)s characters are shown.") % {"limit": f"{MAX_CHARACTERS:,}"}
    return f"<p><em>{escape(note)}</em></p>"


_OWN: Final = "image:"


def _image(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, environment: Any) -> str:
    """Show one of the pictures at hand, of others the description: to fetch them would tell who reads this."""
    said = escape(renderer.renderInlineAsText(tokens[index].children, options, environment))
    source = str(tokens[index].attrGet("src") or "")
    address = environment["pictures"].get(source.removeprefix(_OWN)) if source.startswith(_OWN) else None
    return f'<img src="{escape(address)}" alt="{said}" loading="lazy">' if address else str(said)


_PARSER: Final = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable("autolink")
_PARSER.add_render_rule("image", _image)

_TAGS: Final = frozenset(
    {
        *("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote", "a"),
        *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    }
)
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}


def _cleaner(tags: set[str], attributes: dict[str, set[str]]) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=tags,
        attributes=attributes,
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener noreferrer nofollow",
    )


_CLEANER: Final = _cleaner({*_TAGS}, _ATTRIBUTES)
_CLEANER_WITH_PICTURES: Final = _cleaner({*_TAGS, "img"}, {**_ATTRIBUTES, "img": {"src", "alt", "loading"}})
