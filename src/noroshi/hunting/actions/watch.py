"""The watch: what signals name is looked for in logs as they arrive.

The index of what has arrived since the last watch is joined with the keys of all that signals name. What was met is
counted anew in all of the organisation's logs, and its hits are written like a hunt's: set, never added to; the events
behind them are read where the new ones can be among the earliest. So a watch may be repeated, and see twice what a
compaction has laid together; its end is marked in the transaction of its hits.
"""

from collections.abc import Iterable

from django.db import transaction

from noroshi.core import clock
from noroshi.hunting import queries
from noroshi.hunting.actions.hits import take_back, tell_owner, write_hits
from noroshi.hunting.engine import Earliest, Needle
from noroshi.hunting.engine import Hit as Found
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import UNDER_WAY, Hunt, WatchMark
from noroshi.members.models import Organisation


def watch_arrivals(organisation: Organisation) -> int:
    """Look for the values of signals in what has arrived of an organisation's logs; return how many hits are new."""
    lake = open_lake()
    mark, _made = WatchMark.objects.get_or_create(organisation=organisation)
    news = lake.arrived(organisation.slug, mark.arrival)
    if news is None:
        return 0
    known = queries.watchlist()  # read after the arrival: a signal that goes out later looks back on it
    met = known.met_since(organisation.slug, mark.arrival)
    asking = queries.asking_for(known, met, organisation)
    wanted = [needle for needle in met if any(needle in needles for needles in asking.values())]
    earliest = Earliest(queries.earliest_places(asking, organisation), news.first_time)
    found = lake.hunt(wanted, organisations=[organisation.slug], known=earliest).hits if wanted else ()
    return _finish(mark, news.number, asking, found)


@transaction.atomic
def _finish(mark: WatchMark, arrival: int, asking: dict[Hunt, set[Needle]], found: Iterable[Found]) -> int:
    """Write the hits of each hunt and how far the watch has come, all or nothing, once; return how many are new.

    While one of the hunts is under way the mark stays: the hunt may have read the lake before these logs came, and
    write its counts later.
    """
    if not WatchMark.objects.select_for_update().filter(pk=mark.pk, arrival=mark.arrival).exists():
        return 0  # another watch was quicker
    new, unfinished = 0, False
    for hunt in Hunt.everything.select_for_update().filter(pk__in=[hunt.pk for hunt in asking]).order_by("pk"):
        unfinished |= hunt.state in UNDER_WAY
        new += _write(hunt, mark.organisation, asking[hunt], found)
    if not unfinished:
        WatchMark.objects.filter(pk=mark.pk).update(arrival=arrival, watched_at=clock.now())
    return new


def _write(hunt: Hunt, organisation: Organisation, needles: set[Needle], found: Iterable[Found]) -> int:
    hits = [hit for hit in found if Needle(hit.type, hit.value) in needles]
    new = write_hits(hunt, organisation, hits)
    take_back(hunt, {(needle.type, needle.value) for needle in needles})
    if hits:
        tell_owner(hunt, organisation.pk, new)
    return new
