"""Pages of PDF: one font, read and embedded once, whatever styles a text has."""

import io

import pytest
from django.conf import settings
from pypdf import PdfReader
from pypdfium2 import PdfDocument

from noroshi.kit.pdf import FONT, Page

pytestmark = pytest.mark.skipif(not settings.REPORT_FONT.is_file(), reason="there is no Japanese font here")
TEXT = "<p>平文 plain <b>太字 bold</b> <i>斜体 slanted</i> <b><i>両方 both</i></b></p>"


def test_the_font_is_embedded_once_and_every_style_is_read_back():
    page = Page("TLP:GREEN", title="題")
    page.write_html(TEXT, font_family=FONT)
    page.set_font(FONT, style="B")  # what the last foot would go back to
    made = page.written()
    (sheet,) = PdfReader(io.BytesIO(made)).pages
    assert len(sheet["/Resources"]["/Font"]) == 1
    said = PdfDocument(made)[0].get_textpage().get_text_range()
    assert [word for word in ("平文", "太字", "斜体", "両方", "TLP:GREEN") if word not in said] == []
