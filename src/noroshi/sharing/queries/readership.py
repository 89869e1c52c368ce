"""Who sees an item, for thousands of people at once: one question to the rules for all who cannot differ.

The rules know people by few things: their class, whether they need to know, the groups the item is granted to, and
which lines of its audience name them, their house or a colleague. All who agree in these get one answer, that of any
of them, by the same `way_to`; so this cannot come to disagree with the one door.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import EntryKind, Item
from noroshi.core.domain.membership import NEED_TO_KNOW, MembershipClass, Role
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Group, Organisation, RoleAssignment
from noroshi.members.queries import active_people, community_ceilings, stays_in
from noroshi.sharing.domain.ways import Way, way_to

NOBODY: Final = UUID(int=0)
"""Stands for people who are only counted: no line of an audience and no group knows it."""

Stay = tuple[UUID, UUID, UUID]
"""Somebody in a group: person, organisation, group."""

ANALYST: Final = frozenset({Role.ANALYST})
"""Any role with a need to know stands for all of them: the rules for published items ask no more."""


class Candidate(NamedTuple):
    """Somebody active, as far as the rules are concerned; `people` of them where several are counted as one."""

    person: UUID
    organisation: UUID
    membership: str
    needs: bool
    people: int = 1


@dataclass
class _Lines:
    """An item's audience by whom its lines name, and who is in its groups."""

    item: Item
    named: dict[UUID, set[EntryKind]] = field(default_factory=lambda: defaultdict(set))
    homes: dict[UUID, set[tuple[EntryKind, UUID | None]]] = field(default_factory=lambda: defaultdict(set))
    groups: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    """By person and by organisation: the granted groups in which it, or anybody of it, is."""

    @classmethod
    def of(cls, item: Item, stays: Iterable[Stay]) -> "_Lines":
        lines = cls(item)
        for entry in item.audience:
            if entry.target is not None:
                lines.named[entry.target].add(entry.kind)
            if entry.organisation is not None:
                lines.homes[entry.organisation].add((entry.kind, entry.target))
        granted = granted_groups(item)
        for person, organisation, group in stays:
            if group in granted:
                lines.groups[person].add(group)
                lines.groups[organisation].add(group)
        return lines

    @cached_property
    def concerned(self) -> frozenset[UUID]:
        """The people and organisations that stand apart from all others of their class."""
        named = self.groups.keys() | self.homes.keys() | self.named.keys()
        return frozenset(named | {self.item.owner} | ({self.item.author} if self.item.author else set()))

    def of_person(self, who: Candidate) -> tuple[object, ...]:
        """All that the rules can know of `who`; of most, no more than class and need."""
        if not {who.organisation, who.person} & self.concerned:
            return (who.membership, who.needs)
        colleagues = {kind for kind, target in self.homes.get(who.organisation, ()) if target != who.person}
        return (
            who.membership,
            who.needs,
            frozenset(self.named.get(who.person, ())),
            frozenset(self.named.get(who.organisation, ())),
            frozenset(colleagues),
            frozenset(self.groups.get(who.person, ())),
            frozenset(self.groups.get(who.organisation, ())),
            who.person == self.item.author,
            who.organisation == self.item.owner,
        )

    def actor(self, who: Candidate, ceilings: Mapping[str, TLP]) -> Actor:
        """The actor that `who` is, as far as this item is concerned."""
        return Actor(
            person=who.person,
            organisation=who.organisation,
            membership=MembershipClass(who.membership),
            community_ceiling=ceilings.get(who.membership),
            roles=ANALYST if who.needs else frozenset(),
            groups=frozenset(self.groups.get(who.person, ())),
            organisation_groups=frozenset(self.groups.get(who.organisation, ())),
            world=self.item.world,
        )


def granted_groups(item: Item) -> frozenset[UUID]:
    """Return the groups that an item is granted to."""
    return frozenset(entry.target for entry in item.audience if entry.kind is EntryKind.GROUP and entry.target)


def ways_to(
    item: Item, candidates: Iterable[Candidate], stays: Sequence[Stay] | None = None
) -> Iterator[tuple[Candidate, Way]]:
    """Yield those of `candidates` who see `item`, a published one, and by which way.

    `stays` are those in its groups (others do no harm), where the caller has asked for them.
    """
    stays = stays_in(granted_groups(item)) if stays is None else stays
    lines, ceilings, now = _Lines.of(item, stays), community_ceilings(), clock.now()
    known: dict[tuple[object, ...], Way | None] = {}
    for who in candidates:
        key = lines.of_person(who)
        if key not in known:
            known[key] = way_to(lines.actor(who, ceilings), item, now)
        if (way := known[key]) is not None:
            yield who, way


def candidates_of(people: Collection[UUID] | None = None) -> list[Candidate]:
    """Return everybody who takes part, or those of `people`, one by one."""
    rows = active_people() if people is None else active_people().filter(pk__in=people)
    found = rows.annotate(needs=_needs()).order_by("organisation__slug", "name", "pk")
    return [Candidate(*row) for row in found.values_list("pk", "organisation", "organisation__membership", "needs")]


def counted_but(people: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield everybody who takes part but `people`, counted by house and need: nobody in particular of each."""
    rows = active_people().order_by().annotate(needs=_needs())
    apart = Counter((who.organisation, who.needs) for who in people)
    house = rows.values_list("organisation", "organisation__membership", "needs")
    for organisation, membership, needs, count in house.annotate(people=Count("pk")):
        if (rest := count - apart[organisation, needs]) > 0:
            yield Candidate(NOBODY, organisation, membership, needs, rest)


def _needs() -> Exists:
    return Exists(RoleAssignment.objects.filter(person=OuterRef("pk"), role__in=NEED_TO_KNOW))


@dataclass(frozen=True)
class Some:
    """Readers of one organisation by one way: how many, and the names of those whom the asker may know."""

    way: Way
    people: int
    names: tuple[str, ...] = ()

    @property
    def unnamed(self) -> int:
        """How many are not named."""
        return self.people - len(self.names)


@dataclass(frozen=True)
class Readership:
    """Who sees an item, house by house, as far as the asker may know."""

    houses: dict[Organisation, list[Some]]

    @property
    def organisations(self) -> int:
        """How many organisations."""
        return len(self.houses)

    @property
    def people(self) -> int:
        """How many people."""
        return sum(some.people for ways in self.houses.values() for some in ways)


def readership(actor: Actor, item: Item) -> Readership:
    """Return who sees `item`, a published one; by name only those whom `actor` may know.

    These are its colleagues, whoever shares a group with it, and whoever is named in the audience; for hub operators,
    who keep the groups, their members too. Of the other houses it learns how many.
    """
    granted = granted_groups(item)
    stays = stays_in(actor.groups | granted)
    circles = actor.groups | (_kept_by_hub(granted) if actor.is_hub_operator else frozenset())
    known = {person for person, _house, group in stays if group in circles}
    known |= {entry.target for entry in item.audience if entry.kind is EntryKind.PERSON and entry.target}
    apart = {entry.target for entry in item.audience if entry.target} | {person for person, _house, _group in stays}
    alone, names = _one_by_one(actor, apart | ({item.author} if item.author else set()), known)
    found: dict[UUID, dict[Way, list[Candidate]]] = defaultdict(lambda: defaultdict(list))
    for who, way in ways_to(item, [*alone, *counted_but(alone)], stays):
        found[who.organisation][way].append(who)
    houses = Organisation.objects.filter(pk__in=found).only("slug", "name_ja", "name_en").order_by("slug")
    return Readership({house: [_some(way, some, names) for way, some in found[house.pk].items()] for house in houses})


def _kept_by_hub(groups: Collection[UUID]) -> frozenset[UUID]:
    """Those of `groups` whose members every hub operator knows: not the confidential ones."""
    return frozenset(Group.objects.filter(pk__in=groups, confidential=False).values_list("pk", flat=True))


def _one_by_one(
    actor: Actor, people: Collection[UUID], known: Collection[UUID]
) -> tuple[list[Candidate], dict[UUID, str]]:
    """The actor's colleagues and `people`, each by itself; and the names of the colleagues and of those `known`."""
    rows = active_people().filter(Q(organisation=actor.organisation) | Q(pk__in=people)).annotate(needs=_needs())
    columns = ("pk", "organisation", "organisation__membership", "needs", "name")
    found = list(rows.order_by("name", "pk").values_list(*columns))
    alone = [Candidate(*row[:4]) for row in found]
    own = actor.organisation
    return alone, {row[0]: row[4] for row in found if row[1] == own or row[0] in known}


def _some(way: Way, people: Sequence[Candidate], known: Mapping[UUID, str]) -> Some:
    names = tuple(known[who.person] for who in people if who.person in known)
    return Some(way, sum(who.people for who in people), names)
