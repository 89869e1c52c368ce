"""Writes of rules: files that people send, and what an organisation makes of a rule."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotAllowed
from noroshi.hunting import policy, rule_wording, rulebook
from noroshi.hunting.engine.detections.reasons import RuleError
from noroshi.hunting.engine.detections.rules import MAX_THRESHOLD, Rule
from noroshi.hunting.models import RuleFile, RuleUse
from noroshi.hunting.queries import RuleLine

MAX_FILES: Final = 200
"""Of one organisation, and of the hub for all."""


@transaction.atomic
def save_rules(actor: Actor, *, name: str, content: bytes, for_all: bool = False) -> RuleFile:
    """Keep a file of rules: for the own organisation, or by a hub operator for all; one of that name is replaced.

    Raises InvalidInput, with file and line, for a file that is wrong or a rule whose number is taken.
    """
    organisation = _holder(actor, for_all=for_all)
    rules = _read(name, content)
    files = RuleFile.everything.filter(organisation=organisation, world=actor.world)
    before = files.filter(name=name).first()
    _refuse_taken(organisation, rules, before, name)
    if before is None and files.count() >= MAX_FILES:
        raise InvalidInput("file", _("There are %(limit)d files of rules already.") % {"limit": MAX_FILES})
    file = before or RuleFile(organisation_id=organisation, name=name, world=actor.world)
    file.content, file.sent_by_id = content.decode("utf-8-sig"), actor.person
    file.save()
    ledger.record(actor, "hunting.rules.saved", file, rules=len(rules), for_all=for_all)
    return file


@transaction.atomic
def remove_rules(actor: Actor, file: RuleFile) -> None:
    """Take a file of rules away; what they saw stays."""
    _holder(actor, for_all=file.organisation_id is None)
    ledger.record(actor, "hunting.rules.removed", file, for_all=file.organisation_id is None)
    file.delete()


@transaction.atomic
def tune_rule(actor: Actor, line: RuleLine, *, enabled: bool, threshold: int | None) -> RuleUse:
    """Switch a rule on or off in the own organisation's logs, and give it an own threshold (None: the rule's)."""
    organisation = policy.require_hunter(actor)
    rule = line.known.rule
    if threshold is not None and (not rule.tunable or not 1 <= threshold <= MAX_THRESHOLD):
        raise InvalidInput("threshold", _("Give a number from 1 to 2,000,000,000, where the rule counts something."))
    use, _new = RuleUse.everything.select_for_update().get_or_create(
        organisation_id=organisation, rule=rule.id, defaults={"world": actor.world}
    )
    use.enabled, use.threshold = enabled, None if threshold == rule.threshold else threshold
    use.save(update_fields=["enabled", "threshold"])
    ledger.record(actor, "hunting.rule.tuned", use, of_rule=rule.id, enabled=enabled, threshold=use.threshold)
    return use


def _holder(actor: Actor, *, for_all: bool) -> UUID | None:
    """Return whose file it is: the own organisation's, or nobody's where it is for all."""
    own = None if for_all and policy.may_count(actor) else policy.require_hunter(actor)
    if for_all and own is not None:
        raise NotAllowed(_("Rules for all members are the hub's operators' to give."), "role")
    return own


def _read(name: str, content: bytes) -> tuple[Rule, ...]:
    try:
        return rulebook.parsed(content)
    except RuleError as error:
        raise InvalidInput("file", f"{name}:{error.line}: {rule_wording.in_words(error)}") from error


def _refuse_taken(organisation: UUID | None, rules: tuple[Rule, ...], before: RuleFile | None, name: str) -> None:
    """Refuse a rule with the number of another one: switching one off would switch off both."""
    known = rulebook.rules_of(organisation)
    for rule in rules:
        other = known.get(rule.id)
        if other is not None and (before is None or other.file_id != before.pk):
            sentence = _("The number %(id)s belongs to the rule “%(title)s” already.")
            words = {"id": rule.id, "title": other.rule.title.en}
            raise InvalidInput("file", f"{name}:{rule.line}: {sentence % words}")
