"""What goes up to the hub of patch tasks, and what members told."""

from typing import Final
from uuid import UUID

import msgspec
from django.db.models import QuerySet
from django.utils import timezone

from noroshi.advisories.domain.counts import Counts, counts_of
from noroshi.advisories.models import CountsAgreement, Match, MatchStage, MemberCounts
from noroshi.advisories.queries.tasks import AT_WORK
from noroshi.core import clock
from noroshi.core.actor import Actor

_COUNTED: Final = (*AT_WORK, MatchStage.VIRTUAL, MatchStage.ACCEPTED, MatchStage.FIXED)
"""Stages of what is known to be affected, or was: what waits to be judged is not counted."""


def counts_to_tell(organisation: UUID, world: str) -> Counts:
    """Return what is told of an organisation's tasks as they stand."""
    rows = Match.everything.filter(organisation=organisation, world=world, stage__in=_COUNTED)
    columns = rows.values_list("vulnerability__name", "stage", "due").iterator(chunk_size=2_000)
    today = timezone.localdate(clock.now())
    return counts_of(((name, stage in AT_WORK, due) for name, stage, due in columns), today)


def agreement_of(organisation: UUID | None, world: str) -> CountsAgreement | None:
    """Return an organisation's agreement, None where it gave none."""
    return CountsAgreement.everything.select_related("agreed_by").filter(organisation=organisation, world=world).first()


def member_counts_for(actor: Actor) -> QuerySet[MemberCounts]:
    """Return what members told, for operators of the hub; for a member its own."""
    return MemberCounts.objects.visible_to(actor).select_related("organisation").order_by("told_at", "pk")


def read_counts(row: MemberCounts) -> Counts:
    """Return the counts of a row."""
    return msgspec.convert(row.counts, Counts)
