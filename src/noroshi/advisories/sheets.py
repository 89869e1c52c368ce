"""Bulletins and daily sheets as files: PDF with text that can be selected, in an embedded font."""

from typing import Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _
from fpdf.fonts import TextStyle

from noroshi.advisories.daily_wording import at, grouped, percent, reasons_in_words, sentences, severity
from noroshi.advisories.models import Bulletin, Sheet
from noroshi.core.domain.tlp import TLP
from noroshi.kit.pdf import FONT, INK, SOFT, Page


def bulletin_as_pdf(bulletin: Bulletin) -> bytes:
    """Return a bulletin that is out as a file, in the reader's language. Raise Conflict where the font is missing."""
    language = get_language() or "ja"
    kept: dict[str, str] = bulletin.frozen["html"]
    title = f"{bulletin.reference} {bulletin.title}"
    page = Page(f"{TLP(bulletin.tlp).label}  ·  {bulletin.reference}", title=title)
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
    return page.written()


_STYLES: Final = {
    **{f"h{level}": TextStyle(FONT, None, 15 - level, INK, t_margin=3, b_margin=1) for level in range(3, 7)},
    **{name: TextStyle(FONT) for name in ("code", "pre", "blockquote")},
}


def sheet_as_pdf(sheet: Sheet) -> bytes:
    """Return a daily sheet as a file, in the reader's language. Raise Conflict where the font is missing."""
    said = sheet.frozen
    title = _("Daily sheet %(reference)s") % {"reference": sheet.reference}
    page = Page(f"{TLP(sheet.tlp).label}  ·  {sheet.reference}", title=title)
    page.line_of(title, 16)
    page.line_of(f"{at(said['since'])} – {at(said['until'])}", 8.5, SOFT)
    page.ln(2)
    for sentence in sentences(said):
        page.line_of(sentence, 10)
    for label, lines in grouped(said):
        _heading(page, f"{label} ({len(lines)})")
        for each, words in lines:
            page.line_of(f"{each['name']}  {words}  [{each['catalogue']}]", 9)
    if said["vulnerabilities"]:
        heading = _("Vulnerabilities that matter to the sector")
        _heading(page, f"{heading} ({len(said['vulnerabilities'])})")
    for each in said["vulnerabilities"]:
        page.line_of(f"{each['name']}  {each['title']}", 9)
        epss = percent(each["probability"])
        parts = (severity(each), f"EPSS {epss}" if epss else "", reasons_in_words(each))
        page.line_of("  ·  ".join(filter(None, parts)), 8, SOFT)
    page.ln(3)
    page.line_of(f"SHA-256 {said['sha256']}", 7.5, SOFT)
    return page.written()


def _heading(page: Page, text: str) -> None:
    page.ln(3)
    page.line_of(text, 11.5)
