"""Which rule is against which vulnerability, and how it stands with the reader's organisation."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from noroshi.advisories import policy
from noroshi.advisories.domain.rule_packs import Standing, standing_of
from noroshi.advisories.models import EnabledRules, PackRule, RulePack
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

MOST_HINTS: Final = 100


def packs_for(actor: Actor) -> QuerySet[RulePack]:
    """Return the packs, for whoever reads sources; none for others."""
    rows = RulePack.objects.filter(world=actor.world) if policy.may_read_sources(actor) else RulePack.objects.none()
    return rows.order_by("name")


def pack_for(actor: Actor, pack_id: UUID) -> RulePack:
    """Return one of them. Raises NotFound."""
    row = packs_for(actor).filter(pk=pack_id).first()
    if row is None:
        raise NotFound
    return row


def enabled_of(actor: Actor, pack: RulePack) -> EnabledRules | None:
    """Return what the actor's organisation said of a pack."""
    return EnabledRules.objects.visible_to(actor).filter(pack=pack).first()


@dataclass(frozen=True)
class Hint:
    """A rule against a vulnerability, how it stands with the reader's organisation, and until when that holds."""

    rule: PackRule
    standing: Standing
    until: date | None = None


def hints_about(actor: Actor, cves: Iterable[str]) -> list[Hint]:
    """Return the rules against vulnerabilities of some names, pack by pack."""
    rows = PackRule.objects.filter(pack__in=packs_for(actor), cve__in=list(cves)).select_related("pack")
    rules = list(rows.order_by("pack__name", "rule_id", "cve")[:MOST_HINTS])
    packs = {rule.pack_id for rule in rules}
    said = {row.pack_id: row for row in EnabledRules.objects.visible_to(actor).filter(pack__in=packs)}
    enabled = {number: frozenset(row.rule_ids) for number, row in said.items()}
    today = timezone.localdate(clock.now())
    found = []
    for rule in rules:
        row = said.get(rule.pack_id)
        standing = standing_of(rule.rule_id, enabled.get(rule.pack_id), row.until if row else None, today)
        found.append(Hint(rule, standing, row.until if row and standing in _DATED else None))
    return found


_DATED: Final = (Standing.ENABLED, Standing.EXPIRED)
