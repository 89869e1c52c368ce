"""Words that were found, marked in their text: `{% load found %}`."""

from collections.abc import Iterable

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from noroshi.portal.domain.highlight import Piece

register = template.Library()


@register.filter
def marked(pieces: Iterable[Piece]) -> SafeString:
    """Return the pieces of a text as HTML, with a mark around each that was found."""
    return format_html_join("", "{}{}{}", (_around(piece) for piece in pieces))


def _around(piece: Piece) -> tuple[SafeString, str, SafeString]:
    return (_OPEN, piece.text, _CLOSE) if piece.found else (_NOTHING, piece.text, _NOTHING)


_OPEN, _CLOSE, _NOTHING = SafeString("<mark>"), SafeString("</mark>"), SafeString("")
