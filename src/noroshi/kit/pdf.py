"""A page of PDF: text that can be selected, in the one embedded font, and a foot that says how far it may go."""

from collections.abc import Iterable, Sequence
from typing import Final

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos

from noroshi.core.errors import Conflict
from noroshi.kit.charts import Chart
from noroshi.kit.wording import exact

MARGIN: Final = 18
INK: Final = (28, 32, 38)
SOFT: Final = (104, 112, 122)
FONT: Final = "sheet"
TONES: Final = ((28, 79, 143), (186, 74, 32), (74, 124, 89), (134, 96, 156), (180, 140, 40), (110, 116, 124))
"""Of the rows of a plot, which the legend names."""
PLOT_HEIGHT: Final = 38
ROW: Final = 5.6
VALUE: Final = 22
STYLES: Final = ("B", "I", "BI")
"""The one font stands for all, and is read and embedded once: Japanese has no slanted letters."""


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
        self.add_font(FONT, fname=settings.REPORT_FONT)
        for style in STYLES:
            self.fonts[FONT + style] = self.fonts[FONT]
        self.set_font(FONT, size=10)
        self.set_title(title)
        self.add_page()

    def written(self) -> bytes:
        """Return the document as a file. The names of the font's styles go first: each would embed it once more."""
        self.set_font(FONT)
        for style in STYLES:
            del self.fonts[FONT + style]
        return bytes(self.output())

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
        self.multi_cell(0, size * 0.55, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    def part(self, text: str) -> None:
        """Begin a part, on the next page where little room is left."""
        if self.will_page_break(PLOT_HEIGHT):
            self.add_page()
        self.ln(4)
        self.line_of(text, 11.5)

    def bars(self, chart: Chart) -> None:
        """Draw a chart as stacked bars, each with its sum and its label; a legend names several rows."""
        if self.will_page_break(PLOT_HEIGHT + 3 * ROW):
            self.add_page()
        totals = [sum(values) for values in zip(*(series.values for series in chart.series), strict=True)]
        highest = max(totals, default=0) or 1
        slot = self.epw / max(1, len(chart.labels))
        foot = self.get_y() + PLOT_HEIGHT
        for place, label in enumerate(chart.labels):
            left, top = self.l_margin + place * slot, foot - 5
            for number, series in enumerate(chart.series):
                if not series.values[place]:
                    continue
                height = (PLOT_HEIGHT - 10) * series.values[place] / highest
                self.set_fill_color(*TONES[number % len(TONES)])
                top -= height
                self.rect(left + slot * 0.2, top, slot * 0.6, height, style="F")
            self._centred(left, top - 4.5, slot, exact(totals[place]))
            self._centred(left, foot - 4.5, slot, label)
        self.set_xy(self.l_margin, foot + 1)
        if len(chart.series) > 1:
            self._legend(series.label for series in chart.series)

    def _centred(self, left: float, top: float, width: float, text: str) -> None:
        self.set_font(FONT, size=7)
        self.set_text_color(*SOFT)
        while text and self.get_string_width(text) > width:
            text = text[:-2] + "…" if len(text) > 2 else ""  # noqa: PLR2004 - a letter and the sign that more follow
        self.set_xy(left, top)
        self.cell(width, 4, text, align="C")

    def _legend(self, labels: Iterable[str]) -> None:
        self.set_font(FONT, size=8)
        self.set_text_color(*INK)
        for number, label in enumerate(labels):
            width = self.get_string_width(label) + 9
            if self.get_x() + width > self.w - self.r_margin:
                self.ln(ROW)
            self.set_fill_color(*TONES[number % len(TONES)])
            self.rect(self.get_x(), self.get_y() + 1.4, 3, 3, style="F")
            self.set_x(self.get_x() + 4)
            self.cell(width - 4, ROW, label)
        self.ln(ROW)

    def figures(self, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[int | None]]]) -> None:
        """Write figures, rows by columns; a dash where none is told. Where columns are many, each is a line."""
        lines = list(rows)
        names = [label for label, _values in lines]
        if len(columns) * VALUE > self.epw / 2:
            lines = [(name, [values[place] for _label, values in lines]) for place, name in enumerate(columns)]
            columns = names
        self._line_of_figures("", columns, soft=True)
        for label, values in lines:
            self._line_of_figures(label, ["–" if value is None else exact(value) for value in values])

    def _line_of_figures(self, label: str, values: Sequence[str], *, soft: bool = False) -> None:
        self.set_font(FONT, size=8 if soft else 9)
        self.set_text_color(*(SOFT if soft else INK))
        self.cell(self.epw - VALUE * len(values), ROW, label)
        for value in values:
            self.cell(VALUE, ROW, value, align="R")
        self.ln(ROW)
