"""What JVN's formats have in common: claims about a vulnerability that some name by CVE and all by JVNDB."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme
from noroshi.advisories.domain.jvn_ranges import ranges_of
from noroshi.advisories.domain.records import Claim, ClaimKind

PAGE: Final = "https://jvndb.jvn.jp/ja/contents/{year}/{number}.html"
MOST_VERSIONS: Final = 2_000
"""Versions of one product that are read."""


def page_of(number: str) -> str:
    """Return where people read a JVNDB entry; empty for other numbers."""
    year = number[len("JVNDB-") :][:4]
    return PAGE.format(year=year, number=number) if number.startswith("JVNDB-") and year.isdigit() else ""


def about(number: str, names: Iterable[str]) -> str:
    """Return whose claims an entry's are: of several CVEs nobody says which is meant, so the entry's own."""
    cves = _cves(names)
    return cves[0] if len(cves) == 1 else number


def same(number: str, names: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return what an entry calls the same: its number, if it is a vulnerability's, and its CVE if it has one."""
    cves = _cves(names)
    return ((number, cves[0]),) if len(cves) == 1 and number in names and number != cves[0] else ()


def _cves(names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith("CVE-")]


def severity(version: str, vector: str, score: object, level: str) -> Mapping[str, Any] | None:
    """Return the value of a claim; None where there is neither a vector nor a score."""
    value: dict[str, Any] = {"system": f"CVSS:{version}"}
    if vector:
        value["vector"] = vector
    if re.fullmatch(r"\d{1,2}(\.\d+)?", str(score)):
        value["score"] = float(str(score))
    if level:
        value["level"] = level.lower()
    return value if value.keys() & {"vector", "score"} else None


def weaknesses(about: str, numbers: Iterable[str]) -> Iterator[Claim]:
    """Yield a claim for each CWE; JVN writes CWE-noinfo where it knows none."""
    for number in dict.fromkeys(numbers):
        if number.startswith("CWE-") and number.removeprefix("CWE-").isdigit():
            yield Claim(about, ClaimKind.WEAKNESS, {"cwe": number})


def affected(product: Product, phrases: Iterable[str]) -> Affected:
    """Return what is said of a product's versions in words; what of it is not understood stays as it is written."""
    ranges: list[Range] = []
    left: list[str] = []
    for phrase in list(phrases)[:MOST_VERSIONS]:
        found = ranges_of(phrase)
        ranges.extend(found or ())
        if found is None and phrase.strip():
            left.append(" ".join(phrase.split()))
    return Affected(product, tuple(ranges), Scheme.GENERIC, text="; ".join(left))
