"""XML of strangers: its encoding found out, dangerous parts refused by name, before any parser reads it."""

import codecs
import re
from itertools import chain
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from noroshi.advisories.domain.readers.strict import refused, unpacked
from noroshi.advisories.domain.records import Refused, RefusedBecause

MOST_BYTES: Final = 20 * 1024 * 1024
DEEPEST: Final = 200
_BOMS: Final = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_DECLARED: Final = re.compile(rb"^\s*<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._-]+)", re.IGNORECASE)
_PROLOG: Final = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE: Final = re.compile(r"<!DOCTYPE[^>\[]*(?:(\[)|>)?", re.IGNORECASE)
_ASIDE: Final = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
"""White space, comments and processing instructions."""
_FOREIGN: Final = re.compile(r"[^\x00-\x7f\ufffd]")
_ANY: Final = re.compile(r"[^\ufffd]")
_GOOD_TO_BAD: Final = 20
_JAPANESE: Final = {
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "sjis": "cp932",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
}
"""What calls itself Shift_JIS has characters that only CP932 has."""


def text_of(body: bytes, content_type: str = "") -> str | Refused:
    """Return the text of an XML document: without its prolog, ready for a parser that is told it is UTF-8."""
    plain = unpacked(body, MOST_BYTES)
    if isinstance(plain, Refused):
        return plain
    if len(plain) > MOST_BYTES:
        return refused(0, RefusedBecause.TOO_LARGE, f"more than {MOST_BYTES:,} bytes")
    text = decoded(plain, content_type)
    if text is None:
        return refused(0, RefusedBecause.ENCODING, "none of the encodings that are known", plain[:2_000])
    return _harmless(_PROLOG.sub("", text.replace("\x00", ""), count=1).lstrip("\ufeff \t\r\n"))


def tree_of(body: bytes, content_type: str = "") -> Element | Refused:
    """Return the root of an XML document that is well-formed and declares no document type."""
    text = text_of(body, content_type)
    if isinstance(text, Refused):
        return text
    try:
        root: Element = fromstring(text, forbid_dtd=True)
    except (ParseError, ValueError, DefusedXmlException) as error:
        return refused(0, RefusedBecause.NOT_XML, error, text[:2_000])
    return root


def decoded(body: bytes, content_type: str = "") -> str | None:
    """Return the text: by its mark, what it declares, what HTTP named, UTF-8, else EUC-JP or CP932; None by none.

    A few rotten bytes among many good ones are U+FFFD, and make no other encoding of it: UTF-8 with one of them often
    reads as CP932, and says nothing then. CP932 hardly ever reads as EUC-JP, but short EUC-JP as CP932.
    """
    named = _encodings(body, content_type)
    readings = chain(
        (_exactly(body, encoding) for encoding in named),
        (_nearly(body, encoding, _FOREIGN) for encoding in named),
        (_exactly(body, encoding) for encoding in ("euc_jp", "cp932")),
        (_nearly(body, encoding, _ANY) for encoding in named),
    )
    return next((text for text in readings if text is not None), None)


def _exactly(body: bytes, encoding: str) -> str | None:
    try:
        return body.decode(encoding)
    except (UnicodeError, LookupError):
        return None


def _nearly(body: bytes, encoding: str, good: re.Pattern[str]) -> str | None:
    """Return the text if the characters that are `good` are by far more than the rotten ones."""
    try:
        text = body.decode(encoding, "replace")
    except (UnicodeError, LookupError):
        return None
    return text if text.count("\ufffd") * _GOOD_TO_BAD <= len(good.findall(text)) else None


def _encodings(body: bytes, content_type: str) -> list[str]:
    found = [name for mark, name in _BOMS if body.startswith(mark)]
    if declared := _DECLARED.match(body):
        found.append(declared[1].decode().lower())
    if named := _CHARSET.search(content_type):
        found.append(named[1].lower())
    names = [_JAPANESE.get(name, name) for name in (*found, "utf-8")]
    return [name for name in dict.fromkeys(names) if _is_of_text(name)]


def _is_of_text(name: str) -> bool:
    """Whether it is an encoding of text: Python knows others, which unpack or rotate."""
    try:
        return codecs.lookup(name)._is_text_encoding  # noqa: SLF001 - the only place that tells
    except LookupError:
        return False


def _harmless(text: str) -> str | Refused:
    """Refuse entities and deep nesting; a document type that only names its kind is left out.

    It stands before the first element, comments aside: what a text says of one further on is text.
    """
    rest = _ASIDE.sub("", text, count=1)
    if doctype := _DOCTYPE.match(rest):
        if doctype[1]:
            return refused(0, RefusedBecause.DANGEROUS_XML, "it declares entities", text[:2_000])
        rest = _ASIDE.sub("", rest[doctype.end() :], count=1)
    if rest.count("<") > DEEPEST and _depth(rest) > DEEPEST:
        return refused(0, RefusedBecause.DANGEROUS_XML, f"nested deeper than {DEEPEST}", text[:2_000])
    return rest


def _depth(text: str) -> int:
    """Return how deep the elements of `text` nest, as far as `DEEPEST` + 1; comments and CDATA are no elements."""
    deepest = depth = 0
    at = text.find("<")
    while at >= 0 and deepest <= DEEPEST:
        end = next((mark for begin, mark in _HIDDEN.items() if text.startswith(begin, at)), ">")
        close = text.find(end, at + 1)
        if close < 0:
            break
        if end == ">":
            depth += _step(text[at + 1 : at + 2], text[close - 1])
            deepest = max(deepest, depth)
        at = text.find("<", close)
    return deepest


_HIDDEN: Final = {"<!--": "-->", "<![CDATA[": "]]>"}


def _step(first: str, last: str) -> int:
    """Return by how much a tag with these first and last signs goes deeper."""
    if first == "/":
        return -1
    return int((first.isalpha() or first == "_") and last != "/")
