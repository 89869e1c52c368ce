"""Reads of the sharing room. Every one starts from `visible_to(actor)`."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.errors import NotFound
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.members.models import Group, Organisation, Person
from noroshi.members.queries import active_people, actors_of
from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable
from noroshi.sharing.policy import is_author

SEARCH_KIND = "signal"


def signals_for(actor: Actor) -> QuerySet[Signal]:
    """Return the published (or withdrawn) signals that `actor` sees, newest first."""
    out = Signal.objects.visible_to(actor).filter(published_at__isnull=False)
    return out.order_by("-published_at", "-id")


def drafts_of(actor: Actor) -> QuerySet[Signal]:
    """Return the actor's own drafts and what of theirs waits for release, newest first."""
    waiting = (State.DRAFT, State.HELD)
    return Signal.objects.visible_to(actor).filter(author=actor.person, state__in=waiting).order_by("-changed_at")


def waiting_for_release(actor: Actor) -> QuerySet[Signal]:
    """Return what a hub operator may release, oldest first: it has waited longest."""
    held = Signal.objects.visible_to(actor).filter(state=State.HELD).exclude(author=actor.person)
    return (held if actor.is_hub_operator else held.none()).order_by("changed_at")


def matching(actor: Actor, text: str) -> QuerySet[Signal]:
    """Return the signals that `actor` sees and whose words contain every word of `text`."""
    return signals_for(actor).filter(search.matching(SEARCH_KIND, text))


def signal_for(actor: Actor, signal_id: UUID) -> Signal:
    """Return a signal that `actor` sees; raise NotFound where there is none, or not for them: one answer."""
    signal = Signal.objects.visible_to(actor).select_related("owner", "author").filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    return signal


def observables_of(actor: Actor, signal: Signal) -> QuerySet[SignalObservable]:
    """Return what the signal names, in the order of the text."""
    rows = SignalObservable.objects.visible_to(actor).select_related("observable")
    return rows.filter(signal=signal).order_by("id")


def comments_of(actor: Actor, signal: Signal) -> QuerySet[Comment]:
    """Return the comments on a signal, oldest first."""
    rows = Comment.objects.visible_to(actor).select_related("author__organisation")
    return rows.filter(signal=signal).order_by("created_at")


def not_acknowledged_by(actor: Actor) -> QuerySet[Signal]:
    """Return the published signals of others that nobody of the actor's organisation has taken note of."""
    taken = Acknowledgement.everything.filter(signal=OuterRef("pk"), organisation=actor.organisation)
    return signals_for(actor).filter(~Exists(taken), state=State.PUBLISHED).exclude(owner=actor.organisation)


def has_acknowledged(actor: Actor, signal: Signal) -> bool:
    """Whether the actor has taken note."""
    return Acknowledgement.objects.visible_to(actor).filter(signal=signal, person=actor.person).exists()


@dataclass(frozen=True)
class Byline:
    """Who wrote something, as far as this reader may know; both empty where the author is anonymous."""

    person: str = ""
    organisation: str = ""
    own: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether no name is shown."""
        return not self.person


def byline(actor: Actor, thing: Signal | Comment) -> Byline:
    """Return whom to show as the author. Anonymous means anonymous to everybody but the author."""
    own = actor.person is not None and thing.author_id == actor.person
    if (thing.author_mode != AuthorMode.NAMED and not own) or thing.author is None:
        return Byline()
    return Byline(thing.author.name, thing.author.organisation.name, own=own)


@dataclass(frozen=True)
class Reader:
    """Somebody who sees an item, and by which rule."""

    person: Person
    rule: str


@dataclass(frozen=True)
class Reach:
    """Who sees an item: the people, by organisation."""

    by_organisation: dict[Organisation, list[Reader]]

    @property
    def organisations(self) -> int:
        """How many organisations."""
        return len(self.by_organisation)

    @property
    def people(self) -> int:
        """How many people."""
        return sum(len(readers) for readers in self.by_organisation.values())


def reach(item: Item) -> Reach:
    """Return who sees `item`, or would once it is published as it stands. For its author, and for a release."""
    published = Item(**{**vars(item), "state": State.PUBLISHED})
    people = list(active_people().order_by("organisation__slug", "name"))
    found: dict[Organisation, list[Reader]] = defaultdict(list)
    now = clock.now()
    for person, reader in zip(people, actors_of(people), strict=True):
        decision = rules.decide(rules.viewing(reader, now), published)
        if decision.allowed:
            found[person.organisation].append(Reader(person, decision.rule))
    return Reach(dict(found))


def may_know_reach(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may see the list of readers: the author, and whoever releases it. Nobody else learns it."""
    return is_author(actor, signal) or (signal.state == State.HELD and actor.is_hub_operator)


def people_reached(signal: Signal) -> list[Person]:
    """Return the active people who see `signal`: those a notice goes to."""
    readers = reach(signal.as_item()).by_organisation.values()
    return [reader.person for group in readers for reader in group]


def audience_lines(signal: Signal) -> dict[EntryKind, list[str]]:
    """Return the audience in words, by kind of line; for those who `may_know_reach`."""
    entries = [row.as_entry() for row in AudienceEntry.objects.filter(item_id=signal.pk).order_by("id")]
    names = _names(entries)
    lines: dict[EntryKind, list[str]] = defaultdict(list)
    for entry in entries:
        lines[entry.kind].append(names.get(entry.target, "") if entry.target else "")
    return dict(lines)


def _names(entries: Iterable[Entry]) -> dict[UUID, str]:
    targets = {entry.target for entry in entries if entry.target}
    found: dict[UUID, str] = {row.pk: row.name for row in Organisation.objects.filter(pk__in=targets)}
    found |= {row.pk: row.name for row in Group.objects.filter(pk__in=targets)}
    found |= {row.pk: row.name for row in Person.objects.filter(pk__in=targets)}
    return found
