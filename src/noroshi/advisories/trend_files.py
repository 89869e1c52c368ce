"""A threat-trend report as a file to print."""

from django.utils.translation import gettext as _

from noroshi.advisories.queries import Trends
from noroshi.advisories.trend_sections import Section, sections
from noroshi.kit.pdf import SOFT, Page
from noroshi.sharing.reports.sections import period_name


def trends_as_pdf(trends: Trends, mark: str) -> bytes:
    """Return the report as a file; `mark` says who took it, and when. Raise Conflict where the font is missing."""
    title = _("Threat trends: %(quarter)s") % {"quarter": period_name(trends.quarter)}
    page = Page(f"TLP:AMBER  ·  {mark}", title=title)
    page.line_of(title, 16)
    page.line_of(
        _("Counted is what the reader may take out in bulk; – means fewer than 3 organisations, or none."), 8.5, SOFT
    )
    if trends.signals is None:
        page.line_of(_("The quarter lasts: what signals tell of it is told when it has ended."), 8.5, SOFT)
    for section in sections(trends):
        _section(page, section)
    return page.written()


def _section(page: Page, section: Section) -> None:
    page.part(section.title)
    if section.note:
        page.line_of(section.note, 9)
    if section.is_empty:
        page.line_of(_("Nothing to show."), 9, SOFT)
        return
    if not section.is_grid:
        page.bars(section.chart)
    page.figures(section.columns, section.rows)
