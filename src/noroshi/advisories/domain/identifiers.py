"""Identifiers of vulnerabilities in texts and in fields."""

import re
import unicodedata
from collections.abc import Iterator
from typing import Final

_DASHES: Final = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－﹣", "-"))
_NOT_INSIDE: Final = r"(?<![A-Za-z0-9])"  # not \b: it does not see the border between kana and Latin letters
_GHSA: Final = "[23456789cfghjmpqrvwx]{4}"
_FORMS: Final = (
    (r"CVE-(\d{4}-\d{4,19})(?!\d)", "CVE-"),
    (r"JVNDB-(\d{4}-\d{6})(?!\d)", "JVNDB-"),
    (r"JVNVU#?(\d{8})(?!\d)", "JVNVU#"),
    (r"JVN#?(\d{8})(?!\d)", "JVN#"),
    (r"JPCERT-((?:AT|WR)-\d{4}-\d{4})(?!\d)", "JPCERT-"),
    (rf"GHSA-({_GHSA}-{_GHSA}-{_GHSA})(?![a-z0-9])", "GHSA-"),
)
"""How each kind is written, and what its usual spelling begins with."""
_PATTERNS: Final = tuple((re.compile(_NOT_INSIDE + form, re.IGNORECASE), begin) for form, begin in _FORMS)
_CVE: Final = re.compile(r"CVE-\d{4}-\d{4,19}")


def is_cve(text: str) -> bool:
    """Tell whether `text` is a CVE identifier and nothing else (CVE Record Format 5.1, cveId)."""
    return _CVE.fullmatch(text) is not None


def names_in(text: str) -> tuple[str, ...]:
    """Return the identifiers that `text` names, each once, in its order, as they are usually written.

    Full-width letters and other dashes are read as the usual ones. An identifier directly after a letter or digit of
    the Latin script is a part of another word, and none.
    """
    plain = unicodedata.normalize("NFKC", text.translate(_DASHES)).translate(_DASHES)
    found = sorted(set(_found(plain)))
    return tuple(dict.fromkeys(name for _place, name in found))


def _found(text: str) -> Iterator[tuple[int, str]]:
    for pattern, begin in _PATTERNS:
        for match in pattern.finditer(text):
            yield match.start(), begin + (match[1].lower() if begin == "GHSA-" else match[1].upper())
