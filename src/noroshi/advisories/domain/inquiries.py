"""Inquiries: where one stands, whether a text gives away who asked, and how well the desk serves."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from statistics import median
from typing import Final

MAX_SUBJECT: Final = 200
MAX_MESSAGE: Final = 10_000


class Stand(StrEnum):
    """Where an inquiry stands."""

    ASKED = "asked"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"


OPEN: Final = frozenset({Stand.ASKED, Stand.TAKEN})


def after_reply(stand: Stand) -> Stand:
    """Return where an inquiry stands when who asked writes again: what was answered waits anew."""
    return stand if stand in OPEN else Stand.ASKED


def given_away(texts: Iterable[str], names: Iterable[str]) -> str:
    """Return the first of `names`, or a part of it, that stands in a text; empty where none does.

    Width, case and spaces make no difference. A name in Latin letters is found as a word alone.
    """
    read = [_plain(text) for text in texts]
    joined = [text.replace(" ", "") for text in read]
    for name in names:
        whole = _plain(name)
        for part in {whole, *whole.split()}:
            if len(part) > 1 and _stands_in(part, read, joined):
                return name
    return ""


def _stands_in(part: str, read: Sequence[str], joined: Sequence[str]) -> bool:
    if part.isascii():
        word = re.compile(rf"(?<![a-z0-9]){re.escape(part)}(?![a-z0-9])")
        return any(word.search(text) for text in read)
    return any(part.replace(" ", "") in text for text in joined)


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


@dataclass(frozen=True)
class Asked:
    """What the figures are made of: when it was asked and first answered, and since when it waits, if it does."""

    at: datetime
    answered_at: datetime | None = None
    waits_since: datetime | None = None


@dataclass(frozen=True)
class Month:
    """The inquiries of one month: how many, how many of them got an answer, hours until half of these had it."""

    name: str
    asked: int
    answered: int
    median_hours: float | None


AGES: Final = (timedelta(days=1), timedelta(days=3), timedelta(days=7))
"""Open inquiries are counted up to each of these ages, and beyond the last."""


@dataclass(frozen=True)
class Figures:
    """How the desk serves."""

    months: tuple[Month, ...]
    asked: int
    answered: int
    median_hours: float | None
    open_by_age: tuple[int, ...]


def figures_of(rows: Sequence[Asked], months: Sequence[str], now: datetime) -> Figures:
    """Return the figures of `rows` over `months` (``2026-11``); moments are of the zone in which months are counted."""
    by_month = {name: [row for row in rows if f"{row.at:%Y-%m}" == name] for name in months}
    counted = [row for name in months for row in by_month[name]]
    waiting = [now - row.waits_since for row in rows if row.waits_since is not None]
    bounds = (timedelta(0), *AGES, timedelta.max)
    ages = tuple(sum(low <= age < high for age in waiting) for low, high in pairwise(bounds))
    return Figures(
        tuple(Month(name, len(of), _answered(of), _median_hours(of)) for name, of in by_month.items()),
        len(counted),
        _answered(counted),
        _median_hours(counted),
        ages,
    )


def _answered(rows: Sequence[Asked]) -> int:
    return sum(row.answered_at is not None for row in rows)


def _median_hours(rows: Sequence[Asked]) -> float | None:
    spans = [(row.answered_at - row.at) / timedelta(hours=1) for row in rows if row.answered_at is not None]
    return round(median(spans), 1) if spans else None
