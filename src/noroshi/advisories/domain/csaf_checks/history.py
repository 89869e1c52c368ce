"""Tests 6.1.14, 6.1.16 to 6.1.22, 6.1.30: versions of a document, whole numbers or semantic ones, and their order."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from noroshi.advisories.domain.csaf_checks.failures import Check, Document, field, objects, text, twice
from noroshi.advisories.domain.moments import moment_of

_WHOLE: Final = re.compile(r"0|[1-9]\d{0,9}")
_SEMANTIC: Final = re.compile(
    r"(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})\.(0|[1-9]\d{0,9})(?:-([0-9A-Za-z.-]{1,100}))?(?:\+[0-9A-Za-z.-]+)?"
)
_EARLIEST: Final = datetime.min.replace(tzinfo=UTC)
_OUT: Final = frozenset({"final", "interim"})
Order = tuple[tuple[int, int, int], int, tuple[tuple[int, int, str], ...]]


@dataclass(frozen=True)
class _Item:
    """An entry of the history."""

    at: datetime
    number: str

    @property
    def key(self) -> tuple[datetime, Order]:
        return self.at, order_of(self.number)


def order_of(number: str) -> Order:
    """Return by what versions are put in order (semver.org 2.0.0, 11); whole numbers are major ones."""
    found = _SEMANTIC.fullmatch(number)
    if found is None:
        whole = int(number) if _WHOLE.fullmatch(number) else 0
        return (whole, 0, 0), 1, ()
    parts = [(0, int(each), "") if each.isdigit() else (1, 0, each) for each in (found[4] or "").split(".") if each]
    return (int(found[1]), int(found[2]), int(found[3])), not parts, tuple(parts)


def _tracking(document: Document) -> Document:
    return field(document, "document", "tracking")


def _history(document: Document) -> list[_Item]:
    items = []
    for each in objects(_tracking(document), "revision_history"):
        moment = moment_of(text(each, "date"))
        items.append(_Item(moment.at if moment else _EARLIEST, text(each, "number")))
    return items


def _is_prerelease(number: str) -> bool:
    found = _SEMANTIC.fullmatch(number)
    return found is not None and found[4] is not None


def _is_zero(number: str) -> bool:
    return order_of(number)[0][0] == 0


def _is_out(document: Document) -> bool:
    return text(_tracking(document), "status") in _OUT


def _unsorted(document: Document) -> Iterator[str]:
    by_date = sorted(_history(document), key=lambda item: item.key)
    for before, after in pairwise(by_date):
        if order_of(before.number) > order_of(after.number):
            yield f"Version {after.number} is later than version {before.number}, and less."


def _latest(document: Document) -> Iterator[str]:
    history = _history(document)
    version = text(_tracking(document), "version")
    if not history or not version:
        return
    newest = max(history, key=lambda item: item.key).number
    one, other = version.partition("+")[0], newest.partition("+")[0]
    if text(_tracking(document), "status") == "draft":
        one, other = one.partition("-")[0], other.partition("-")[0]
    if one != other:
        yield f"The document is version {version}, and its history ends with {newest}."


def _undrafted(document: Document) -> Iterator[str]:
    tracking = _tracking(document)
    version, status = text(tracking, "version"), text(tracking, "status")
    if version and (_is_zero(version) or _is_prerelease(version)) and status != "draft":
        yield f"Version {version} is a draft, and its status is {status}."


def _zero_released(document: Document) -> Iterator[str]:
    for item in _history(document) if _is_out(document) else ():
        if _is_zero(item.number):
            yield f"A document that is out has version {item.number} in its history."


def _prereleases(document: Document) -> Iterator[str]:
    for item in _history(document):
        if _is_prerelease(item.number):
            yield f"Version {item.number} of the history is one before a release."


def _draft_version(document: Document) -> Iterator[str]:
    version = text(_tracking(document), "version")
    if _is_out(document) and _is_prerelease(version):
        yield f"A document that is out is version {version}, one before a release."


def _left_out(document: Document) -> Iterator[str]:
    majors = [order_of(item.number)[0][0] for item in sorted(_history(document), key=lambda item: item.key)]
    if majors and majors[0] not in (0, 1):
        yield f"The history begins with version {majors[0]}."
    for before, after in pairwise(majors):
        if after > before + 1:
            yield f"The history leaves out version {before + 1}."


def _told_twice(document: Document) -> Iterator[str]:
    for number in twice(item.number for item in _history(document)):
        yield f"Version {number} is told twice in the history."


def _mixed(document: Document) -> Iterator[str]:
    numbers = [text(_tracking(document), "version"), *(item.number for item in _history(document))]
    semantic = {_SEMANTIC.fullmatch(number) is not None for number in numbers if number}
    if len(semantic) > 1:
        yield "Some of its versions are whole numbers, others semantic ones."


CHECKS: Final[Mapping[str, Check]] = {
    "6.1.14": _unsorted,
    "6.1.16": _latest,
    "6.1.17": _undrafted,
    "6.1.18": _zero_released,
    "6.1.19": _prereleases,
    "6.1.20": _draft_version,
    "6.1.21": _left_out,
    "6.1.22": _told_twice,
    "6.1.30": _mixed,
}
