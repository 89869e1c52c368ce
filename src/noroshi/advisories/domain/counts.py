"""What a member that agrees tells its hub of its patch tasks: counts, and nothing of any asset."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import msgspec

MOST_CVES: Final = 3_000
"""A letter stays below what a hub reads at once."""
BANDS: Final = ("1-9", "10-99", "100+")
DUE_STATES: Final = ("overdue", "three_days", "later", "no_day")
_CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,12}")
_SOON: Final = timedelta(days=3)


class CveCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many assets a vulnerability hits, as a band, and whether anything is still to be done."""

    cve: str
    band: str
    is_open: bool


class Counts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What goes up."""

    cves: list[CveCount] = []
    due: dict[str, int] = {}
    """Tasks that are open, by how they stand with their day."""
    left_out: int = 0
    """Vulnerabilities beyond what one letter holds."""


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a letter says: counts, or none any more."""

    counts: Counts | None = None


def band_of(number: int) -> str:
    """Return the band that a number of assets lies in."""
    return BANDS[min(len(str(number)), len(BANDS)) - 1]


def due_state(due: date | None, today: date) -> str:
    """Return how a task stands with its day."""
    if due is None:
        return "no_day"
    if due < today:
        return "overdue"
    return "three_days" if due <= today + _SOON else "later"


def counts_of(rows: Iterable[tuple[str, bool, date | None]], today: date) -> Counts:
    """Return what is told of matches that are affected: each by its vulnerability, whether it is open, and its day."""
    assets: Counter[str] = Counter()
    is_open: set[str] = set()
    due: Counter[str] = Counter()
    for name, still_open, day in rows:
        if _CVE.fullmatch(name):
            assets[name] += 1
            is_open |= {name} if still_open else set()
        if still_open:
            due[due_state(day, today)] += 1
    ordered = sorted(assets, key=lambda name: (name not in is_open, -assets[name], name))
    told = [CveCount(name, band_of(assets[name]), name in is_open) for name in ordered[:MOST_CVES]]
    return Counts(told, {state: due[state] for state in DUE_STATES}, max(0, len(ordered) - MOST_CVES))


def is_sound(counts: Counts) -> bool:
    """Tell whether counts that came are such as are told here."""
    names = [each.cve for each in counts.cves]
    return (
        len(names) <= MOST_CVES
        and len(set(names)) == len(names)
        and all(_CVE.fullmatch(each.cve) and each.band in BANDS for each in counts.cves)
        and all(state in DUE_STATES and number >= 0 for state, number in counts.due.items())
        and counts.left_out >= 0
    )


@dataclass(frozen=True)
class Total:
    """How many members a vulnerability hits, and with how many something is still to be done."""

    cve: str
    members: int
    members_open: int
    bands: Mapping[str, int]


def totals(told: Iterable[Counts]) -> tuple[list[Total], dict[str, int]]:
    """Return what the counts of several members come to: by vulnerability, most open first, and by day."""
    members: Counter[str] = Counter()
    still_open: Counter[str] = Counter()
    bands: dict[str, Counter[str]] = {}
    due: Counter[str] = Counter()
    for counts in told:
        due.update(counts.due)
        for each in counts.cves:
            members[each.cve] += 1
            still_open[each.cve] += each.is_open
            bands.setdefault(each.cve, Counter())[each.band] += 1
    ordered = sorted(members, key=lambda name: (-still_open[name], -members[name], name))
    rows = [
        Total(name, members[name], still_open[name], {band: bands[name][band] for band in BANDS}) for name in ordered
    ]
    return rows, {state: due[state] for state in DUE_STATES}
