"""Packs of rules: imported by the hub, and what a member has on."""

from datetime import date, timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.inventory import UnreadableInventoryError
from noroshi.advisories.domain.inventory.texts import decoded
from noroshi.advisories.domain.rule_packs import MOST_RULES, PackFormat, Rule, ids_in, read_pack
from noroshi.advisories.models import EnabledRules, PackRule, RulePack
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line

MAX_NAME: Final = 120
MAX_ID: Final = 200
MOST_SHOWN: Final = 50
MOST_ENABLED: Final = 100_000
LONGEST: Final = timedelta(days=366)
"""For so long what a member says of its rules may be taken to hold: after that it says so anew."""
_WRITTEN_AT_ONCE: Final = 2_000


@transaction.atomic
def import_pack(actor: Actor, *, name: str, form: PackFormat, licence: str, content: bytes) -> RulePack:
    """Take in a pack, in place of the one that has its name. Raises InvalidInput where no rule in it names a CVE."""
    policy.require_source_keeper(actor)
    try:
        read = read_pack(form, decoded(content))
    except UnreadableInventoryError as error:
        raise InvalidInput("file", _("The file cannot be read: %(reason)s.") % {"reason": error}) from error
    if not read.rules:
        raise InvalidInput("file", _("No rule in this file names a CVE: look whether the format is the right one."))
    if len(read.rules) > MOST_RULES:
        raise InvalidInput("file", _("More than %(limit)s rules.") % {"limit": f"{MOST_RULES:,}"})
    plain = checked_sentence("name", one_line(name), MAX_NAME)
    pack = RulePack.objects.select_for_update().filter(world=actor.world, name=plain).first()
    pack = pack or RulePack(world=actor.world, name=plain)
    pack.form, pack.licence = form.value, one_line(licence)[:MAX_NAME]
    pack.rules_read, pack.without_cve, pack.unread_count = len(read.rules), read.without_cve, len(read.unread)
    pack.unread = [[each.line, each.reason[:200]] for each in islice(read.unread, MOST_SHOWN)]
    pack.imported_by_id, pack.imported_at = actor.acting_person, clock.now()
    pack.save()
    PackRule.objects.filter(pack=pack).delete()
    rows = (_row(pack, rule, cve) for rule in read.rules for cve in rule.cves)
    PackRule.objects.bulk_create(rows, batch_size=_WRITTEN_AT_ONCE)
    ledger.record(actor, "advisories.rule_pack.imported", pack, name=pack.name, rules=pack.rules_read)
    return pack


@transaction.atomic
def say_enabled(actor: Actor, pack: RulePack, *, text: str, until: date) -> EnabledRules:
    """Say which rules of a pack the own organisation has on, and up to which day that is taken to hold."""
    policy.require_asker(actor)
    today = timezone.localdate(clock.now())
    if not today <= until <= today + LONGEST:
        raise InvalidInput("until", _("Name a day from today up to a year from now."))
    wanted = ids_in(text)
    if len(wanted) > MOST_ENABLED or any(len(each) > MAX_ID for each in wanted):
        limits = {"lines": f"{MOST_ENABLED:,}", "limit": MAX_ID}
        raise InvalidInput("rules", _("At most %(lines)s rule numbers of %(limit)s characters.") % limits)
    said, _new = EnabledRules.objects.unrestricted(reason="the own organisation's row, named here").update_or_create(
        organisation_id=actor.acting_organisation,
        world=actor.world,
        pack=pack,
        defaults={
            "rule_ids": wanted,
            "until": until,
            "said_by_id": actor.acting_person,
            "said_at": clock.now(),
        },
    )
    ledger.record(actor, "advisories.enabled_rules.said", said, rules=len(wanted))
    return said


def _row(pack: RulePack, rule: Rule, cve: str) -> PackRule:
    return PackRule(
        pack=pack,
        cve=cve,
        rule_id=rule.rule_id[:MAX_ID],
        title=rule.title[:300],
        revision=rule.revision[:60],
        action=rule.action[:60],
        licence=(rule.licence or pack.licence)[:MAX_NAME],
        is_off=rule.is_off,
    )
