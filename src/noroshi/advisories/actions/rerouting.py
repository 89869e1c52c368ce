"""Rules that were added or changed, held against what waits in the queue and nobody has touched."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction

from noroshi.advisories import policy
from noroshi.advisories.actions.stories import CHANGED, arrivals_of, route, router_of
from noroshi.advisories.domain.triage import Priority, Routing
from noroshi.advisories.models import Membership, Revision, Source, Step, Story, StoryState, StoryStep
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.kit import bulk

MOST_AT_ONCE: Final = 2_000
"""Of more stories the newest are looked at: who has so many waiting narrows the rules first."""


@transaction.atomic
def apply_rules(actor: Actor) -> int:
    """Let the rules say anew where each story goes that waits and that no person has decided about.

    Return how many of them are elsewhere now. Where no rule fires any more, a story is as urgent as any other.
    """
    policy.require_triager(actor)
    waiting = Story.objects.visible_to(actor).filter(state=StoryState.NEW, is_touched=False)
    stories = list(waiting.select_for_update().order_by("-pk")[:MOST_AT_ONCE])
    fired, now = _fired(actor.world, stories), clock.now()
    moved, steps = [], []
    for story in stories:
        before = (story.rule_id, story.priority, story.category_id, story.state)
        routing = fired.get(story.pk)
        if routing is None:
            story.rule_id, story.because, story.priority = None, {}, Priority.NORMAL.value
        else:
            route(story, routing, now)
        if before != (story.rule_id, story.priority, story.category_id, story.state):
            moved.append(story)
            steps.append(StoryStep(story=story, step=Step.ROUTED, note=story.because.get("rule", ""), at=now))
            steps[-1].by_id = actor.acting_person
    bulk.write(Story, moved, update=CHANGED)
    bulk.write(StoryStep, steps)
    ledger.record(actor, "advisories.routing.applied", None, looked_at=len(stories), moved=len(moved))
    return len(moved)


def _fired(world: str, stories: Sequence[Story]) -> Mapping[UUID, Routing]:
    """Return the most urgent rule that fires for an item of each story."""
    router = router_of(world)
    by_source: dict[Source, list[Revision]] = defaultdict(list)
    story_of: dict[UUID, UUID] = {}
    for part in bulk.parts(stories):
        rows = Membership.objects.filter(story__in=part, item__newest__isnull=False).order_by("at", "pk")
        for member in rows.select_related("item__newest", "item__source"):
            if member.item.newest is not None:
                by_source[member.item.source].append(member.item.newest)
            story_of[member.item_id] = member.story_id
    found: dict[UUID, Routing] = {}
    for source, revisions in by_source.items():
        for arrival in arrivals_of(source, revisions):
            story, routing = story_of[arrival.revision.item_id], router.route(arrival.facts)
            known = found.get(story)
            if routing is not None and (known is None or routing.rule.priority > known.rule.priority):
                found[story] = routing
    return found
