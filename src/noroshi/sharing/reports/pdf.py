"""A sector report as PDF: text that can be selected, in an embedded font, Japanese or English."""

from typing import Final

from django.utils.translation import gettext as _
from fpdf.enums import XPos, YPos

from noroshi.kit.pdf import FONT, INK, SOFT, Page
from noroshi.sharing.queries import Report
from noroshi.sharing.reports.sections import Section, headings, period_name, sections

MARGIN: Final = 16
LABEL: Final = 74
VALUE: Final = 26
BAR: Final = 24
ROW: Final = 6.2
FIRE: Final = (186, 74, 32)


def report_as_pdf(report: Report, mark: str) -> bytes:
    """Return the report as a file; `mark` says who took it, and when. Raise Conflict where the font is missing."""
    page = _Sheet(mark)
    page.heading(_("Sector report: %(period)s") % {"period": period_name(report.period)})
    page.note(_("Counted is what the reader may take out in bulk. – means fewer than 3 organisations, or none."))
    for section in sections(report):
        page.section(section, headings(report))
    return page.written()


class _Sheet(Page):
    def __init__(self, mark: str) -> None:
        super().__init__(f"TLP:AMBER  ·  {mark}", title=_("Sector report"), margin=MARGIN)

    def heading(self, text: str) -> None:
        """Write the title."""
        self.set_font(FONT, size=17)
        self.set_text_color(*INK)
        self.cell(0, 11, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def note(self, text: str) -> None:
        """Write a line of small print."""
        self.set_font(FONT, size=8.5)
        self.set_text_color(*SOFT)
        self.multi_cell(0, 5, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def section(self, section: Section, columns: list[str]) -> None:
        """Write a table with a bar for each value of the period."""
        if self.will_page_break(ROW * (len(section.lines) + 3)):
            self.add_page()
        self.ln(4)
        self.set_font(FONT, size=11.5)
        self.set_text_color(*INK)
        self.cell(0, 7, section.title, new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self._row("", columns, soft=True)
        longest = max((line.share for line in section.lines), default=0) or 1
        for line in section.lines:
            self._row(line.label, line.texts, bar=line.share / longest)

    def _row(self, label: str, values: list[str], *, bar: float = 0, soft: bool = False) -> None:
        self.set_font(FONT, size=8 if soft else 9.5)
        self.set_text_color(*(SOFT if soft else INK))
        self.cell(LABEL, ROW, label)
        for value in values:
            self.cell(VALUE, ROW, value, align="R")
        if bar:
            self.set_fill_color(*FIRE)
            self.rect(self.get_x() + 3, self.get_y() + ROW / 2 - 1.3, BAR * bar, 2.6, style="F")
        self.ln(ROW)
