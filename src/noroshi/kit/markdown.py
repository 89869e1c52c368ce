"""What members write, as safe HTML: CommonMark and tables, no raw HTML, no images, no automatic links.

An observable in a text must never become something that can be clicked by itself, and nothing may load from elsewhere.
"""

from collections.abc import Sequence
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


def render(text: str) -> SafeString:
    """Return `text` (Markdown) as sanitised HTML, its headings starting below the page's own."""
    tokens = _PARSER.parse(text[:MAX_CHARACTERS])
    for token in tokens:
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(_LOWEST_HEADING, int(token.tag[1:]) + _HEADINGS_BELOW_PAGE)}"
    html = _CLEANER.clean(_PARSER.renderer.render(tokens, _PARSER.options, {}))
    return mark_safe(html + _cut_note(text))  # noqa: S308 - cleaned on the line above


def _cut_note(text: str) -> str:
    if len(text) <= MAX_CHARACTERS:
        return ""
    note = _("The text is cut here: only its first %(limit)s characters are shown.") % {"limit": f"{MAX_CHARACTERS:,}"}
    return f"<p><em>{escape(note)}</em></p>"


def _image_as_words(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: Any, _environment: Any
) -> str:
    """Show an image's description in its place: fetching the image would tell its owner who reads this."""
    return str(escape(renderer.renderInlineAsText(tokens[index].children, options, {})))


_PARSER: Final = MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).enable("table").disable("autolink")
_PARSER.add_render_rule("image", _image_as_words)

_CLEANER: Final = nh3.Cleaner(
    tags={
        *("p", "br", "hr", "h3", "h4", "h5", "h6", "strong", "em", "code", "pre", "blockquote", "a"),
        *("ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td"),
    },
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"https", "http", "mailto"},
    link_rel="noopener noreferrer nofollow",
)
