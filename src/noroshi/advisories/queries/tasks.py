"""What the actor's own organisation runs, what hits it, and what it decided."""

from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import Count, DateField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from noroshi.advisories.models import Asset, Inventory, Match, MatchRun, MatchStage, TaskStep, Vulnerability
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

AT_WORK: Final = (MatchStage.OPEN, MatchStage.ACKNOWLEDGED, MatchStage.INVESTIGATED)
"""Stages in which somebody has something to do now."""

NO_DAY: Final = date(9999, 12, 31)
"""Where what waits for the next upgrade stands in the order: behind all that has a day, in every database."""


def inventories_for(actor: Actor) -> QuerySet[Inventory]:
    """Return the lists of the actor's organisation, by name, each with the number of its assets."""
    rows = Inventory.objects.visible_to(actor).annotate(asset_count=Count("assets"))
    return rows.select_related("read_by").order_by("name")


def inventory_for(actor: Actor, inventory_id: UUID) -> Inventory:
    """Return one of them. Raises NotFound."""
    row = inventories_for(actor).filter(pk=inventory_id).first()
    if row is None:
        raise NotFound
    return row


def assets_for(actor: Actor) -> QuerySet[Asset]:
    """Return the assets of the actor's organisation with the number of tasks that are open; not what is installed."""
    at_work = Match.everything.filter(asset=OuterRef("pk"), stage__in=AT_WORK).order_by().values("asset")
    counted = Coalesce(Subquery(at_work.annotate(number=Count("pk")).values("number")), 0)  # asked where it is shown
    rows = Asset.objects.visible_to(actor).select_related("inventory").annotate(open_count=counted)
    return rows.defer("components").order_by("label", "pk")


def asset_for(actor: Actor, asset_id: UUID) -> Asset:
    """Return one of them, with what is installed. Raises NotFound."""
    row = assets_for(actor).defer(None).filter(pk=asset_id).first()
    if row is None:
        raise NotFound
    return row


def matches_for(actor: Actor) -> QuerySet[Match]:
    """Return the matches of the actor's organisation, what is due first before what is not.

    All that is installed on its asset comes with none of them: that may be thousands, and hundreds of matches.
    """
    rows = Match.objects.visible_to(actor).select_related("asset", "vulnerability", "decided_by")
    rows = rows.defer("asset__components")
    by_urgency = Coalesce("due", Value(NO_DAY), output_field=DateField())
    return rows.annotate(urgency=by_urgency).order_by("urgency", "pk")


def match_for(actor: Actor, match_id: UUID) -> Match:
    """Return one of them. Raises NotFound."""
    row = matches_for(actor).filter(pk=match_id).first()
    if row is None:
        raise NotFound
    return row


def matches_of_vulnerability(actor: Actor, vulnerability: Vulnerability) -> QuerySet[Match]:
    """Return which assets of the actor's organisation a vulnerability hits or may hit."""
    return matches_for(actor).filter(vulnerability=vulnerability).exclude(stage=MatchStage.GONE)


def steps_of(actor: Actor, match: Match) -> QuerySet[TaskStep]:
    """Return what happened to a match of the actor's organisation, the last first."""
    return TaskStep.objects.visible_to(actor).filter(match=match).select_related("by").order_by("-at", "-pk")


def last_run_for(actor: Actor) -> MatchRun | None:
    """Return the matching of the actor's organisation that was asked for last."""
    return MatchRun.objects.visible_to(actor).order_by("asked_at", "pk").last()
