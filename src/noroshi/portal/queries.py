"""What the portal's pages show, asked of the rooms below. Every read starts from `visible_to(actor)`."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from typing import Final
from uuid import UUID

from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.rules import Decision
from noroshi.core.domain.small_numbers import FEWEST
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.core.models import LedgerEntry, audiences_of
from noroshi.hunting import queries as hunting
from noroshi.hunting.models import Hit
from noroshi.hunting.policy import may_hunt
from noroshi.kit.domain.bigrams import Words
from noroshi.members.models import Group, Organisation, Person
from noroshi.members.queries import active_people, actors_of, groups_known_to, hidden_groups
from noroshi.notify.models import Notice
from noroshi.notify.presenters import Presentation, present
from noroshi.notify.queries import inbox_of
from noroshi.portal import policy
from noroshi.sharing import queries as sharing
from noroshi.sharing.models import Acknowledgement, GroupDocument, ReferenceAnswer, Signal
from noroshi.sharing.policy import is_author

DAYS: Final = 14
SHOWN: Final = 6
PUBLIC_SHOWN: Final = 20
MOST_COUNTED: Final = 99
MOST_PEOPLE: Final = 60


@dataclass(frozen=True)
class Some:
    """The first rows of something and how many there are, up to MOST_COUNTED."""

    rows: Sequence[Signal]
    count: int

    @property
    def count_text(self) -> str:
        """The number, or that there are more."""
        return f"{MOST_COUNTED}+" if self.count > MOST_COUNTED else str(self.count)


def _some(rows: QuerySet[Signal]) -> Some:
    return Some(list(rows[:SHOWN]), rows.order_by()[: MOST_COUNTED + 1].count())


def unread_notices(actor: Actor) -> list[tuple[Notice, Presentation | None]]:
    """Return the newest unread notices, each with what it is about as far as the actor may see it."""
    notices = list(inbox_of(actor).filter(read_at__isnull=True).order_by("-created_at", "-pk")[:SHOWN])
    shown = present(actor, notices)
    return [(notice, shown.get(notice.pk)) for notice in notices]


def to_acknowledge(actor: Actor) -> Some:
    """Return the signals of others, of the last days, that nobody of the own organisation has taken note of."""
    since = clock.now() - timedelta(days=DAYS)
    return _some(sharing.not_acknowledged_by(actor).filter(published_at__gte=since).exclude(tlp=TLP.CLEAR))


def latest_signals(actor: Actor) -> QuerySet[Signal]:
    """Return the newest signals that the actor sees."""
    return sharing.signals_for(actor).filter(state=State.PUBLISHED)[:SHOWN]


def public_signals(actor: Actor) -> QuerySet[Signal]:
    """Return the newest signals that everybody sees."""
    return sharing.signals_for(actor).filter(state=State.PUBLISHED, tlp=TLP.CLEAR)[:PUBLIC_SHOWN]


def searchable(actor: Actor, query: str) -> QuerySet[Signal]:
    """Return what `actor` can search; nothing as long as nothing is asked. A withdrawn signal has no words left."""
    signals = sharing.signals_for(actor).filter(state=State.PUBLISHED)
    return signals if query else signals.none()


def published_answers(actor: Actor, query: str) -> list[ReferenceAnswer]:
    """Return the hub's published answers that `actor` reads and that have the words asked for."""
    return list(sharing.references_matching(actor, query)[:SHOWN]) if query else []


def documents_of_groups(actor: Actor, query: str) -> list[GroupDocument]:
    """Return the documents of the actor's groups that have the words asked for."""
    return list(sharing.documents_matching(actor, query)[:SHOWN]) if query else []


def groups_named(actor: Actor, query: str) -> list[Group]:
    """Return the groups, of those that `actor` knows, whose names or purpose have the words asked for."""
    groups = groups_known_to(actor).order_by("slug") if query else []
    return list(islice((group for group in groups if Words(_words_of(group)).match(query)), SHOWN))


def _words_of(group: Group) -> str:
    return f"{group.name_ja}\n{group.name_en}\n{group.purpose_ja}\n{group.purpose_en}"


def waiting_for_release(actor: Actor) -> Some:
    """Return what a hub operator may release, what has waited longest first."""
    return _some(sharing.waiting_for_release(actor))


def hits_by_day(actor: Actor) -> list[tuple[date, int]]:
    """Return (day, values found in the own logs) of the last days; nothing for those who do not hunt."""
    return hunting.hits_by_day(actor, DAYS) if may_hunt(actor) else []


def told(number: int) -> int | None:
    """Return a number about organisations if there are enough of them to hide each other, else None."""
    return number if number >= FEWEST else None


def organisations_hit(actor: Actor) -> int | None:
    """Return in how many organisations' logs something was found lately, by signals that the actor sees.

    None below the number from which it may be told. For hub operators: the others have their own hits alone.
    """
    since = clock.now() - timedelta(days=DAYS)
    hits = Hit.objects.unrestricted(reason="a count over organisations, told from three on")
    hits = hits.filter(
        world=actor.world, created_at__gte=since, hunt__signal__in=sharing.published_for(actor).order_by()
    )
    return told(hits.values("organisation").distinct().count())


@dataclass(frozen=True)
class Acknowledged:
    """How far a signal was taken note of. Numbers are None where they are too small to be told.

    `missing` names the organisations that have not; None for those who may not know whom it reached.
    """

    signal: Signal
    reached: int | None
    acknowledged: int | None
    missing: list[Organisation] | None


def acknowledgement_progress(actor: Actor) -> list[Acknowledged]:
    """Return how far the latest signals were taken note of: counts; names for the author alone."""
    since = clock.now() - timedelta(days=DAYS)
    recent = sharing.signals_for(actor).filter(state=State.PUBLISHED, published_at__gte=since).exclude(tlp=TLP.CLEAR)
    signals = list(recent[:SHOWN])
    reached = _organisations_reached(signals)
    taken = _organisations_that_acknowledged(signals)
    names = {row.pk: row for row in Organisation.objects.filter(pk__in=set().union(*reached.values()))}
    return [
        Acknowledged(
            signal=signal,
            reached=told(len(reached[signal.pk])),
            acknowledged=told(len(reached[signal.pk] & taken[signal.pk])),
            missing=_named(names, reached[signal.pk] - taken[signal.pk]) if is_author(actor, signal) else None,
        )
        for signal in signals
    ]


def _named(names: dict[UUID, Organisation], numbers: Iterable[UUID]) -> list[Organisation]:
    return sorted((names[number] for number in numbers), key=lambda row: row.slug)


def _organisations_reached(signals: Collection[Signal]) -> dict[UUID, set[UUID]]:
    """Return which organisations have somebody who sees each signal; one pass over the people.

    The owner is left out, but not that of an anonymous signal: a number that lacks it would tell who it is.
    """
    audiences = audiences_of([signal.pk for signal in signals])
    items = {signal.pk: signal.with_audience(audiences[signal.pk]).without_hidden_author() for signal in signals}
    found: dict[UUID, set[UUID]] = {number: set() for number in items}
    if not items:
        return found
    now = clock.now()
    for reader in actors_of(active_people()):
        walk = rules.viewing(reader, now)
        for number, item in items.items():
            own = item.author_mode is AuthorMode.NAMED and reader.organisation == item.owner
            if reader.organisation and not own and rules.decide(walk, item).allowed:
                found[number].add(reader.organisation)
    return found


def _organisations_that_acknowledged(signals: Collection[Signal]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {signal.pk: set() for signal in signals}
    rows = Acknowledgement.objects.unrestricted(reason="counts over organisations, told from three on")
    for number, organisation in rows.filter(signal__in=signals).values_list("signal_id", "organisation_id"):
        found[number].add(organisation)
    return found


@dataclass(frozen=True)
class Verdict:
    """Whether a person sees an item, and by which rule."""

    person: Person
    decision: Decision


def may_ask_about_others(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may ask why others see it or do not: its author, and hub operators while it is held."""
    return sharing.may_know_reach(actor, signal)


def verdicts(actor: Actor, signal: Signal, name: str) -> list[Verdict]:
    """Return why the people whose name, address or organisation contains `name` see the signal once published.

    Raises NotFound for those who may not ask. An anonymous author stays unknown to who releases: for them it is
    decided as if the author were nobody.
    """
    if not may_ask_about_others(actor, signal):
        raise NotFound
    item = sharing.item_known_to(actor, signal)
    people = list(_people_called(name)) if name else []
    now = clock.now()
    return [
        Verdict(person, rules.decide(rules.viewing(reader, now), item))
        for person, reader in zip(people, actors_of(people), strict=True)
    ]


def _people_called(name: str) -> QuerySet[Person]:
    people = active_people().order_by("organisation__slug", "name", "pk")
    fields = ("name", "email", "organisation__name_ja", "organisation__name_en", "organisation__slug")
    found = people.none()
    for field in fields:
        found = found | people.filter(**{f"{field}__icontains": name})
    return found[:MOST_PEOPLE]


def ledger_entries(actor: Actor) -> QuerySet[LedgerEntry]:
    """Return the ledger as `actor` may audit it: the hub's auditors all of it, a member's what its own people did."""
    if not policy.may_audit(actor):
        raise NotFound
    entries = LedgerEntry.objects.filter(world=actor.world).defer("payload", "reason")
    if policy.may_audit_everything(actor):
        return entries
    unknown = hidden_groups(actor).values("pk")  # not even the number of a confidential group in which a colleague is
    kept = sharing.documents_in(unknown)
    own = entries.filter(organisation=actor.organisation).exclude(subject="members.group", subject_id__in=unknown)
    return own.exclude(subject="sharing.groupdocument", subject_id__in=kept)
