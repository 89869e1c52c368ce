"""Who can be granted something, and who reads it then."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry, EntryKind, Item, State
from noroshi.core.domain.membership import MembershipClass, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.core.models import AudienceEntry
from noroshi.members.models import Group, Organisation, Person
from noroshi.members.queries import account_named, active_people, hidden_groups, members_of
from noroshi.sharing.domain.ways import Way
from noroshi.sharing.models import Signal
from noroshi.sharing.policy import is_author
from noroshi.sharing.queries.readership import Readership, candidates_of, readership, ways_to


def groups_on_offer(actor: Actor) -> QuerySet[Group]:
    """Return the groups that the actor may grant to: its own, since who reads by a grant is shown to the author.

    A hub operator may grant to any, but to a confidential one only where it belongs to it.
    """
    own = Q(pk__in=actor.groups)
    groups = Group.objects.filter(closed_at__isnull=True).order_by("slug")
    return groups.filter(own | Q(confidential=False) if actor.is_hub_operator else own)


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


def guest_named(email: str) -> Person:
    """Return whoever has the account with exactly this mail address; raise InvalidInput where nobody does."""
    person = account_named(email)
    if person is None:
        raise InvalidInput("email", _("There is no such account."))
    return person


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
    known = {person.pk: person for person in asked}
    candidates = candidates_of(None if people is None else list(known))
    ways = {who.person: way for who, way in ways_to(as_published(item), candidates)}
    found: dict[Organisation, list[Reader]] = defaultdict(list)
    for person in asked:
        if person.pk in ways:
            found[person.organisation].append(Reader(person, ways[person.pk]))
    return Reach(dict(found))


def as_published(item: Item) -> Item:
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


def reach_known_to(actor: Actor, signal: Signal) -> Readership | None:
    """Return who reads a signal, for those who may know it."""
    return readership(actor, item_known_to(actor, signal)) if may_know_reach(actor, signal) else None


def foretold_to(actor: Actor, item: Item) -> Readership:
    """Return who would read an item that the actor composes, once it is published as it stands."""
    return readership(actor, as_published(item))


def item_known_to(actor: Actor, signal: Signal) -> Item:
    """Return a signal as it is once published, for questions about its readers.

    Whoever releases what is anonymous asks as if nobody had written it: the author is a reader only where the
    audience would have made them one anyway.
    """
    item = as_published(signal.as_item())
    return item if is_author(actor, signal) else item.without_hidden_author()


def people_reached(signal: Signal, people: Iterable[Person] | None = None) -> list[Person]:
    """Return the active people (of `people`) who see `signal`: those a notice goes to."""
    return people_who_see(signal.as_item(), people)


def people_who_see(item: Item, people: Iterable[Person] | None = None) -> list[Person]:
    """Return the active people (of `people`) who see `item`."""
    return [reader.person for group in reach(item, people).by_organisation.values() for reader in group]


def audience_in_words(actor: Actor, signal: Signal) -> list[tuple[EntryKind, list[str]]]:
    """Return the lines that the author wrote, by kind, with their names; nothing for those who may not know them."""
    if not may_know_reach(actor, signal):
        return []
    entries = _entries_of(signal)
    names = {number: row.name for number, row in _targets(actor, entries).items()}
    lines: dict[EntryKind, list[str]] = {kind: [] for kind in EntryKind if kind is not EntryKind.FROZEN}
    for entry in entries:
        if entry.kind in lines:
            lines[entry.kind].append(names.get(entry.target, "–") if entry.target else "")
    return [(kind, targets) for kind, targets in lines.items() if targets]


def audience_by_name(actor: Actor, signal: Signal) -> dict[EntryKind, list[str]]:
    """Return the same as programs write it: organisations and groups by their short names, people by mail address."""
    entries = _entries_of(signal) if may_know_reach(actor, signal) else []
    known = _targets(actor, entries)
    lines: dict[EntryKind, list[str]] = defaultdict(list)
    for entry in entries:
        row = known.get(entry.target) if entry.target else None
        if row is not None:
            lines[entry.kind].append(row.email if isinstance(row, Person) else row.slug)
        elif entry.target is None:
            lines[entry.kind].append("")
    return dict(lines)


def _entries_of(signal: Signal) -> list[Entry]:
    return [row.as_entry() for row in AudienceEntry.objects.filter(item_id=signal.pk).order_by("id")]


def _targets(actor: Actor, entries: Sequence[Entry]) -> dict[UUID, Any]:
    """Return whom lines name, but the groups of which the actor may not know (any more)."""
    targets = {entry.target for entry in entries if entry.target}
    rooms: tuple[type[Any], ...] = (Organisation, Group, Person)
    targets -= set(hidden_groups(actor).filter(pk__in=targets).values_list("pk", flat=True))
    return {row.pk: row for model in rooms for row in model.objects.filter(pk__in=targets)}
