"""What a person does about stories: takes, holds, drops, sorts, assigns, splits and joins them, begins a bulletin."""

from collections.abc import Callable, Collection
from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.bulletins import draft_bulletin
from noroshi.advisories.actions.reviewed import Draft
from noroshi.advisories.actions.words import is_link, is_name
from noroshi.advisories.domain.bulletins import MAX_LINES, MAX_TITLE, Words
from noroshi.advisories.domain.drafting import Reference, body_of
from noroshi.advisories.models import (
    Bulletin,
    Category,
    JoinedBy,
    Membership,
    Step,
    Story,
    StoryState,
    StoryStep,
)
from noroshi.advisories.models.triage import LONGEST_NOTE
from noroshi.advisories.queries import names_of_story, template_of_category
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.members.models import Person
from noroshi.members.queries import hub_operators
from noroshi.sharing.actions import default_profile
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import Marking
from noroshi.sharing.domain.texts import one_line

MOST_AT_ONCE: Final = 200


@transaction.atomic
def take_story(actor: Actor, story: Story) -> Story:
    """Say that one does something about it; another operator may take it over."""
    story = _locked_row(actor, story)
    story.state, story.owner_id, story.held_until, story.reason = StoryState.TAKEN, actor.acting_person, None, ""
    _touch(actor, story, Step.TAKEN)
    ledger.record(actor, "advisories.story.taken", story)
    return story


@transaction.atomic
def hold_story(actor: Actor, story: Story, *, until: datetime) -> Story:
    """Put it aside until a moment; then, or when it changes, it is in the queue again."""
    story = _locked_row(actor, story)
    if until <= clock.now():
        raise InvalidInput("until", _("Name a moment that is still to come."))
    story.state, story.held_until, story.reason = StoryState.HELD, until, ""
    _touch(actor, story, Step.HELD, until.isoformat(timespec="minutes"))
    ledger.record(actor, "advisories.story.held", story, until=until)
    return story


@transaction.atomic
def drop_story(actor: Actor, story: Story, *, reason: str) -> Story:
    """Say that nothing is done about it, and why. It comes back when something that matters changes."""
    story = _locked_row(actor, story)
    story.reason = checked_sentence("reason", one_line(reason), LONGEST_NOTE)
    story.state, story.held_until = StoryState.DROPPED, None
    _touch(actor, story, Step.DROPPED, story.reason)
    ledger.record(actor, "advisories.story.dropped", story, reason=story.reason)
    return story


@transaction.atomic
def put_back_story(actor: Actor, story: Story) -> Story:
    """Have it looked at again."""
    story = _locked_row(actor, story)
    story.state, story.held_until, story.reason, story.owner = StoryState.NEW, None, "", None
    _touch(actor, story, Step.REOPENED)
    ledger.record(actor, "advisories.story.reopened", story)
    return story


@transaction.atomic
def sort_story(actor: Actor, story: Story, *, category: Category) -> Story:
    """Put it into a category."""
    story = _locked_row(actor, story)
    if category.is_retired:
        raise InvalidInput("category", _("Nothing new goes into this category."))
    story.category = category
    _touch(actor, story, Step.SORTED, category.series)
    ledger.record(actor, "advisories.story.sorted", story, series=category.series)
    return story


@transaction.atomic
def assign_story(actor: Actor, story: Story, *, owner: Person | None, due: date | None = None) -> Story:
    """Give it to an operator, until a day; or to nobody."""
    story = _locked_row(actor, story)
    if owner is not None and owner not in hub_operators():
        raise InvalidInput("owner", _("Stories are given to people of the hub."))
    story.owner, story.due = owner, due
    if owner is not None and story.state == StoryState.NEW:
        story.state = StoryState.TAKEN
    _touch(actor, story, Step.ASSIGNED, owner.name if owner else "")
    ledger.record(actor, "advisories.story.assigned", story, owner=owner and owner.pk, due=due)
    return story


@transaction.atomic
def lock_story(actor: Actor, story: Story, *, on: bool) -> Story:
    """Let nothing come into it by itself any more, or let it again."""
    story = _locked_row(actor, story)
    story.is_locked = on
    _touch(actor, story, Step.LOCKED if on else Step.UNLOCKED)
    ledger.record(actor, "advisories.story.locked", story, on=on)
    return story


@transaction.atomic
def split_item(actor: Actor, story: Story, item_id: UUID) -> Story:
    """Make a story of its own of an item; it stays one, whatever identifiers it names. Return the new story."""
    story = _locked_row(actor, story)
    member = Membership.objects.select_related("item__newest").filter(story=story, item=item_id).first()
    if member is None:
        raise NotFound
    if Membership.objects.filter(story=story).count() == 1:
        raise Conflict(_("It is the only item of the story: there is nothing to split it from."))
    newest = member.item.newest
    title = (newest.title if newest else "") or member.item.native_id
    own = Story(world=story.world, title=title[:300], category_id=story.category_id, priority=story.priority)
    own.save(force_insert=True)
    member.story, member.joined_by, member.glues = own, JoinedBy.SPLIT, False
    member.by_id, member.at = actor.acting_person, clock.now()
    member.save()
    _touch(actor, own, Step.OPENED, story.title)
    _touch(actor, story, Step.SPLIT, own.title)
    ledger.record(actor, "advisories.story.split", story, item=item_id, into=own.pk)
    return own


@transaction.atomic
def join_stories(actor: Actor, story: Story, other: Story) -> Story:
    """Make the other story a part of this one: its items and its history come along."""
    if story.pk == other.pk:
        raise Conflict(_("These are the same story."))
    both = sorted((story, other), key=lambda row: row.pk)  # always in one order, so that no two wait for each other
    rows = {row.pk: row for row in (_locked_row(actor, each) for each in both)}
    story, other = rows[story.pk], rows[other.pk]
    if story.bulletin_id and other.bulletin_id:
        raise Conflict(_("Each of them has a bulletin: they stay two stories."))
    moved = Membership.objects.filter(story=other)
    moved.update(story=story, joined_by=JoinedBy.PERSON, by=actor.acting_person, at=clock.now())
    StoryStep.objects.filter(story=other).update(story=story)
    story.bulletin_id = story.bulletin_id or other.bulletin_id
    story.is_exploited |= other.is_exploited
    story.priority = max(story.priority, other.priority)
    story.category_id = story.category_id or other.category_id
    _touch(actor, story, Step.JOINED, other.title)
    ledger.record(actor, "advisories.story.joined", story, other=other.pk)
    other.delete()
    return story


@transaction.atomic
def draft_from_story(actor: Actor, story: Story) -> Bulletin:
    """Begin a bulletin with what the story has: its title, its sources, its vulnerabilities, in its category."""
    story = _locked_row(actor, story)
    if story.bulletin_id is not None:
        raise Conflict(_("A bulletin has been begun from it already."))
    if story.category is None:
        raise InvalidInput("category", _("Put it into a category first."))
    template = template_of_category(story.category)
    references = _references(story)
    links = list(dict.fromkeys(each.link for each in references if each.link))[:MAX_LINES]
    names = [name for name in names_of_story(story) if is_name(name)][:MAX_LINES]
    draft = Draft(
        category=story.category,
        words=Words(one_line(story.title)[:MAX_TITLE], body_of(template.body_ja if template else "", references)),
        marking=Marking(TLP.GREEN, default_profile(), frozenset({Entry(EntryKind.COMMUNITY)})),
        links=links,
        names=names,
        template=template,
    )
    bulletin = draft_bulletin(actor, draft)
    story.bulletin, story.state, story.held_until = bulletin, StoryState.TAKEN, None
    story.owner_id = story.owner_id or actor.acting_person
    _touch(actor, story, Step.DRAFTED)
    ledger.record(actor, "advisories.story.drafted", story, bulletin=bulletin.pk)
    return bulletin


@transaction.atomic
def decide_stories(actor: Actor, numbers: Collection[UUID], decide: Callable[[Actor, Story], object]) -> int:
    """Do the same to several stories, to all or to none; return to how many."""
    policy.require_triager(actor)
    if not numbers:
        raise Conflict(_("Choose a story first."))
    rows = list(Story.objects.visible_to(actor).filter(pk__in=list(numbers)[: MOST_AT_ONCE + 1]).order_by("pk"))
    if len(rows) > MOST_AT_ONCE:
        raise Conflict(_("At most %(limit)s stories at once.") % {"limit": MOST_AT_ONCE})
    for row in rows:
        decide(actor, row)
    return len(rows)


def _references(story: Story) -> list[Reference]:
    rows = Membership.objects.filter(story=story, item__newest__isnull=False).order_by("at", "pk")
    values = rows.values_list("item__source__name", "item__newest__title", "item__newest__link")
    return [Reference(source, title, link if is_link(link) else "") for source, title, link in values]


def _locked_row(actor: Actor, story: Story) -> Story:
    """Return the row as it is now, held until the transaction ends. Raises NotFound where the actor sees it no more."""
    policy.require_triager(actor)
    rows = Story.objects.visible_to(actor).select_for_update(of=("self",)).select_related("category")
    row = rows.filter(pk=story.pk).first()
    if row is None:
        raise NotFound
    return row


def _touch(actor: Actor, story: Story, step: Step, note: str = "") -> None:
    """Keep what a person decided: from here on no machine makes the story a part of another one."""
    story.is_touched, story.changed_at = True, clock.now()
    story.save()
    StoryStep.objects.create(story=story, step=step, note=note[:LONGEST_NOTE], by_id=actor.acting_person)
