"""Stories from what was just read: items placed, routed by rules, joined by identifiers, in the reader's transaction.

Only what people read opens a story: alerts, news, mails, pages, advisories. A catalogue of exploited vulnerabilities
adds to stories that there are; databases of hundreds of thousands of records neither open one nor add to one.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from noroshi.advisories.actions.vulnerabilities import names_of
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.domain.stories import Joining, Placement, Standing, Version, glue_of, news_in
from noroshi.advisories.domain.triage import Facts, Router, Routing, Way
from noroshi.advisories.models import (
    Category,
    JoinedBy,
    Membership,
    Mention,
    Revision,
    RoutingRule,
    Source,
    Step,
    Story,
    StoryState,
    StoryStep,
    Vulnerability,
)
from noroshi.advisories.models.triage import LONGEST_NOTE
from noroshi.advisories.queries import numbers_in, products_in
from noroshi.core import clock, ids, ledger
from noroshi.core.actor import Actor
from noroshi.kit import bulk

OPENING: Final = frozenset(
    {SourceKind.FEED, SourceKind.JPCERT, SourceKind.JVN_RSS, SourceKind.PAGE, SourceKind.MAIL, SourceKind.CSAF}
)
"""Kinds whose items open stories."""
ADDING: Final = OPENING | {SourceKind.KEV}
"""Kinds whose items come into stories."""
FRESH: Final = timedelta(days=30)
"""What was published longer ago and is read for the first time is history that was read in, and no work for today."""
LONGEST_TITLE: Final = 300
CHANGED: Final = (
    "state", "category", "priority", "is_exploited", "rule", "because", "reason", "held_until", "changed_at",
)  # fmt: skip


def take_into_stories(source: Source, revisions: Sequence[Revision]) -> None:
    """Place what is new of a source, in the caller's transaction, and let the rules say where it goes."""
    if revisions and source.reads in ADDING:
        _Intake(source, revisions).run()


@dataclass
class Arrival:
    """A revision on its way into a story."""

    revision: Revision
    glue: dict[UUID, str] = field(default_factory=dict)
    """The vulnerabilities that join it, by the names that it gives them."""
    membership: Membership | None = None
    facts: Facts = field(default_factory=lambda: Facts(()))


class _Intake:
    """One chunk of one source, placed."""

    def __init__(self, source: Source, revisions: Sequence[Revision]) -> None:
        self.source = source
        self.world = source.world
        self.now = clock.now()
        self.arrivals = arrivals_of(source, revisions)
        self.router = router_of(self.world)
        self.usual = Category.objects.filter(series=source.category).first() if source.category else None
        self.stories: dict[UUID, Story] = {}
        self.opened: dict[UUID, Story] = {}
        self.changed: set[UUID] = set()
        self.gone: dict[UUID, UUID] = {}
        """Stories that became parts of others: in which they are now."""
        self.members: list[Membership] = []
        self.steps: list[StoryStep] = []

    def run(self) -> None:
        """Place every item, then write what came of it."""
        joining = Joining(self._known())
        before = _versions_before([each.revision for each in self.arrivals if each.membership is not None])
        for arrival in self.arrivals:
            current = self._current(arrival)
            if current is None and not arrival.glue and not self._opens(arrival):
                continue
            placed = joining.place(list(arrival.glue), ids.new_id(), None if current is None else _standing(current))
            if placed.is_new and not self._opens(arrival):
                continue
            self._settle(arrival, placed, before)
        self._write()

    def _known(self) -> Iterable[tuple[UUID, Standing]]:
        """Return by which vulnerabilities stories that there are can be joined; the rows are held from here on."""
        keys = sorted({key for arrival in self.arrivals for key in arrival.glue})
        numbers = {arrival.membership.story_id for arrival in self.arrivals if arrival.membership is not None}
        glued: list[tuple[UUID, UUID]] = []
        for part in bulk.parts(keys):
            list(Vulnerability.everything.select_for_update().filter(pk__in=part).order_by("pk").values_list("pk"))
            rows = Mention.objects.filter(vulnerability__in=part, item__membership__glues=True)
            glued += rows.values_list("vulnerability", "item__membership__story").distinct()
        for part in bulk.parts(sorted(numbers | {story for _key, story in glued})):
            self.stories |= Story.everything.select_for_update().filter(world=self.world).in_bulk(part)
        return [(key, _standing(self.stories[story])) for key, story in glued if story in self.stories]

    def _current(self, arrival: Arrival) -> Story | None:
        if arrival.membership is None:
            return None
        number = arrival.membership.story_id
        while number in self.gone:
            number = self.gone[number]
        return self.stories[number]

    def _opens(self, arrival: Arrival) -> bool:
        """Whether an item that belongs nowhere begins a story: no history, and no entry of a catalogue."""
        if self.source.reads not in OPENING:
            return False
        revision = arrival.revision
        said = [moment for moment in (revision.published_at, revision.updated_at) if moment is not None]
        return revision.number > 1 or not said or max(said) >= self.now - FRESH

    def _settle(self, arrival: Arrival, placed: Placement, before: Mapping[UUID, Version]) -> None:
        """Bring an item to its place, and have the rules say what follows."""
        routing = self.router.route(arrival.facts)
        story = self._open(arrival, placed, routing) if placed.is_new else self.stories[placed.story]
        for number in placed.absorbed:
            self._absorb(story, number)
        membership = arrival.membership
        if membership is None:
            self._join(story, arrival, is_first=placed.is_new)
            news: Collection[str] = () if placed.is_new else ("item",)
        else:
            _glue_from_now_on(membership, arrival)
            was = before.get(membership.item_id, Version())
            news = news_in(was, _version(arrival.revision))
            if news:
                self._step(story, Step.CHANGED, f"{arrival.revision.title} ({', '.join(news)})")
        if not placed.is_new and news:
            self._follow(story, arrival, routing, is_item=membership is None)

    def _open(self, arrival: Arrival, placed: Placement, routing: Routing | None) -> Story:
        title = arrival.revision.title or arrival.revision.item.native_id
        story = Story(
            pk=placed.story,
            world=self.world,
            title=title[:LONGEST_TITLE],
            category=self.usual,
            is_exploited=arrival.facts.is_exploited,
            opened_at=self.now,
            changed_at=self.now,
        )
        self.stories[story.pk] = self.opened[story.pk] = story
        if routing is not None:
            route(story, routing, self.now)
        self._step(story, Step.OPENED, self.source.name)
        return story

    def _join(self, story: Story, arrival: Arrival, *, is_first: bool) -> None:
        names = sorted(set(arrival.glue.values()))
        self.members.append(
            Membership(
                story=story,
                item=arrival.revision.item,
                joined_by=JoinedBy.FIRST if is_first else JoinedBy.NAME,
                names=names,
                glues=bool(arrival.glue),
                at=self.now,
            )
        )
        if not is_first:
            self._step(story, Step.GREW, f"{self.source.name}: {arrival.revision.title}")

    def _absorb(self, story: Story, number: UUID) -> None:
        """Make a story that nobody has touched a part of another one."""
        other = self.stories.pop(number)
        self.gone[number] = story.pk
        for member in self.members:
            if member.story_id == number:
                member.story = story
        if self.opened.pop(number, None) is None:
            Membership.objects.filter(story=number).update(story=story)
        self.steps = [step for step in self.steps if step.story_id != number]
        self.changed.discard(number)
        story.is_exploited |= other.is_exploited
        if not story.is_touched and story.state != StoryState.NEW and other.state == StoryState.NEW:
            story.state, story.held_until = StoryState.NEW, None  # what waits for somebody goes on waiting
        if not story.is_touched and other.priority > story.priority:
            story.priority, story.rule_id, story.because = other.priority, other.rule_id, other.because
        self._step(story, Step.ABSORBED, other.title)

    def _follow(self, story: Story, arrival: Arrival, routing: Routing | None, *, is_item: bool) -> None:
        """Say what news does to a story: how urgent it is, and whether somebody looks at it again."""
        newly_exploited = arrival.facts.is_exploited and not story.is_exploited
        risen = routing is not None and routing.rule.priority > story.priority
        is_let_in = routing is None or routing.rule.way is Way.QUEUE
        if routing is not None and risen:
            story.priority, story.rule_id, story.because = (
                routing.rule.priority.value,
                routing.rule.number,
                routing.said,
            )
        story.is_exploited |= arrival.facts.is_exploited
        rests = story.state in (StoryState.DROPPED, StoryState.HELD)
        if rests and is_let_in and (not is_item or newly_exploited or risen):
            story.state, story.held_until, story.reason = StoryState.NEW, None, ""
            self._step(story, Step.REOPENED, arrival.revision.title)
        story.changed_at = self.now
        self.changed.add(story.pk)

    def _step(self, story: Story, step: Step, note: str) -> None:
        self.changed.add(story.pk)
        story.changed_at = self.now
        self.steps.append(StoryStep(story=story, step=step, note=note[:LONGEST_NOTE], at=self.now))

    def _write(self) -> None:
        bulk.write(Story, self.opened.values())
        old = [self.stories[number] for number in self.changed if number not in self.opened]
        bulk.write(Story, old, update=CHANGED)
        bulk.write(Membership, self.members)
        bulk.write(StoryStep, self.steps)
        Story.everything.filter(pk__in=[number for number in self.gone if number not in self.opened]).delete()
        if self.changed:
            reopened = sum(step.step == Step.REOPENED for step in self.steps)
            ledger.record(
                Actor.system("advisories", self.world),
                "advisories.source.routed",
                self.source,
                opened=len(self.opened),
                changed=len(old),
                absorbed=len(self.gone),
                reopened=reopened,
            )


def route(story: Story, routing: Routing, now: datetime) -> None:
    """Let a rule that fired say where a story goes that no person has decided about."""
    rule = routing.rule
    story.rule_id, story.because, story.priority = rule.number, routing.said, rule.priority.value
    story.category_id = rule.category or story.category_id
    story.state, story.held_until = StoryState.NEW, None
    if rule.way is Way.DROP:
        story.state = StoryState.DROPPED
    elif rule.way is Way.HOLD:
        story.state, story.held_until = StoryState.HELD, now + timedelta(days=rule.days)


def router_of(world: str) -> Router:
    """Return the rules of a world that are on, in their order."""
    return Router(row.rule for row in RoutingRule.objects.filter(world=world, is_on=True))


def arrivals_of(source: Source, revisions: Sequence[Revision]) -> list[Arrival]:
    """Return the revisions with what joins them and what rules look at."""
    named = {revision.pk: names_of(revision) for revision in revisions}
    known = numbers_in(source.world, {name for names in named.values() for name in names})
    exploited = _exploited(set(known.values()))
    members = _members([revision.item_id for revision in revisions])
    found = []
    for revision in revisions:
        keys = {known[name]: name for name in reversed(named[revision.pk]) if name in known}
        membership = members.get(revision.item_id)
        glues = membership is None or membership.joined_by != JoinedBy.SPLIT
        glue = glue_of(keys, is_digest=revision.is_digest) if glues else frozenset()
        facts = Facts(
            texts=(revision.title, revision.summary),
            names=tuple(dict.fromkeys([*revision.names, *named[revision.pk]])),
            products=tuple(products_in(revision.claims)),
            is_exploited=not revision.is_digest and not exploited.isdisjoint(keys),
            source=source.pk,
            source_name=source.name,
        )
        found.append(Arrival(revision, {key: keys[key] for key in keys if key in glue}, membership, facts))
    return found


def _glue_from_now_on(membership: Membership, arrival: Arrival) -> None:
    """Let others come to an item by identifiers that it names only now."""
    if arrival.glue and not membership.glues:
        membership.glues, membership.names = True, sorted(set(arrival.glue.values()))
        membership.save(update_fields=["glues", "names"])


def _members(items: Sequence[UUID]) -> dict[UUID, Membership]:
    found: dict[UUID, Membership] = {}
    for part in bulk.parts(items):
        found |= {row.item_id: row for row in Membership.objects.filter(item__in=part)}
    return found


def _exploited(numbers: Collection[UUID]) -> set[UUID]:
    found: set[UUID] = set()
    for part in bulk.parts(sorted(numbers)):
        rows = Vulnerability.everything.filter(pk__in=part, exploited_since__isnull=False)
        found.update(rows.values_list("pk", flat=True))
    return found


def _versions_before(revisions: Sequence[Revision]) -> dict[UUID, Version]:
    """Return, by item, what the revision before said."""
    wanted: dict[int, list[UUID]] = defaultdict(list)
    for revision in revisions:
        wanted[revision.number - 1].append(revision.item_id)
    found: dict[UUID, Version] = {}
    for number, items in wanted.items():
        for part in bulk.parts(items):
            rows = Revision.objects.filter(item__in=part, number=number)
            found |= {row.item_id: _version(row) for row in rows}
    return found


def _version(revision: Revision) -> Version:
    return Version(revision.title, revision.summary, tuple(revision.names), tuple(revision.claims))


def _standing(story: Story) -> Standing:
    return Standing(story.pk, story.is_touched, story.is_locked)
