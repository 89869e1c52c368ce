"""Words that an institution watches: kept, looked for in what is new, and each record that names them judged once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy, queries
from noroshi.advisories.domain.watching import Terms, said_of
from noroshi.advisories.models import HitStage, Mention, TermKind, WatchHit, WatchTerm
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import bulk
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line

MOST_TERMS: Final = 500
LONGEST_TERM: Final = 100
SHORTEST_TERM: Final = 2
MAX_REASON: Final = 400
LOOKED_BACK: Final = timedelta(days=30)
"""So far back a new word is looked for."""
_OVERLAP: Final = timedelta(minutes=10)
"""What was being written down when somebody looked last is looked at again: no record is an entry twice.

It is written a thousand at a time, which takes seconds. Of a large load every five minutes of this cost a minute."""

Named = frozenset[tuple[str, str]]


@transaction.atomic
def watch_term(actor: Actor, *, kind: str, words: str) -> WatchTerm:
    """Watch a word from now on, and look for it in what the last thirty days brought. Raises InvalidInput."""
    policy.require_inventory_keeper(actor)
    said = one_line(words)
    if kind not in TermKind.values:
        raise InvalidInput("kind", _("Choose one of the list."))
    if not SHORTEST_TERM <= len(said) <= LONGEST_TERM:
        limits = {"shortest": SHORTEST_TERM, "longest": LONGEST_TERM}
        raise InvalidInput("words", _("Write %(shortest)s to %(longest)s characters.") % limits)
    mine = WatchTerm.everything.filter(organisation=actor.acting_organisation, world=actor.world)
    known = mine.filter(kind=kind, words=said).first()
    if known is not None:
        return known
    if mine.count() >= MOST_TERMS:
        raise Conflict(_("There are %(limit)s words: take some away first.") % {"limit": MOST_TERMS})
    row = WatchTerm.everything.create(
        organisation_id=actor.acting_organisation,
        world=actor.world,
        kind=kind,
        words=said,
        added_by_id=actor.person,
        looked_until=clock.now() - LOOKED_BACK,
    )
    ledger.record(actor, "advisories.term.watched", row, kind=kind)
    return row


@transaction.atomic
def unwatch_term(actor: Actor, term: WatchTerm) -> None:
    """Watch a word no more; what was found stays."""
    policy.require_inventory_keeper(actor)
    row = WatchTerm.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=term.pk).first()
    if row is None:
        raise NotFound
    ledger.record(actor, "advisories.term.unwatched", row, kind=row.kind)
    row.delete()


@transaction.atomic
def judge_watch_hit(actor: Actor, hit: WatchHit, *, concerns: bool, reason: str) -> WatchHit:
    """Say whether a record concerns the institution, and why; it may be judged anew."""
    policy.require_inventory_keeper(actor)
    row = WatchHit.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=hit.pk).first()
    if row is None:
        raise NotFound
    row.reason = checked_sentence("reason", reason, MAX_REASON)
    row.stage = HitStage.CONCERNS if concerns else HitStage.NOTHING
    row.judged_at, row.judged_by_id = clock.now(), actor.acting_person
    row.save(update_fields=["reason", "stage", "judged_at", "judged_by"])
    ledger.record(actor, "advisories.hit.judged", row, stage=row.stage)
    return row


@dataclass(frozen=True)
class _Record:
    """A record that names something: the item, and the vulnerability that it is of alone."""

    item: UUID
    title: str
    named: Named
    vulnerability: UUID | None = None


def look_for_terms(world: str) -> int:
    """Look for all watched words in what is new since somebody looked last; return how many entries were made."""
    terms = list(WatchTerm.everything.filter(world=world))
    if not terms:
        return 0
    began = clock.now()
    known = Terms({kind: [row.words for row in terms if row.kind == kind] for kind in TermKind.values})
    records = list(_of_vulnerabilities(_records(world, known, min(row.looked_until for row in terms))))
    by_owner: dict[UUID, set[tuple[str, str]]] = defaultdict(set)
    for row in terms:
        by_owner[row.organisation_id].add((row.kind, row.words))
    found = sum(_keep(owner, world, watched, records) for owner, watched in by_owner.items())
    WatchTerm.everything.filter(pk__in=[row.pk for row in terms]).update(looked_until=began)
    return found


def _records(world: str, terms: Terms, since: datetime) -> Iterator[_Record]:
    """Yield what names something, in the order in which it came.

    That order is made here of what was found: the database would write all that it reads to its disk to sort it.
    """
    rows = queries.revisions_since(world, since - _OVERLAP).order_by()
    columns = rows.values_list("seen_at", "pk", "item_id", "title", "summary", "claims")
    found: list[tuple[tuple[datetime, UUID], _Record]] = []
    for moment, number, item, title, summary, claims in columns.iterator(chunk_size=bulk.AT_ONCE):
        if named := terms.found_in(said_of(title, summary, claims)):
            found.append(((moment, number), _Record(item, title[:300], named)))
    yield from (record for _place, record in sorted(found, key=itemgetter(0)))


def _of_vulnerabilities(records: Iterable[_Record]) -> Iterator[_Record]:
    known = list(records)
    alone: dict[UUID, set[UUID]] = defaultdict(set)
    numbers = list({each.item for each in known})
    for part in bulk.parts(numbers):
        mentions = Mention.objects.filter(item__in=part)
        for item, vulnerability in mentions.values_list("item", "vulnerability"):
            alone[item].add(vulnerability)
    for each in known:
        (of, *others) = alone[each.item] or (None,)
        yield _Record(each.item, each.title, each.named, None if others else of)


@transaction.atomic
def _keep(owner: UUID, world: str, watched: set[tuple[str, str]], records: Iterable[_Record]) -> int:
    """Make an entry of each record that names a word of the owner and is none yet."""
    mine = WatchHit.everything.filter(organisation=owner, world=world)
    items = set(mine.values_list("item", flat=True))
    vulnerabilities = set(mine.exclude(vulnerability=None).values_list("vulnerability", flat=True))
    fresh, moment = [], clock.now()
    for each in records:
        words = sorted({words for kind, words in each.named & watched})
        if words and each.item not in items and each.vulnerability not in vulnerabilities:
            items.add(each.item)
            if each.vulnerability is not None:
                vulnerabilities.add(each.vulnerability)
            fresh.append(
                WatchHit(
                    organisation_id=owner,
                    world=world,
                    item_id=each.item,
                    vulnerability_id=each.vulnerability,
                    title=each.title,
                    words=words,
                    found_at=moment,
                )
            )
    WatchHit.everything.bulk_create(fresh, batch_size=bulk.AT_ONCE, ignore_conflicts=True)
    if fresh:
        ledger.record(Actor.system("advisories watch", world), "advisories.hits.found", fresh[0], new=len(fresh))
    return len(fresh)
