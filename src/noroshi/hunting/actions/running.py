"""Running a hunt: the lake is searched outside any transaction, and what is known is written as it becomes known.

The hits of each organisation are written, and its owner told, in one transaction once all its logs were searched; of a
search by a person, what is known so far is shown before. A hunt whose worker was killed begins again, and finds its own
hits: it brings them up to date, and tells nobody twice. The end is written once.
"""

import time
from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from noroshi.core import clock, ledger
from noroshi.hunting import queries
from noroshi.hunting.actions.hits import hits_of, hunter, take_back, tell_owner, write_hits
from noroshi.hunting.domain.harmless import is_harmless, without_harmless
from noroshi.hunting.engine import Hit as Found
from noroshi.hunting.engine import HuntProgress, HuntResult
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import ENDED, Hunt, HuntState
from noroshi.members.models import Organisation

MAX_REFUSED: Final = 1_000
PAUSE: Final = 0.5
"""Seconds between two notes of how far a hunt is, unless an organisation is done."""
REST: Final = 10
"""For so many times as long as a note took, none is made: what is found so far must not hold up the rest."""


class _OvertakenError(Exception):
    """A person has stopped the hunt, or another worker has ended it."""


def run_hunt(hunt: Hunt) -> None:
    """Search the lakes the hunt may search and write down what is found; a hunt that has ended stays as it is."""
    if not _begin(hunt):
        return
    try:
        lake = open_lake()
        scope = queries.scope_of(hunt, lake.organisations())
        needles = queries.needles_of(hunt)
        write = _Writer(hunt, scope)
        result = lake.hunt(needles, organisations=scope.keys(), since=hunt.since, until=hunt.until, progress=write)
        _finish(hunt, result, scope, {(needle.type, needle.value) for needle in needles})
    except _OvertakenError:
        return
    except Exception:  # isolation point: the page says that it failed, the queue tries again
        _running(hunt).update(state=HuntState.FAILED)
        raise


def _begin(hunt: Hunt) -> bool:
    """Mark the hunt as running from its beginning; return whether there is anything to do."""
    rows = Hunt.everything.filter(pk=hunt.pk).exclude(state__in=ENDED)
    return bool(rows.update(state=HuntState.RUNNING, lakes=0, lakes_done=0, parts=0, files=0, files_read=0))


class _Writer:
    """Writes how far a hunt is, and what it has found, whenever the engine tells; raises once it has been overtaken."""

    def __init__(self, hunt: Hunt, scope: Mapping[str, Organisation]) -> None:
        self._hunt = hunt
        self._scope = scope
        self._due = 0.0

    def __call__(self, step: HuntProgress) -> None:
        """Take in what the engine tells."""
        began = time.monotonic()
        if not step.organisations and began < self._due:
            return
        with transaction.atomic():
            self._note(step)
            if step.organisations or self._hunt.signal_id is None:
                self._write(step.hits, so_far=not step.organisations)
        now = time.monotonic()
        self._due = now + max(PAUSE, REST * (now - began))

    def _note(self, step: HuntProgress) -> None:
        rows = _running(self._hunt)
        done = len(self._scope) - step.waiting
        if not rows.update(
            lakes=len(self._scope),
            lakes_done=done,
            parts=step.parts,
            files=step.files,
            files_read=step.files_read,
        ):
            raise _OvertakenError

    def _write(self, found: Sequence[Found], *, so_far: bool) -> None:
        for name, hits in groupby(found, attrgetter("organisation")):
            new = write_hits(self._hunt, self._scope[name], filter(self._counts, hits), so_far=so_far)
            if self._hunt.signal_id is not None:
                tell_owner(self._hunt, self._scope[name].pk, new)

    def _counts(self, hit: Found) -> bool:
        return _shows_harmless(self._hunt) or not is_harmless(hit.type, hit.value)


def _running(hunt: Hunt) -> QuerySet[Hunt]:
    return Hunt.everything.filter(pk=hunt.pk, state=HuntState.RUNNING)


def _shows_harmless(hunt: Hunt) -> bool:
    """Whether values count that a warning list calls harmless: of a signal's, its author has said which do."""
    return hunt.signal_id is not None or hunt.harmless_too


@transaction.atomic
def _finish(hunt: Hunt, result: HuntResult, scope: Collection[str], wanted: set[tuple[str, str]]) -> None:
    """Write the end of the hunt, all or nothing, once; hits that do not belong to it (any more) go with it."""
    if not _shows_harmless(hunt):
        result = without_harmless(result)
    if not _running(hunt).update(
        state=HuntState.DONE,
        finished_at=clock.now(),
        wall_seconds=result.wall_seconds,
        cpu_seconds=result.cpu_seconds,
        refused=[*hunt.refused, *(list(pair) for pair in result.refused)][:MAX_REFUSED],
        scanned=[[read.reason, read.files] for read in result.scanned],
        capped=result.capped,
    ):
        raise _OvertakenError
    take_back(hunt, wanted if hunt.signal_id else {(hit.type, hit.value) for hit in result.hits})
    found = hits_of(hunt).filter(allowed=None).count()
    ledger.record(hunter(hunt), "hunting.hunt.finished", hunt, hits=found, lakes=len(scope), values=len(wanted))
