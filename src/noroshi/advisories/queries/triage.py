"""Stories: the queue, each of them with its items and its history, and which others may be the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.stories import ALIKE, likeness_of, pairs
from noroshi.advisories.domain.triage import Facts
from noroshi.advisories.models import (
    Bulletin,
    Category,
    Membership,
    Mention,
    RoutingRule,
    Source,
    Story,
    StoryState,
    StoryStep,
    Template,
    VulnerabilityName,
)
from noroshi.advisories.queries.bulletins import templates_on_offer
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

MOST_COMPARED: Final = 2_000
RECENT: Final = timedelta(days=30)
MOST_SUGGESTED: Final = 5
MOST_STEPS: Final = 200
MOST_MEMBERS: Final = 200


def stories_for(actor: Actor) -> QuerySet[Story]:
    """Return the stories that the actor sees, the most urgent first."""
    rows = Story.objects.visible_to(actor).select_related("category", "owner")
    return rows.order_by("-priority", "-pk")


def story_for(actor: Actor, story_id: UUID) -> Story:
    """Return one of them. Raises NotFound."""
    rows = Story.objects.visible_to(actor).select_related("category", "owner", "rule")
    found = rows.filter(pk=story_id).first()
    if found is None:
        raise NotFound
    return found


def waits() -> Q:
    """Return the condition under which a story waits for somebody: it is new, or was held until now."""
    return Q(state=StoryState.NEW) | Q(state=StoryState.HELD, held_until__lte=clock.now())


def stories_waiting(actor: Actor) -> QuerySet[Story]:
    """Return the stories that wait for somebody."""
    return Story.objects.visible_to(actor).filter(waits())


def of_source(rows: QuerySet[Story], source_id: UUID) -> QuerySet[Story]:
    """Narrow stories to those with an item of a source."""
    return rows.filter(Exists(Membership.objects.filter(story=OuterRef("pk"), item__source=source_id)))


def with_words(rows: QuerySet[Story], text: str) -> QuerySet[Story]:
    """Narrow stories to those in whose title, or in an item of which, each of the words stands."""
    for word in text.split()[:8]:
        member = Membership.objects.filter(story=OuterRef("pk"))
        said = Q(item__newest__title__icontains=word) | Q(item__newest__summary__icontains=word)
        said |= Q(item__native_id__icontains=word) | Q(item__newest__names__icontains=word)
        rows = rows.filter(Q(title__icontains=word) | Exists(member.filter(said)))
    return rows


def sources_of(stories: Sequence[Story]) -> dict[UUID, list[tuple[str, int]]]:
    """Return of each story its sources, with how many items it has of each."""
    rows = Membership.objects.filter(story__in=stories).values_list("story", "item__source__name")
    found: dict[UUID, list[tuple[str, int]]] = {story.pk: [] for story in stories}
    for story, name, number in rows.annotate(number=Count("pk")).order_by("item__source__name"):
        found[story].append((name, number))
    return found


def members_of(story: Story) -> QuerySet[Membership]:
    """Return the items of a story that the actor sees, the first first."""
    rows = Membership.objects.filter(story=story).select_related("item__source", "item__newest", "by")
    return rows.order_by("at", "pk")[:MOST_MEMBERS]


def story_steps(story: Story) -> QuerySet[StoryStep]:
    """Return what happened to a story, the last first."""
    return StoryStep.objects.filter(story=story).select_related("by").order_by("-at", "-pk")[:MOST_STEPS]


def names_of_story(story: Story) -> list[str]:
    """Return the identifiers that the items of a story join by or name, CVE numbers first."""
    found: dict[str, None] = {}
    rows = Membership.objects.filter(story=story, item__newest__isnull=False).order_by("at", "pk")
    for names, said in rows.values_list("names", "item__newest__names"):
        found |= dict.fromkeys([*names, *said])
    return sorted(found, key=lambda name: (not name.startswith("CVE-"), name))


def template_of_category(category: Category) -> Template | None:
    """Return what a bulletin of a category is begun from; None where there is nothing."""
    return templates_on_offer().filter(category=category).first()


@dataclass(frozen=True)
class Suggestion:
    """Another story that may be the same, and why."""

    story: Story
    names: tuple[str, ...] = ()
    """Identifiers that both name."""
    likeness: float = 0.0
    """How alike their titles are."""


def suggestions_for(actor: Actor, story: Story) -> list[Suggestion]:
    """Return the stories that may be the same as this one, the surest first; it is for a person to join them."""
    shared = _sharing(actor, story)
    own = pairs(story.title)
    rows = Story.objects.visible_to(actor).filter(changed_at__gte=clock.now() - RECENT).exclude(pk=story.pk)
    alike: dict[UUID, float] = {}
    for number, title in rows.order_by("-changed_at", "-pk").values_list("pk", "title")[:MOST_COMPARED]:
        if (likeness := likeness_of(own, pairs(title))) >= ALIKE:
            alike[number] = likeness
    ranked = sorted(
        {*shared, *alike}, key=lambda number: (-len(shared.get(number, ())), -alike.get(number, 0.0), number)
    )
    numbers = ranked[:MOST_SUGGESTED]
    found = stories_for(actor).in_bulk(numbers)
    return [
        Suggestion(found[number], tuple(sorted(shared.get(number, ()))), alike.get(number, 0.0))
        for number in numbers
        if number in found
    ]


def _sharing(actor: Actor, story: Story) -> dict[UUID, set[str]]:
    """Return the stories with an item about a vulnerability that this one is about: digests and what was split off."""
    own = Membership.objects.filter(story=story).values("item")
    about = Mention.objects.filter(item__in=own).values_list("vulnerability", "vulnerability__name")[
        : MOST_SUGGESTED * 4
    ]
    names = dict(about)
    rows = Mention.objects.filter(vulnerability__in=names, item__membership__isnull=False)
    found: dict[UUID, set[str]] = {}
    seen = Story.objects.visible_to(actor).exclude(pk=story.pk)
    rows = rows.filter(item__membership__story__in=seen)
    for vulnerability, number in rows.values_list("vulnerability", "item__membership__story")[:MOST_COMPARED]:
        found.setdefault(number, set()).add(names[vulnerability])
    return found


def stories_found(actor: Actor, story: Story, text: str) -> list[Story]:
    """Return stories that a person looks for by words, to join them with this one."""
    return list(with_words(stories_for(actor).exclude(pk=story.pk), text)[:10]) if text.strip() else []


def stories_about(actor: Actor, bulletin: Bulletin) -> QuerySet[Story]:
    """Return the stories from which a bulletin was begun, whatever its version, as far as the actor sees them."""
    rows = Story.objects.visible_to(actor)
    same = Q(bulletin=bulletin.pk)
    if bulletin.number is not None:
        same |= Q(
            bulletin__category=bulletin.category_id, bulletin__year=bulletin.year, bulletin__number=bulletin.number
        )
    return rows.filter(same)


def rules_of(actor: Actor) -> QuerySet[RoutingRule]:
    """Return the rules of the actor's world in their order."""
    return RoutingRule.objects.filter(world=actor.world).select_related("source", "category", "changed_by")


def rule_for(actor: Actor, number: UUID) -> RoutingRule:
    """Return one of them. Raises NotFound."""
    found = rules_of(actor).filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def facts_of_text(actor: Actor, text: str, source: Source | None = None) -> Facts:
    """Return what rules would look at if an item said this text."""
    names = names_in(text)
    listed = VulnerabilityName.objects.filter(
        world=actor.world, name__in=names[:50], vulnerability__exploited_since__isnull=False
    )
    return Facts(
        texts=(text,),
        names=names,
        is_exploited=listed.exists(),
        source=source.pk if source else None,
        source_name=source.name if source else "",
    )
