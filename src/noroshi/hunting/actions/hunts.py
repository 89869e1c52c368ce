"""Writes of the hunting room: hunts and their hits. Each verb checks, changes and writes the ledger in one transaction.

A hunt is asked for (`look_back_for`, `search_own_lake`), and a subscriber of "hunting.hunt.requested" puts it on the
job queue. `run_hunt` searches outside any transaction, then writes all its rows in one: killed before, it leaves
nothing; run again after, it finds its hunt done.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.small_numbers import told
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.hunting import policy, queries
from noroshi.hunting.actions.hits import hits_of, hunter, take_back, tell_owner, write_hits
from noroshi.hunting.domain.harmless import without_harmless
from noroshi.hunting.domain.value_list import ValueList, read_values
from noroshi.hunting.engine import HuntResult, Needle
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hunt, HuntState
from noroshi.members.models import Organisation

MAX_VALUES: Final = 50_000
MAX_REFUSED: Final = 1_000
MAX_LIST: Final = 2_000_000
"""Characters of a pasted or uploaded list."""


@transaction.atomic
def look_back_for(signal_id: UUID, version: int, world: str) -> Hunt | None:
    """Ask for the hunt of a signal's version; return it, or None where it was asked for before."""
    hunt, new = Hunt.everything.get_or_create(signal_id=signal_id, version=version, defaults={"world": world})
    if not new:
        return None
    ledger.record(hunter(hunt), "hunting.hunt.requested", hunt)
    return hunt


@transaction.atomic
def look_again(hunt: Hunt) -> None:
    """Ask for a finished hunt once more: its signal reaches more organisations now. What it found stays."""
    if Hunt.everything.filter(pk=hunt.pk, state=HuntState.DONE).update(state=HuntState.WAITING):
        ledger.record(hunter(hunt), "hunting.hunt.requested", hunt)


@transaction.atomic
def search_own_lake(
    actor: Actor,
    *,
    text: str,
    since: datetime | None = None,
    until: datetime | None = None,
    harmless_too: bool = False,
) -> Hunt:
    """Ask for the values of `text`, one a line, to be looked for in the logs of the actor's own organisation.

    Events with since <= time < until are looked at; hits of values that a warning list calls harmless are left out
    and named, but for a search for `harmless_too`.
    """
    organisation = policy.require_hunter(actor)
    found = values_in(text)
    if since and until and since >= until:
        raise InvalidInput("until", _("The time ends before it begins."))
    hunt = Hunt.everything.create(
        organisation_id=organisation,
        requested_by_id=actor.person,
        world=actor.world,
        values=[[value.type, value.value] for value in found.values],
        refused=[[line, ""] for line in found.refused[:MAX_REFUSED]],
        since=since,
        until=until,
        harmless_too=harmless_too,
    )
    ledger.record(actor, "hunting.hunt.requested", hunt, values=len(found.values))
    return hunt


@dataclass(frozen=True)
class Searched:
    """What a search of lakes at once has found, judged by each organisation's own allow-list.

    What one organisation's list suppressed is told where that one was named; of all together, in how many
    organisations there was something, from three on and in steps of three. A list is its organisation's own.
    """

    result: HuntResult
    suppressed: list[queries.Suppressed]
    suppressed_in: int | None = None


def search_lakes(
    actor: Actor,
    *,
    needles: Sequence[Needle],
    organisation: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    harmless_too: bool = False,
) -> Searched:
    """Search the lake of an organisation (None: all lakes) at once, for the installation's own shell.

    It makes no hunt: the ledger keeps who searched where for how many values. Hits name no events; those of values
    that a warning list calls harmless are left out and named, but for a search for `harmless_too`.
    """
    lakes = None if organisation is None else [organisation]
    result = open_lake().hunt(needles, organisations=lakes, since=since, until=until, samples=False)
    if not harmless_too:
        result = without_harmless(result)
    result, suppressed = queries.judged(result)
    with transaction.atomic():
        ledger.record(actor, "hunting.lake.searched", lakes=lakes or [], values=len(needles), hits=len(result.hits))
    if lakes is None:
        return Searched(result, [], told(len({each.found.organisation for each in suppressed})))
    return Searched(result, suppressed)


def run_hunt(hunt: Hunt) -> None:
    """Search the lakes the hunt may search and write down what was found; a hunt that is done stays as it is."""
    if not _begin(hunt):
        return
    try:
        lake = open_lake()
        scope = queries.scope_of(hunt, lake.organisations())
        needles = queries.needles_of(hunt)
        result = lake.hunt(needles, organisations=scope.keys(), since=hunt.since, until=hunt.until)
    except Exception:  # isolation point: the page says that it failed, the queue tries again
        Hunt.everything.filter(pk=hunt.pk).update(state=HuntState.FAILED)
        raise
    if hunt.signal_id is None and not hunt.harmless_too:  # of a signal's values, its author has said which count
        result = without_harmless(result)
    wanted = {(needle.type, needle.value) for needle in needles}
    finish_hunt(hunt, result, scope, wanted)


def _begin(hunt: Hunt) -> bool:
    """Mark the hunt as running; return whether there is anything to do."""
    rows = Hunt.everything.filter(pk=hunt.pk).exclude(state=HuntState.DONE)
    return bool(rows.update(state=HuntState.RUNNING))


@transaction.atomic
def finish_hunt(
    hunt: Hunt, result: HuntResult, scope: Mapping[str, Organisation], wanted: set[tuple[str, str]]
) -> None:
    """Write what the engine found: hits, sightings, events and the end of the hunt, all or nothing, once."""
    hunt = Hunt.everything.select_for_update().get(pk=hunt.pk)
    if hunt.state == HuntState.DONE:
        return
    for name, hits in groupby(result.hits, attrgetter("organisation")):
        new = write_hits(hunt, scope[name], hits)
        if hunt.signal_id is not None:
            tell_owner(hunt, scope[name].pk, new)
    take_back(hunt, wanted)
    hunt.state, hunt.finished_at = HuntState.DONE, clock.now()
    hunt.wall_seconds, hunt.cpu_seconds = result.wall_seconds, result.cpu_seconds
    hunt.refused = [*hunt.refused, *(list(pair) for pair in result.refused)][:MAX_REFUSED]
    hunt.scanned, hunt.capped = [[read.reason, read.files] for read in result.scanned], result.capped
    hunt.save()
    found = hits_of(hunt).filter(allowed=None).count()
    ledger.record(hunter(hunt), "hunting.hunt.finished", hunt, hits=found, lakes=len(scope), values=len(wanted))


def values_in(text: str) -> ValueList:
    """Return the values of a pasted or uploaded list; raise InvalidInput where it names none, TooLarge for too many."""
    if len(text) > MAX_LIST:
        raise TooLarge(_("The list is longer than %(limit)s characters.") % {"limit": f"{MAX_LIST:,}"})
    found = read_values(text.splitlines())
    if not found.values:
        raise InvalidInput("values", _("No line names a value that can be looked for."))
    if len(found.values) > MAX_VALUES:
        raise TooLarge(_("The list names more than %(limit)s values.") % {"limit": f"{MAX_VALUES:,}"})
    return found
