"""Reads of rules: which there are, what an organisation made of them, and how they would do in its logs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Count, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.domain.small_numbers import told
from noroshi.core.errors import NotFound
from noroshi.hunting import policy, rulebook
from noroshi.hunting.engine.detections.rules import Level
from noroshi.hunting.engine.detections.running import Outcome, Window
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import Detection, RuleFile, RuleUse
from noroshi.hunting.queries.hunts import one, own_lake
from noroshi.hunting.rulebook import KnownRule
from noroshi.members.models import Organisation

RECENT: Final = timedelta(days=30)
TRIAL_SECONDS: Final = 10.0
"""A page waits for a trial; what takes longer is said to."""
LEVELS: Final = tuple(Level)


@dataclass(frozen=True)
class RuleLine:
    """A rule as an organisation has it: on or off, with its own threshold or the rule's, and what it saw lately."""

    known: KnownRule
    use: RuleUse | None = None
    detections: int = 0

    @property
    def enabled(self) -> bool:
        """Whether it runs over the organisation's logs."""
        if self.use is not None and self.use.enabled is not None:
            return self.use.enabled
        return self.known.starts_enabled

    @property
    def threshold(self) -> int:
        """The threshold that holds here."""
        own = self.use.threshold if self.use is not None else None
        return own or self.known.rule.threshold


def rules_for(actor: Actor) -> list[RuleLine]:
    """Return the rules that the actor's organisation may use, the gravest first; to hub operators those for all."""
    policy.require_onlooker(actor)
    organisation = actor.organisation if policy.may_hunt(actor) else None
    lines = lines_of(organisation, recent_by_rule(Detection.objects.visible_to(actor)))
    return sorted(lines, key=lambda line: (-LEVELS.index(line.known.rule.level), line.known.rule.title.en))


def rule_for(actor: Actor, rule_id: UUID) -> RuleLine:
    """Return one of them; raise NotFound where there is none for this actor."""
    found = next((line for line in rules_for(actor) if line.known.rule.id == rule_id), None)
    if found is None:
        raise NotFound
    return found


def lines_of(organisation: UUID | None, detections: dict[UUID, int] | None = None) -> list[RuleLine]:
    """Return the rules of an organisation, each with what it made of it."""
    uses = {use.rule: use for use in _uses().filter(organisation=organisation)} if organisation else {}
    counts = detections or {}
    known = rulebook.rules_of(organisation)
    return [RuleLine(each, uses.get(rule_id), counts.get(rule_id, 0)) for rule_id, each in known.items()]


def recent_by_rule(detections: QuerySet[Detection]) -> dict[UUID, int]:
    """Return how many of these detections each rule made of late."""
    recent = detections.filter(created_at__gte=clock.now() - RECENT).order_by()
    return dict(recent.values("rule").annotate(number=Count("pk")).values_list("rule", "number"))


def reach_of_rules(actor: Actor) -> dict[UUID, int]:
    """Return of rules for all how many other organisations they saw something in of late, at least; for the hub alone.

    Told from three on and in steps of three, so that no figure, and no change of one, points at an organisation.
    """
    if not policy.may_count(actor):
        return {}
    rows = Detection.objects.unrestricted(reason="how many organisations a rule concerns, for a hub operator")
    others = rows.filter(world=actor.world, created_at__gte=clock.now() - RECENT).exclude(
        organisation=actor.organisation
    )
    counts = others.filter(rule__in=rulebook.rules_of(None)).order_by().values("rule")
    found = counts.annotate(number=Count("organisation", distinct=True)).values_list("rule", "number")
    return {rule: least for rule, number in found if (least := told(number)) is not None}


@dataclass(frozen=True)
class Trial:
    """What a rule would have seen in the last days of the own logs."""

    days: int
    threshold: int
    outcome: Outcome


def try_rule(actor: Actor, line: RuleLine, *, days: int, threshold: int) -> Trial:
    """Run a rule over the last days of the own organisation's logs; nothing of it is kept."""
    name = own_lake(actor)
    lake = open_lake()
    arrival = lake.arrived(name, 0)
    if arrival is None:
        return Trial(days, threshold, Outcome())
    until = arrival.last_time + 1
    window = Window(until - days * 86_400_000_000, until)
    with lake.detections(name, window, timezone=settings.TIME_ZONE) as session:
        outcome = session.detect(line.known.rule, window, threshold=threshold, seconds=TRIAL_SECONDS)
    return Trial(days, threshold, outcome)


def rule_files_for(actor: Actor) -> QuerySet[RuleFile]:
    """Return the files of rules that the actor may read, newest first."""
    return RuleFile.objects.visible_to(actor).select_related("sent_by").order_by("-created_at", "-pk")


def rule_file_for(actor: Actor, file_id: UUID) -> RuleFile:
    """Return one of them; raise NotFound where there is none for this actor."""
    return one(rule_files_for(actor).filter(pk=file_id))


def organisations_with_news(slug: str = "") -> Iterator[Organisation]:
    """Yield the organisations (or the one of that slug) in whose logs something is new to one of their rules."""
    lake = open_lake()
    names = [name for name in lake.organisations() if slug in {"", name}]
    for organisation in Organisation.objects.filter(slug__in=names).order_by("slug"):
        running = [line for line in lines_of(organisation.pk) if line.enabled]
        oldest = min((line.use.arrival if line.use else 0 for line in running), default=None)
        if oldest is not None and lake.arrived(organisation.slug, oldest):
            yield organisation


def _uses() -> QuerySet[RuleUse]:
    return RuleUse.objects.unrestricted(reason="what an organisation made of its rules").filter(world=worlds.REAL)
