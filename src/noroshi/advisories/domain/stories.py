"""Which items tell one story: by the vulnerabilities that they are about, always; by their words, as a suggestion.

A digest (a weekly report, a long list of identifiers) speaks of many things that have nothing else in common: it glues
nothing. What a person has decided about a story the machine takes back in no case: such a story takes in what belongs
to it, and is never made a part of another one. A locked story takes in nothing.
"""

import json
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from noroshi.advisories.domain.records import ClaimKind

MANY: Final = 10
"""An item about more vulnerabilities than this is a list, whatever its source calls it."""
ALIKE: Final = 0.5
"""Titles that share so much of their pairs of characters are suggested as one story."""
WEIGHTY: Final = frozenset(
    {ClaimKind.KEV, ClaimKind.SEVERITY, ClaimKind.AFFECTED, ClaimKind.REMEDY, ClaimKind.STATE, ClaimKind.SSVC}
)
"""Claims that change what somebody does. A score of EPSS moves every night, and a weakness is a classification."""

K = TypeVar("K")


def glue_of(keys: Collection[K], *, is_digest: bool) -> frozenset[K]:
    """Return by what an item is joined to others: nothing where it lists many."""
    return frozenset() if is_digest or len(keys) > MANY else frozenset(keys)


@dataclass(frozen=True, slots=True)
class Standing:
    """A story, as far as it matters to where an item goes. Of two numbers the smaller is the elder's."""

    number: UUID
    is_touched: bool = False
    """Whether a person has decided anything about it."""
    is_locked: bool = False


@dataclass(frozen=True, slots=True)
class Placement:
    """Where an item goes."""

    story: UUID
    is_new: bool
    absorbed: tuple[UUID, ...] = ()
    """Stories that are one with it by this item."""


class Joining:
    """Stories by what glues them, and items placed one by one."""

    def __init__(self, known: Iterable[tuple[UUID, Standing]] = ()) -> None:
        self._stories: dict[UUID, set[Standing]] = defaultdict(set)
        for key, standing in known:
            self._stories[key].add(standing)

    def place(self, glue: Collection[UUID], fresh: UUID, current: Standing | None = None) -> Placement:
        """Say where an item with `glue` goes: to `fresh` where no story is to be joined.

        One that is in a story already (`current`) stays in it, and may bring others to it.
        """
        shared: dict[Standing, int] = defaultdict(int)
        for key in glue:
            for standing in self._stories.get(key, ()):
                shared[standing] += 1
        chosen, is_new = self._chosen(shared, fresh, current)
        others = [each for each in sorted(shared, key=lambda each: each.number) if each != chosen]
        absorbed = [] if chosen.is_locked else [each for each in others if not (each.is_touched or each.is_locked)]
        if current is not None and current != chosen and current not in absorbed:
            absorbed.append(current)
        self._note(glue, chosen, absorbed)
        return Placement(chosen.number, is_new, tuple(each.number for each in absorbed))

    def _chosen(self, shared: Mapping[Standing, int], fresh: UUID, current: Standing | None) -> tuple[Standing, bool]:
        if current is not None and (current.is_touched or current.is_locked):
            return current, False
        open_ = {each: count for each, count in shared.items() if not each.is_locked}
        if current is not None:
            open_.setdefault(current, 0)
        if not open_:
            return Standing(fresh), True
        return min(open_, key=lambda each: (not each.is_touched, -open_[each], each.number)), False

    def _note(self, glue: Collection[UUID], chosen: Standing, absorbed: Collection[Standing]) -> None:
        gone = set(absorbed)
        if gone:
            touched = [key for key, stories in self._stories.items() if stories & gone]
            self._stories.update({key: self._stories[key] - gone | {chosen} for key in touched})
        for key in glue:
            self._stories[key].add(chosen)


def likeness(one: str, other: str) -> float:
    """Return how alike two texts are, from 0 to 1: the share of their pairs of characters that both have (Jaccard).

    Pairs need no words, so that Japanese is compared as English is.
    """
    return likeness_of(pairs(one), pairs(other))


def likeness_of(one: frozenset[str], other: frozenset[str]) -> float:
    """Return how alike two sets of pairs are."""
    together = len(one | other)
    return len(one & other) / together if together else 0.0


def pairs(text: str) -> frozenset[str]:
    """Return the pairs of characters of a text in one width and case, without spaces and punctuation."""
    plain = bare(text)
    return frozenset(plain[place : place + 2] for place in range(len(plain) - 1)) or frozenset({plain} - {""})


def bare(text: str) -> str:
    """Return the letters and digits of a text, in one width and case."""
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


@dataclass(frozen=True, slots=True)
class Version:
    """What a revision says, as far as it can matter to somebody who looked at the one before."""

    title: str = ""
    summary: str = ""
    names: tuple[str, ...] = ()
    claims: tuple[Mapping[str, Any], ...] = ()


def news_in(before: Version, after: Version) -> tuple[str, ...]:
    """Return which parts say something else that matters: not another spelling, another date or a name less."""
    found = {
        "title": bare(before.title) != bare(after.title),
        "summary": bare(before.summary) != bare(after.summary),
        "names": bool(set(after.names) - set(before.names)),
        "claims": _weighty(before) != _weighty(after),
    }
    return tuple(part for part, differs in found.items() if differs)


def _weighty(version: Version) -> frozenset[str]:
    return frozenset(json.dumps(claim, sort_keys=True) for claim in version.claims if claim.get("kind") in WEIGHTY)
