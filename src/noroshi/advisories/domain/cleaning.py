"""Words and links of strangers, as plain text: no tag, no control character, no link but to the web and to mail."""

import html
import re
from typing import Final
from urllib.parse import urljoin, urlsplit, urlunsplit

import nh3

from noroshi.kit.domain.plain_text import readable

LONGEST: Final = 100_000
"""Characters of HTML that are cleaned; what is longer is cut before."""
_BREAKS: Final = re.compile(r"<\s*(?:br|/p|/div|/li|/tr|/h[1-6])\b[^>]*>", re.IGNORECASE)
_BLANKS: Final = re.compile(r"[ \t\u00a0\u3000]+")
_LINES: Final = re.compile(r"\s*\n\s*\n\s*")


def plain(text: str, limit: int = LONGEST) -> str:
    """Return HTML, or text, as plain text of at most `limit` characters; paragraphs stay lines."""
    cleaned = nh3.clean(_BREAKS.sub("\n", text[:LONGEST]), tags=set(), clean_content_tags={"script", "style"})
    lines = (_BLANKS.sub(" ", line).strip() for line in html.unescape(html.unescape(cleaned)).splitlines())
    return readable(_LINES.sub("\n\n", "\n".join(lines)))[:limit].strip()


def one_line(text: str, limit: int = 300) -> str:
    """Return HTML, or text, as one line of plain text."""
    return " ".join(plain(text).split())[:limit]


def link_of(text: str, base: str = "") -> str:
    """Return an address on the web, made absolute by `base` and without its fragment; empty where it is none."""
    try:
        parts = urlsplit(urljoin(base, text.strip()))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not parts.hostname or any(sign.isspace() for sign in parts.geturl()):
        return ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, parts.query, ""))
