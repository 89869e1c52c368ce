"""The daily sheet: what has happened since the last one that the sector has to know, and why each line is on it.

A vulnerability stands on a sheet once for each ground: because a catalogue lists it, because its EPSS is high or has
risen, because it is critical, because it names a product that the sector watches. What was told is remembered
(`Memory`), so that a score that moves in its last digit every night tells nobody anything.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from noroshi.advisories.domain.bulletins import digest

CRITICAL: Final = 9.0
LIKELY: Final = 0.5
"""EPSS from which on it is told."""
STILL_LIKELY: Final = 0.4
"""Above this it counts as told: a score that crosses the threshold to and fro is told once."""
RISE: Final = 0.1
"""EPSS that rose by so much since it was last told, or since its lowest, is told again."""
FLOOR: Final = 0.05
"""EPSS below this is not remembered, and taken for this where it rises."""
BACK_FILL: Final = timedelta(days=30)
"""What was published longer ago and is seen for the first time is history that was read in, not news."""
MOST: Final = 200
"""Lines of each part of a sheet; how many more there were is said."""
GONE: Final = frozenset({"rejected", "withdrawn"})


class Reason(StrEnum):
    """Why a vulnerability stands on a sheet."""

    EXPLOITED = "exploited"
    RANSOMWARE = "ransomware"
    LIKELY = "likely"
    ROSE = "rose"
    CRITICAL = "critical"
    WATCHED = "watched"
    MENDED = "mended"
    """It was told before, and now there is a fix."""
    EASED = "eased"
    """It was told as critical, and is not called so any more."""
    REJECTED = "rejected"
    """It was told before, and its record does not stand any more."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a vulnerability now."""

    name: str
    title: str = ""
    score: float | None = None
    level: str = ""
    probability: float | None = None
    exploited_since: str = ""
    due: str = ""
    ransomware: bool = False
    has_remedy: bool = False
    state: str = ""
    words: tuple[str, ...] = ()
    """Those of the watched words that what was newly said of it names."""

    @property
    def is_gone(self) -> bool:
        """Whether its record does not stand any more."""
        return self.state in GONE


@dataclass(frozen=True, slots=True)
class Memory:
    """What sheets have told of a vulnerability, and its EPSS when they did, or its lowest since."""

    grounds: frozenset[str] = frozenset()
    probability: float | None = None
    has_remedy: bool = False
    is_gone: bool = False

    @property
    def is_worth_keeping(self) -> bool:
        """Whether anything follows from it that does not follow from nothing."""
        return bool(self.grounds) or (self.probability or 0) >= FLOOR


Why = Mapping[str, Any]
"""A reason, and what belongs to it: ``{"reason": "rose", "before": 0.05, "after": 0.4}``."""


def grounds_of(facts: Facts, memory: Memory | None = None) -> frozenset[str]:
    """Return what holds of it now; a watched word that was told stays."""
    if facts.is_gone:
        return frozenset()
    told = memory.grounds if memory else frozenset()
    least = STILL_LIKELY if Reason.LIKELY in told else LIKELY
    holds = {
        Reason.EXPLOITED: bool(facts.exploited_since),
        Reason.RANSOMWARE: facts.ransomware,
        Reason.LIKELY: (facts.probability or 0) >= least,
        Reason.CRITICAL: (facts.score or 0) >= CRITICAL,
    }
    watched = {f"{Reason.WATCHED}:{word}" for word in facts.words}
    watched |= {ground for ground in told if ground.startswith(Reason.WATCHED)}
    return frozenset({reason.value for reason, held in holds.items() if held} | watched)


def news_of(facts: Facts, memory: Memory | None, *, is_new: bool) -> tuple[Why, ...]:
    """Return why it belongs on the next sheet; nothing where all of it was told."""
    told = memory.grounds if memory else frozenset()
    if facts.is_gone:
        return ({"reason": Reason.REJECTED.value},) if memory and told and not memory.is_gone else ()
    found = [_why(ground, facts) for ground in sorted(grounds_of(facts, memory) - told, key=_order)]
    if (rise := _rise(facts, memory, is_new=is_new)) and not any(each["reason"] == Reason.LIKELY for each in found):
        found.append(rise)
    if memory and told and facts.has_remedy and not memory.has_remedy:
        found.append({"reason": Reason.MENDED.value})
    if Reason.CRITICAL in told and facts.score is not None and facts.score < CRITICAL:
        found.append({"reason": Reason.EASED.value, "score": facts.score})
    return tuple(found)


def is_history(facts: Facts, published: datetime | None, until: datetime) -> bool:
    """Whether what is seen for the first time happened long ago: it was read in, and it is no news."""
    if published is None:
        return False
    long_ago = until - BACK_FILL
    return published < long_ago and facts.exploited_since < long_ago.date().isoformat()


def is_told_by_catalogues(news: Sequence[Why]) -> bool:
    """Whether nothing of it is more than what a catalogue said, which stands on the sheet as its change."""
    return {each["reason"] for each in news} <= {Reason.EXPLOITED, Reason.RANSOMWARE}


def remembered(facts: Facts, memory: Memory | None, news: Sequence[Why]) -> Memory:
    """Return what is remembered of it once a sheet with `news` is out."""
    lowest = facts.probability
    if memory and memory.probability is not None and lowest is not None and not news:
        lowest = min(lowest, memory.probability)
    return Memory(grounds_of(facts, memory), lowest, facts.has_remedy, facts.is_gone)


_ORDER: Final = tuple(Reason)


def _order(ground: str) -> tuple[int, str]:
    return _ORDER.index(Reason(ground.partition(":")[0])), ground


def _why(ground: str, facts: Facts) -> Why:
    kind, _colon, word = ground.partition(":")
    said: dict[str, Any] = {"reason": kind}
    match Reason(kind):
        case Reason.WATCHED:
            said["word"] = word
        case Reason.LIKELY:
            said["after"] = facts.probability
        case Reason.CRITICAL:
            said["score"] = facts.score
        case Reason.EXPLOITED:
            said["since"] = facts.exploited_since
    return said


def _rise(facts: Facts, memory: Memory | None, *, is_new: bool) -> Why | None:
    if facts.probability is None or (memory is None and is_new):
        return None
    before = max(memory.probability or 0 if memory else 0, FLOOR)
    if facts.probability - before < RISE:
        return None
    return {"reason": Reason.ROSE.value, "before": before, "after": facts.probability}


class Watched:
    """The words that the sector watches: names of products and makers, found as whole words in either width."""

    def __init__(self, words: Iterable[str]) -> None:
        self._known = [(word, folded, _whole(folded)) for word in words if (folded := _folded(word))]

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._known)

    def found_in(self, texts: Iterable[str]) -> tuple[str, ...]:
        """Return the words that the texts name, in the order of the list."""
        text = _folded("\n".join(texts))
        return tuple(word for word, folded, whole in self._known if folded in text and whole.search(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()


def _whole(word: str) -> re.Pattern[str]:
    """Return a pattern that finds `asa` in "Cisco ASA" and not in "NASA"; Japanese has no spaces to go by."""
    before = r"(?<![a-z0-9])" if word[0].isascii() else ""
    after = r"(?![a-z0-9])" if word[-1].isascii() else ""
    return re.compile(before + re.escape(word) + after)


@dataclass(frozen=True)
class Entry:
    """A vulnerability on a sheet, with the reasons."""

    facts: Facts
    reasons: tuple[Why, ...]
    is_new: bool = True

    @property
    def said(self) -> dict[str, Any]:
        """What stands on the sheet."""
        facts = self.facts
        return {
            "name": facts.name,
            "title": facts.title,
            "score": facts.score,
            "level": facts.level,
            "probability": None if facts.probability is None else round(facts.probability, 5),
            "exploited_since": facts.exploited_since,
            "due": facts.due,
            "ransomware": facts.ransomware,
            "is_new": self.is_new,
            "reasons": [dict(each) for each in self.reasons],
        }

    @property
    def rank(self) -> tuple[bool, bool, bool, float, float, str]:
        """The gravest first."""
        facts = self.facts
        watched = any(each["reason"] == Reason.WATCHED for each in self.reasons)
        grave = (not facts.exploited_since, not facts.ransomware, not watched)
        return (*grave, -(facts.probability or 0), -(facts.score or 0), facts.name)


@dataclass(frozen=True)
class Span:
    """From when to when a sheet reaches; the first one has nothing before it."""

    since: datetime
    until: datetime
    is_first: bool = False


CHANGES: Final = ("added", "returned", "ransomware", "due", "edited", "missing", "removed")
"""What happened to entries of catalogues, in the order of the sheet."""


def composed(
    span: Span,
    *,
    changes: Sequence[Mapping[str, Any]],
    entries: Iterable[Entry],
    older: int,
    sources: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what a sheet says, as JSON: catalogues, vulnerabilities, and how the sources are that it rests on."""
    ranked = sorted(entries, key=lambda entry: entry.rank)
    ordered = sorted(changes, key=lambda each: (CHANGES.index(each["change"]), each["name"], each["catalogue"]))
    return {
        "since": _moment(span.since),
        "until": _moment(span.until),
        "is_first": span.is_first,
        "changes": [dict(each) for each in ordered[:MOST]],
        "more_changes": max(0, len(ordered) - MOST),
        "vulnerabilities": [entry.said for entry in ranked[:MOST]],
        "more_vulnerabilities": max(0, len(ranked) - MOST),
        "older": older,
        "sources": [dict(each) for each in sources],
    }


def frozen(said: Mapping[str, Any], *, reference: str, tlp: str) -> dict[str, Any]:
    """Return what stays of a sheet as it went out, with its digest (`bulletins.digest`)."""
    whole = {"reference": reference, "tlp": tlp, **said}
    return {**whole, "sha256": digest(whole)}


def is_empty(said: Mapping[str, Any]) -> bool:
    """Whether nothing happened that the sector has to know."""
    return not (said["changes"] or said["vulnerabilities"])


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
