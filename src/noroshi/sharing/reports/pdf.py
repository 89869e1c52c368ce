"""A sector report as PDF: text that can be selected, in an embedded font, Japanese or English."""

from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from noroshi.core.errors import Conflict
from noroshi.sharing.queries import Report
from noroshi.sharing.reports.sections import Section, headings, period_name, sections

MARGIN: Final = 16
LABEL: Final = 74
VALUE: Final = 26
BAR: Final = 24
ROW: Final = 6.2
INK: Final = (28, 32, 38)
SOFT: Final = (104, 112, 122)
FIRE: Final = (186, 74, 32)


def report_as_pdf(report: Report, mark: str) -> bytes:
    """Return the report as a file; `mark` says who took it, and when. Raise Conflict where the font is missing."""
    page = _Sheet(mark)
    page.heading(_("Sector report: %(period)s") % {"period": period_name(report.period)})
    page.note(_("Counted is what the reader may take out in bulk. – means fewer than 3 organisations, or none."))
    for section in sections(report):
        page.section(section, headings(report))
    return bytes(page.output())


class _Sheet(FPDF):
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
        self.add_font("report", fname=settings.REPORT_FONT)
        self.set_font("report", size=10)
        self.set_title(_("Sector report"))
        self.add_page()

    def footer(self) -> None:
        """Say on each page how far it may go, and who took it."""
        self.set_y(-MARGIN)
        self.set_font("report", size=7.5)
        self.set_text_color(*SOFT)
        self.cell(0, 5, f"TLP:AMBER  ·  {self.mark}  ·  {self.page_no()}", align="C")

    def heading(self, text: str) -> None:
        """Write the title."""
        self.set_font("report", size=17)
        self.set_text_color(*INK)
        self.cell(0, 11, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def note(self, text: str) -> None:
        """Write a line of small print."""
        self.set_font("report", size=8.5)
        self.set_text_color(*SOFT)
        self.multi_cell(0, 5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def section(self, section: Section, columns: list[str]) -> None:
        """Write a table with a bar for each value of the period."""
        if self.will_page_break(ROW * (len(section.lines) + 3)):
            self.add_page()
        self.ln(4)
        self.set_font("report", size=11.5)
        self.set_text_color(*INK)
        self.cell(0, 7, section.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._row("", columns, soft=True)
        longest = max((line.share for line in section.lines), default=0) or 1
        for line in section.lines:
            self._row(line.label, line.texts, bar=line.share / longest)

    def _row(self, label: str, values: list[str], *, bar: float = 0, soft: bool = False) -> None:
        self.set_font("report", size=8 if soft else 9.5)
        self.set_text_color(*(SOFT if soft else INK))
        self.cell(LABEL, ROW, label)
        for value in values:
            self.cell(VALUE, ROW, value, align="R")
        if bar:
            self.set_fill_color(*FIRE)
            self.rect(self.get_x() + 3, self.get_y() + ROW / 2 - 1.3, BAR * bar, 2.6, style="F")
        self.ln(ROW)
