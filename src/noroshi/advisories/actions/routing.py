"""Rules that say where what comes in goes: kept by operators, in an order."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.triage import ANY, Priority, Way
from noroshi.advisories.models import Category, RoutingRule, Source
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line

MOST_RULES: Final = 200
MOST_VALUES: Final = 100
LONGEST_VALUE: Final = 80
LONGEST_NAME: Final = 100
MOST_DAYS: Final = 90

UNDER_ATTACK: Final = (
    "ゼロデイ", "悪用が確認", "悪用を確認", "攻撃が確認", "攻撃を確認", "悪用される", "悪用事例",
    "zero-day", "zero day", "in the wild", "actively exploited", "under attack", "ransomware", "ランサムウェア",
)  # fmt: skip
OUR_SECTOR: Final = (
    "銀行", "金融", "信用金庫", "信用組合", "証券", "保険会社", "クレジットカード", "不正送金", "暗号資産",
    "bank", "banks", "banking", "financial", "insurer", "broker", "payment", "SWIFT",
)  # fmt: skip
DIGESTS: Final = ("Weekly Report", "週報", "週刊", "月報", "まとめ", "weekly", "monthly", "roundup", "round-up")
ADVERTISING: Final = ("セミナー", "ウェビナー", "講演", "展示会", "webinar", "sponsored", "earnings")


@dataclass(frozen=True)
class RuleSaid:
    """What a person says of a rule."""

    name: str
    position: int = 100
    words: Sequence[str] = ()
    names: Sequence[str] = ()
    products: Sequence[str] = ()
    is_exploited: bool = False
    source: Source | None = None
    category: Category | None = None
    priority: int = Priority.NORMAL.value
    way: str = Way.QUEUE.value
    days: int = 1


@transaction.atomic
def keep_rule(actor: Actor, *, said: RuleSaid, row: RoutingRule | None = None) -> RoutingRule:
    """Add a rule, or change one. Raises InvalidInput that names the field."""
    policy.require_triager(actor)
    others = RoutingRule.objects.filter(world=actor.world)
    if row is not None:
        others = others.exclude(pk=row.pk)
    elif others.count() >= MOST_RULES:
        raise Conflict(_("There are enough rules: change one of them."))
    row = row or RoutingRule(world=actor.world)
    for each in fields(said):
        value = getattr(said, each.name)
        setattr(row, each.name, _checked(each.name, value) if each.name in ("words", "names", "products") else value)
    row.name = checked_sentence("name", one_line(said.name), LONGEST_NAME)
    if others.filter(name=row.name).exists():
        raise InvalidInput("name", _("There is a rule of this name."))
    if row.rule.conditions.is_empty:
        raise InvalidInput("words", _("Name at least one condition: a rule without any would fire for everything."))
    row.changed_by_id, row.changed_at = actor.acting_person, clock.now()
    row.save()
    ledger.record(actor, "advisories.routing.kept", row, name=row.name)
    return row


@transaction.atomic
def begin_with_usual_rules(actor: Actor) -> list[RoutingRule]:
    """Add the rules that most begin with, in the actor's language. Raises Conflict where there are rules already."""
    policy.require_triager(actor)
    if RoutingRule.objects.filter(world=actor.world).exists():
        raise Conflict(_("There are rules already: change these."))
    return [keep_rule(actor, said=said) for said in _usual_rules()]


def _usual_rules() -> Sequence[RuleSaid]:
    """Return them, the most urgent first. None of them drops anything: that is for people to decide."""
    high, low = Priority.HIGH.value, Priority.LOW.value
    return (
        RuleSaid(_("Exploited already"), 10, is_exploited=True, priority=Priority.URGENT.value),
        RuleSaid(_("Attacks that are going on"), 20, words=UNDER_ATTACK, priority=high),
        RuleSaid(_("The financial sector is named"), 30, words=OUR_SECTOR, priority=high),
        RuleSaid(_("Digests"), 80, words=DIGESTS, priority=low),
        RuleSaid(_("Events and advertising"), 90, words=ADVERTISING, priority=low),
    )


@transaction.atomic
def switch_rule(actor: Actor, row: RoutingRule, *, on: bool) -> None:
    """Let a rule fire from now on, or no more."""
    policy.require_triager(actor)
    row.is_on, row.changed_by_id, row.changed_at = on, actor.acting_person, clock.now()
    row.save(update_fields=["is_on", "changed_by", "changed_at"])
    ledger.record(actor, "advisories.routing.switched", row, name=row.name, on=on)


def _checked(field: str, values: Sequence[str]) -> list[str]:
    found = list(dict.fromkeys(plain for value in values if (plain := one_line(value))))
    if len(found) > MOST_VALUES or any(len(value) > LONGEST_VALUE for value in found):
        limits = {"lines": MOST_VALUES, "limit": LONGEST_VALUE}
        raise InvalidInput(field, _("At most %(lines)s lines of %(limit)s characters.") % limits)
    for value in found:
        if field == "names" and len(value.strip(ANY)) < len("CVE-"):
            raise InvalidInput(field, _("%(name)s is too short to tell identifiers apart.") % {"name": value})
    return found
