"""Searching lakes at once, from the installation's own shell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.small_numbers import told
from noroshi.hunting import queries
from noroshi.hunting.domain.harmless import is_harmless, without_harmless
from noroshi.hunting.engine import Hit, HuntProgress, HuntResult, Needle
from noroshi.hunting.lake import open_lake


@dataclass(frozen=True)
class Searched:
    """What a search of lakes at once has found, judged by each organisation's own allow-list.

    What one organisation's list suppressed is told where that one was named; of all together, in how many
    organisations there was something, from three on and in steps of three. A list is its organisation's own.
    """

    result: HuntResult
    suppressed: list[queries.Suppressed]
    suppressed_in: int | None = None


@dataclass(frozen=True)
class Searching:
    """How far a search of lakes at once is: organisations, files of events that must be read, hits so far."""

    lakes: int
    lakes_done: int
    files: int
    files_read: int
    hits: int


def search_lakes(
    actor: Actor,
    *,
    needles: Sequence[Needle],
    organisation: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    harmless_too: bool = False,
    progress: Callable[[Searching], None] | None = None,
) -> Searched:
    """Search the lake of an organisation (None: all lakes) at once, for the installation's own shell.

    It makes no hunt: the ledger keeps who searched where for how many values. Hits name no events; those of values
    that a warning list calls harmless are left out and named, but for a search for `harmless_too`. `progress` is told
    how far it is, by the same judgement.
    """
    lakes = None if organisation is None else [organisation]
    lake, judge = open_lake(), queries.Judge()
    searched = lake.organisations() if lakes is None else lakes
    follow = progress and _Follower(len(searched), judge, progress, harmless_too=harmless_too)
    result = lake.hunt(needles, organisations=lakes, since=since, until=until, samples=False, progress=follow)
    if not harmless_too:
        result = without_harmless(result)
    result, suppressed = judge.judged(result)
    with transaction.atomic():
        ledger.record(actor, "hunting.lake.searched", lakes=lakes or [], values=len(needles), hits=len(result.hits))
    if lakes is None:
        return Searched(result, [], told(len({each.found.organisation for each in suppressed})))
    return Searched(result, suppressed)


class _Follower:
    """Tells how far a search is; counted are the hits that it will show."""

    def __init__(
        self, lakes: int, judge: queries.Judge, tell: Callable[[Searching], None], *, harmless_too: bool
    ) -> None:
        self._lakes = lakes
        self._judge = judge
        self._tell = tell
        self._harmless_too = harmless_too
        self._hits = 0

    def __call__(self, step: HuntProgress) -> None:
        hits = self._hits + sum(map(self._counts, step.hits))
        if step.organisations:
            self._hits = hits
        self._tell(Searching(self._lakes, self._lakes - step.waiting, step.files, step.files_read, hits))

    def _counts(self, hit: Hit) -> bool:
        harmless = not self._harmless_too and is_harmless(hit.type, hit.value)
        return not harmless and self._judge.allowing(hit) is None
