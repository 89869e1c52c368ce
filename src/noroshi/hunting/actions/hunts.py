"""Writes of the hunting room: hunts and their hits. Each verb checks, changes and writes the ledger in one transaction.

A hunt is asked for (`look_back_for`, `search_own_lake`), and a subscriber of "hunting.hunt.requested" puts it on the
job queue. `run_hunt` searches outside any transaction, then writes all its rows in one: killed before, it leaves
nothing; run again after, it finds its hunt done.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.hunting import policy, queries
from noroshi.hunting.domain.harmless import without_harmless
from noroshi.hunting.domain.value_list import ValueList, read_values
from noroshi.hunting.engine import Hit as Found
from noroshi.hunting.engine import HuntResult, Needle
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Hit, Hunt, HuntState
from noroshi.intel.actions import record_sighting
from noroshi.intel.models import SightingSource
from noroshi.members.models import Organisation
from noroshi.sharing.models import Signal

MAX_VALUES: Final = 50_000
MAX_REFUSED: Final = 1_000
MAX_LIST: Final = 2_000_000
"""Characters of a pasted or uploaded list."""

Key = tuple[UUID, str, str]


@transaction.atomic
def look_back_for(signal_id: UUID, version: int, world: str) -> Hunt | None:
    """Ask for the hunt of a signal's version; return it, or None where it was asked for before."""
    hunt, new = Hunt.everything.get_or_create(signal_id=signal_id, version=version, defaults={"world": world})
    if not new:
        return None
    ledger.record(_hunter(hunt), "hunting.hunt.requested", hunt)
    return hunt


@transaction.atomic
def look_again(hunt: Hunt) -> None:
    """Ask for a finished hunt once more: its signal reaches more organisations now. What it found stays."""
    if Hunt.everything.filter(pk=hunt.pk, state=HuntState.DONE).update(state=HuntState.WAITING):
        ledger.record(_hunter(hunt), "hunting.hunt.requested", hunt)


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
    found = _values_in(text)
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


def search_lakes(
    actor: Actor,
    *,
    needles: Sequence[Needle],
    organisations: Collection[str] | None,
    since: datetime | None = None,
    until: datetime | None = None,
    harmless_too: bool = False,
) -> HuntResult:
    """Search the lakes of `organisations` (None: all) at once, for the installation's own shell.

    It makes no hunt: the ledger keeps who searched where for how many values. Hits name no events; those of values
    that a warning list calls harmless are left out and named, but for a search for `harmless_too`.
    """
    result = open_lake().hunt(needles, organisations=organisations, since=since, until=until, samples=False)
    if not harmless_too:
        result = without_harmless(result)
    with transaction.atomic():
        ledger.record(
            actor, "hunting.lake.searched", lakes=list(organisations or []), values=len(needles), hits=len(result.hits)
        )
    return result


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
    new = write_hits(hunt, [(scope[hit.organisation], hit) for hit in result.hits], wanted)
    if hunt.signal is not None:
        tell_owners(hunt, hunt.signal, new)
    hunt.state, hunt.finished_at = HuntState.DONE, clock.now()
    hunt.wall_seconds, hunt.cpu_seconds = result.wall_seconds, result.cpu_seconds
    hunt.refused = [*hunt.refused, *(list(pair) for pair in result.refused)][:MAX_REFUSED]
    hunt.scanned, hunt.capped = [[read.reason, read.files] for read in result.scanned], result.capped
    hunt.save()
    ledger.record(
        _hunter(hunt), "hunting.hunt.finished", hunt, hits=len(result.hits), lakes=len(scope), values=len(wanted)
    )


def write_hits(
    hunt: Hunt, found: Sequence[tuple[Organisation, Found]], wanted: set[tuple[str, str]]
) -> dict[UUID, int]:
    """Write the hits; return how many values are new, by organisation.

    Where an earlier hunt of the same signal had found a value, its hit is brought up to date instead. Hits of values
    that the signal no longer names are taken back with them.
    """
    known = {} if hunt.signal_id is None else _known_hits(hunt.signal_id)
    fresh: list[Hit] = []
    renewed: list[Hit] = []
    for organisation, hit in found:
        row = known.get((organisation.pk, hit.type, hit.value))
        (renewed if row else fresh).append(_filled(row or Hit(hunt=hunt, organisation=organisation), hit))
    Hit.everything.bulk_create(fresh, batch_size=500)
    Hit.everything.bulk_update(renewed, ["first_seen", "last_seen", "count", "samples"], batch_size=500)
    stale = [row.pk for (_organisation, *value), row in known.items() if tuple(value) not in wanted]
    Hit.everything.filter(pk__in=stale).delete()
    return _count_by_organisation(fresh)


def _known_hits(signal_id: UUID) -> dict[Key, Hit]:
    rows = Hit.everything.filter(hunt__signal=signal_id)
    return {(row.organisation_id, row.type, row.value): row for row in rows}


def _filled(row: Hit, hit: Found) -> Hit:
    row.world, row.type, row.value = row.hunt.world, hit.type, hit.value
    row.first_seen, row.last_seen, row.count = hit.first_seen, hit.last_seen, hit.count
    row.samples = [
        {"time": at.time.isoformat(), "source": at.source, "file": at.file_name, "line": at.line} for at in hit.samples
    ]
    return row


def _count_by_organisation(hits: Iterable[Hit]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    for hit in hits:
        counts[hit.organisation_id] = counts.get(hit.organisation_id, 0) + 1
    return counts


class _Total(NamedTuple):
    events: int
    first_seen: datetime
    last_seen: datetime


def tell_owners(hunt: Hunt, signal: Signal, new: Mapping[UUID, int]) -> None:
    """Write the event of each organisation in which something new was found, and what each has seen by now."""
    actor = _hunter(hunt)
    for organisation, hits in new.items():
        ledger.record(actor, "hunting.hit.found", hunt, hunt=hunt.pk, organisation=organisation, hits=hits)
    for organisation, total in _totals(signal).items():
        record_sighting(
            actor,
            item_id=signal.pk,
            organisation=organisation,
            source=SightingSource.LOGS,
            count=total.events,
            first_seen=total.first_seen,
            last_seen=total.last_seen,
        )


def _totals(signal: Signal) -> dict[UUID, _Total]:
    totals: dict[UUID, _Total] = {}
    for hit in Hit.everything.filter(hunt__signal=signal):
        before = totals.get(hit.organisation_id, _Total(0, hit.first_seen, hit.last_seen))
        totals[hit.organisation_id] = _Total(
            before.events + hit.count,
            min(before.first_seen, hit.first_seen),
            max(before.last_seen, hit.last_seen),
        )
    return totals


def _values_in(text: str) -> ValueList:
    if len(text) > MAX_LIST:
        raise TooLarge(_("The list is longer than %(limit)s characters.") % {"limit": f"{MAX_LIST:,}"})
    found = read_values(text.splitlines())
    if not found.values:
        raise InvalidInput("values", _("No line names a value that can be looked for."))
    if len(found.values) > MAX_VALUES:
        raise TooLarge(_("The list names more than %(limit)s values.") % {"limit": f"{MAX_VALUES:,}"})
    return found


def _hunter(hunt: Hunt) -> Actor:
    """Return the installation itself, in the hunt's world."""
    return Actor.system("look-back", world=hunt.world)
