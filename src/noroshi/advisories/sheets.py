"""A bulletin as a file: PDF with text that can be selected, in an embedded font."""

from typing import Final

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import TextStyle

from noroshi.advisories.models import Bulletin
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict

MARGIN: Final = 18
INK: Final = (28, 32, 38)
SOFT: Final = (104, 112, 122)
FONT: Final = "sheet"


def bulletin_as_pdf(bulletin: Bulletin) -> bytes:
    """Return a bulletin that is out as a file, in the reader's language. Raise Conflict where the font is missing."""
    language = get_language() or "ja"
    kept: dict[str, str] = bulletin.frozen["html"]
    page = _Page(f"{TLP(bulletin.tlp).label}  ·  {bulletin.reference}")
    page.set_title(f"{bulletin.reference} {bulletin.title}")
    page.line_of(bulletin.title, 16)
    page.line_of(f"{bulletin.reference}  ·  {bulletin.category}  ·  {bulletin.frozen['published']}", 8.5, SOFT)
    page.ln(3)
    page.set_text_color(*INK)
    page.set_font(FONT, size=10.5)
    page.write_html(kept.get(language) or kept["ja"], tag_styles=_STYLES, font_family=FONT)
    for label, lines in ((_("Vulnerabilities"), bulletin.names), (_("Where it comes from"), bulletin.links)):
        if lines:
            page.ln(3)
            page.line_of(label, 11.5)
            for line in lines:
                page.line_of(line, 9)
    page.ln(3)
    page.line_of(f"SHA-256 {bulletin.frozen['sha256']}", 7.5, SOFT)
    return bytes(page.output())


_STYLES: Final = {
    **{f"h{level}": TextStyle(FONT, None, 15 - level, INK, t_margin=3, b_margin=1) for level in range(3, 7)},
    **{name: TextStyle(FONT) for name in ("code", "pre", "blockquote")},
}


class _Page(FPDF):
    def __init__(self, mark: str) -> None:
        super().__init__(format="A4")
        self.mark = mark
        self.set_margin(MARGIN)
        self.set_auto_page_break(auto=True, margin=MARGIN + 4)
        if not settings.REPORT_FONT.is_file():
            raise Conflict(
                _("A PDF needs a Japanese font, and %(path)s is not there: install fonts-noto-cjk.")
                % {"path": settings.REPORT_FONT}
            )
        for style in ("", "B", "I", "BI"):  # the one font stands for all: Japanese has no slanted letters
            self.add_font(FONT, style=style, fname=settings.REPORT_FONT)
        self.set_font(FONT, size=10)
        self.add_page()

    def footer(self) -> None:
        """Say on each page how far it may go."""
        self.set_y(-MARGIN)
        self.set_font(FONT, size=7.5)
        self.set_text_color(*SOFT)
        self.cell(0, 5, f"{self.mark}  ·  {self.page_no()}", align="C")

    def line_of(self, text: str, size: float, colour: tuple[int, int, int] = INK) -> None:
        """Write a paragraph of one size."""
        self.set_font(FONT, size=size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.55, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
