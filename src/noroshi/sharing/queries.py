"""Reads of the sharing room. Every one starts from `visible_to(actor)`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Exists, F, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item, State
from noroshi.core.domain.membership import MembershipClass, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.core.models import AudienceEntry, LedgerEntry
from noroshi.kit import search
from noroshi.members.models import Group, Organisation, Person
from noroshi.members.queries import active_people, actors_of, members_of
from noroshi.sharing.domain.ways import Way, way_to
from noroshi.sharing.models import Acknowledgement, Comment, Signal, SignalObservable, SignalVersion
from noroshi.sharing.policy import is_author

SEARCH_KIND = "signal"

Part = TypeVar("Part", bound=Model)


def signals_for(actor: Actor) -> QuerySet[Signal]:
    """Return the published (or withdrawn) signals that `actor` sees, newest first."""
    out = Signal.objects.visible_to(actor).filter(published_at__isnull=False)
    return out.order_by("-published_at", "-id")


def published_for(actor: Actor) -> QuerySet[Signal]:
    """Return the signals whose content `actor` may read, newest first."""
    return signals_for(actor).filter(state=State.PUBLISHED)


def tombstones_for(actor: Actor) -> QuerySet[Signal]:
    """Return what is left of withdrawn signals, for those who could see them: number, date and reason alone."""
    return signals_for(actor).filter(state=State.WITHDRAWN).order_by("-changed_at", "-id")


def drafts_of(actor: Actor) -> QuerySet[Signal]:
    """Return the actor's own drafts and what of theirs waits for release, newest first."""
    waiting = (State.DRAFT, State.HELD)
    return Signal.objects.visible_to(actor).filter(author=actor.person, state__in=waiting).order_by("-changed_at")


def waiting_for_release(actor: Actor) -> QuerySet[Signal]:
    """Return what a hub operator may release, oldest first: it has waited longest."""
    held = Signal.objects.visible_to(actor).filter(state=State.HELD).exclude(author=actor.person)
    return (held if actor.is_hub_operator else held.none()).order_by("changed_at")


def matching(actor: Actor, text: str) -> QuerySet[Signal]:
    """Return the signals that `actor` reads and whose words contain every word of `text`."""
    return published_for(actor).filter(search.matching(SEARCH_KIND, text))


def signal_for(actor: Actor, signal_id: UUID) -> Signal:
    """Return a signal that `actor` sees; raise NotFound where there is none, or not for them: one answer."""
    rows = Signal.objects.visible_to(actor).select_related("owner", "author__organisation")
    signal = rows.filter(pk=signal_id).first()
    if signal is None:
        raise NotFound
    return signal


def observables_of(actor: Actor, signal: Signal) -> QuerySet[SignalObservable]:
    """Return what the signal names, in the order of the text."""
    rows = SignalObservable.objects.visible_to(actor).select_related("observable")
    return _parts(rows, signal).order_by("id")


def comments_of(actor: Actor, signal: Signal) -> QuerySet[Comment]:
    """Return the comments on a signal, oldest first."""
    rows = Comment.objects.visible_to(actor).select_related("author__organisation")
    return _parts(rows, signal).order_by("created_at", "id")


def versions_of(actor: Actor, signal: Signal) -> QuerySet[SignalVersion]:
    """Return what a signal said before, the latest first."""
    return _parts(SignalVersion.objects.visible_to(actor), signal).order_by("-number")


def _parts(rows: "QuerySet[Part]", signal: Signal) -> "QuerySet[Part]":
    """Of a withdrawn signal a tombstone is left, and no part of what it was."""
    return rows.filter(signal=signal).exclude(signal__state=State.WITHDRAWN)


def not_acknowledged_by(actor: Actor) -> QuerySet[Signal]:
    """Return the published signals of others that nobody of the actor's organisation has taken note of.

    An anonymous signal of a colleague is among them: its absence would say whose it is.
    """
    taken = Acknowledgement.everything.filter(signal=OuterRef("pk"), organisation=actor.organisation)
    others = published_for(actor).exclude(owner=actor.organisation, author_mode=AuthorMode.NAMED)
    return others.exclude(author=actor.person).filter(~Exists(taken))


def has_acknowledged(actor: Actor, signal: Signal) -> bool:
    """Whether the actor has taken note."""
    return Acknowledgement.objects.visible_to(actor).filter(signal=signal, person=actor.person).exists()


def organisations_that_acknowledged(actor: Actor, signal: Signal) -> set[UUID]:
    """Return the organisations that took note: for the author, for nobody else."""
    if not is_author(actor, signal):
        return set()
    rows = Acknowledgement.objects.visible_to(actor).filter(signal=signal)
    return set(rows.values_list("organisation_id", flat=True))


@dataclass(frozen=True)
class Byline:
    """Who wrote something, as far as this reader may know; both empty where the author is anonymous."""

    person: str = ""
    organisation: str = ""
    own: bool = False

    @property
    def is_anonymous(self) -> bool:
        """Whether no name is shown."""
        return not self.organisation


def byline(actor: Actor, thing: Signal | Comment) -> Byline:
    """Return whom to show as the author. Anonymous means anonymous to everybody but the author.

    The public learns the organisation that speaks, not who sits there.
    """
    own = actor.person is not None and thing.author_id == actor.person
    if (thing.author_mode != AuthorMode.NAMED and not own) or thing.author is None:
        return Byline()
    person = "" if actor.is_visitor else thing.author.name
    return Byline(person, thing.author.organisation.name, own=own)


def groups_on_offer(actor: Actor) -> QuerySet[Group]:
    """Return the groups that the actor may grant to: its own, since who reads by a grant is shown to the author."""
    groups = Group.objects.filter(closed_at__isnull=True).order_by("slug")
    return groups if actor.is_hub_operator else groups.filter(pk__in=actor.groups)


def organisations_on_offer() -> QuerySet[Organisation]:
    """Return the organisations that can be granted something: all that take part, on this side of the wall."""
    members = Organisation.objects.exclude(membership=MembershipClass.SUPERVISOR)
    return members.filter(standing=Standing.ACTIVE).order_by("kind", "slug")


def entries_of_people(addresses: AbstractSet[str]) -> list[Entry]:
    """Return a line of the audience for each mail address; raise InvalidInput that names the unknown ones."""
    known = {person.email.lower(): person for person in active_people().filter(email__in=addresses)}
    if missing := sorted(addresses - set(known)):
        names = ", ".join(missing[:5]) + (" …" if len(missing) > 5 else "")  # noqa: PLR2004 - a sentence, not a list
        raise InvalidInput("people", _("Nobody here has the address: %(names)s") % {"names": names})
    return [Entry(EntryKind.PERSON, person.pk, person.organisation_id) for person in known.values()]


@dataclass(frozen=True)
class Reader:
    """Somebody who sees an item, and by which way."""

    person: Person
    way: Way


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


def reach(item: Item, people: Iterable[Person] | None = None) -> Reach:
    """Return who of `people` (None: of everybody) sees `item`, or would once it is published as it stands."""
    asked = list(active_people().order_by("organisation__slug", "name") if people is None else people)
    published = _as_published(item)
    found: dict[Organisation, list[Reader]] = defaultdict(list)
    now = clock.now()
    for person, reader in zip(asked, actors_of(asked), strict=True):
        way = way_to(replace(reader, world=item.world), published, now)
        if way is not None:
            found[person.organisation].append(Reader(person, way))
    return Reach(dict(found))


def _as_published(item: Item) -> Item:
    """Return `item` with the state and the lines that publishing gives it."""
    if item.state in (State.DRAFT, State.HELD) and item.tlp is TLP.RED:
        item = replace(item, audience=item.audience | frozen_lines(item.audience))
    return replace(item, state=State.PUBLISHED)


def frozen_lines(audience: Iterable[Entry]) -> frozenset[Entry]:
    """Return a line for everybody who belongs to a group of `audience` now: who reads a RED item by that group."""
    granted = {entry.target for entry in audience if entry.kind is EntryKind.GROUP and entry.target}
    groups = Group.objects.filter(pk__in=granted)
    return frozenset(
        Entry(EntryKind.FROZEN, person.pk, person.organisation_id) for group in groups for person in members_of(group)
    )


def may_know_reach(actor: Actor, signal: Signal) -> bool:
    """Whether the actor may see the list of readers: the author, and whoever releases it. Nobody else learns it."""
    return is_author(actor, signal) or (signal.state == State.HELD and actor.is_hub_operator)


def reach_known_to(actor: Actor, signal: Signal) -> Reach | None:
    """Return who reads a signal, for those who may know it."""
    return reach(item_known_to(actor, signal)) if may_know_reach(actor, signal) else None


def item_known_to(actor: Actor, signal: Signal) -> Item:
    """Return a signal as it is once published, for questions about its readers.

    Whoever releases what is anonymous asks as if nobody had written it: the author is a reader only where the
    audience would have made them one anyway.
    """
    item = _as_published(signal.as_item())
    return item if is_author(actor, signal) else item.without_hidden_author()


def people_reached(signal: Signal, people: Iterable[Person] | None = None) -> list[Person]:
    """Return the active people (of `people`) who see `signal`: those a notice goes to."""
    readers = reach(signal.as_item(), people).by_organisation.values()
    return [reader.person for group in readers for reader in group]


def audience_in_words(actor: Actor, signal: Signal) -> list[tuple[EntryKind, list[str]]]:
    """Return the lines that the author wrote, by kind, with their names; nothing for those who may not know them."""
    if not may_know_reach(actor, signal):
        return []
    entries = [row.as_entry() for row in AudienceEntry.objects.filter(item_id=signal.pk).order_by("id")]
    names = _names(entries)
    lines: dict[EntryKind, list[str]] = {kind: [] for kind in EntryKind if kind is not EntryKind.FROZEN}
    for entry in entries:
        if entry.kind in lines:
            lines[entry.kind].append(names.get(entry.target, "") if entry.target else "")
    return [(kind, targets) for kind, targets in lines.items() if targets]


def _names(entries: Sequence[Entry]) -> dict[UUID, str]:
    targets = {entry.target for entry in entries if entry.target}
    rooms: tuple[type[Any], ...] = (Organisation, Group, Person)
    return {row.pk: row.name for model in rooms for row in model.objects.filter(pk__in=targets)}


def under_lifted_embargo() -> QuerySet[Signal]:
    """Return the published signals whose embargo has ended, as long as nobody was told of it."""
    told = LedgerEntry.objects.filter(subject_id=OuterRef("pk"), action="sharing.signal.disclosed")
    rows = Signal.objects.unrestricted(reason="whose embargo has ended").filter(
        state=State.PUBLISHED, embargo_until__lte=clock.now(), embargo_until__gt=F("published_at")
    )
    return rows.filter(~Exists(told))
