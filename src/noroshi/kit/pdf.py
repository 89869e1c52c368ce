"""A page of PDF: text that can be selected, in the one embedded font, and a foot that says how far it may go."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from noroshi.core.errors import Conflict

MARGIN: Final = 18
INK: Final = (28, 32, 38)
SOFT: Final = (104, 112, 122)
FONT: Final = "sheet"
STYLES: Final = ("", "B", "I", "BI")
"""The one font stands for all: Japanese has no slanted letters."""


class Page(FPDF):
    """A document of A4 pages; `mark` stands at the foot of each. Raises Conflict where the font is missing."""

    def __init__(self, mark: str, *, title: str, margin: float = MARGIN) -> None:
        super().__init__(format="A4")
        self.mark = mark
        self.margin = margin
        self.set_margin(margin)
        self.set_auto_page_break(auto=True, margin=margin + 4)
        if not settings.REPORT_FONT.is_file():
            raise Conflict(
                _("A PDF needs a Japanese font, and %(path)s is not there: install fonts-noto-cjk.")
                % {"path": settings.REPORT_FONT}
            )
        for style in STYLES:
            self.add_font(FONT, style=style, fname=settings.REPORT_FONT)
        self.set_font(FONT, size=10)
        self.set_title(title)
        self.add_page()

    def footer(self) -> None:
        """Say on each page how far it may go."""
        self.set_y(-self.margin)
        self.set_font(FONT, size=7.5)
        self.set_text_color(*SOFT)
        self.cell(0, 5, f"{self.mark}  ·  {self.page_no()}", align="C")

    def line_of(self, text: str, size: float, colour: tuple[int, int, int] = INK) -> None:
        """Write a paragraph of one size."""
        self.set_font(FONT, size=size)
        self.set_text_color(*colour)
        self.multi_cell(0, size * 0.55, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
