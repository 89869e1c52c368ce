"""Decision tables of an institution: imported, chosen, and tasks worked out anew by the chosen one."""

import re
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from noroshi.advisories import policy, queries
from noroshi.advisories.actions.match_writing import STANDING, settle
from noroshi.advisories.actions.task_history import step_of, write_steps
from noroshi.advisories.domain.decisions.own import TableFaultError, read_own, stored_table
from noroshi.advisories.domain.urgency import HOUSE_TABLES
from noroshi.advisories.models import DecisionTable, Match, StepKind, TableChoice, TaskStep
from noroshi.advisories.table_wording import fault_in_words
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound

MOST_TABLE_BYTES: Final = 2_000_000
MOST_TABLES: Final = 200
_VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,29}")
_AT_A_TIME: Final = 500


@transaction.atomic
def import_table(actor: Actor, *, name: str, version: str, body: bytes) -> DecisionTable:
    """Take in a version of an own table. Raises InvalidInput where it is not total, contradicts itself or asks what
    nobody knows; Conflict where tasks were decided by that version already.
    """  # noqa: D205 - both are raised
    policy.require_inventory_keeper(actor)
    name, version = " ".join(name.split()), version.strip()
    if not name or len(name) > 60:  # noqa: PLR2004 - as long as the field
        raise InvalidInput("name", _("Give the table a name of at most 60 characters."))
    if not _VERSION.fullmatch(version):
        raise InvalidInput("version", _("A version is letters, digits, dots and hyphens, without spaces."))
    if f"{name} {version}" in HOUSE_TABLES:
        raise InvalidInput("name", _("A table that comes along is called so: choose another name."))
    content = _content(name, version, body)
    mine = DecisionTable.everything.filter(organisation=actor.acting_organisation, world=actor.world)
    row = mine.select_for_update().filter(name=name, version=version).first()
    if row is None and mine.count() >= MOST_TABLES:
        raise Conflict(_("There are %(limit)s tables: discard some first.") % {"limit": MOST_TABLES})
    if row is not None and row.content == content:
        return row
    if row is not None and row.used_at is not None:
        raise Conflict(_("Tasks were decided by this version: give the next one a version of its own."))
    row = row or DecisionTable(organisation_id=actor.acting_organisation, world=actor.world, name=name, version=version)
    row.content, row.made_at, row.made_by_id = content, clock.now(), actor.person
    row.save()
    ledger.record(actor, "advisories.table.imported", row)
    return row


def _content(name: str, version: str, body: bytes) -> dict[str, object]:
    if len(body) > MOST_TABLE_BYTES:
        raise InvalidInput("file", _("That is too large for a table."))
    try:
        return stored_table(read_own(name, version, body.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise InvalidInput("file", _("The file is no text in UTF-8.")) from error
    except TableFaultError as fault:
        raise InvalidInput("file", fault_in_words(fault)) from fault


@transaction.atomic
def discard_table(actor: Actor, table: DecisionTable) -> None:
    """Forget a version by which nothing was decided yet."""
    policy.require_inventory_keeper(actor)
    row = DecisionTable.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=table.pk).first()
    if row is None:
        raise NotFound
    if row.used_at is not None:
        raise Conflict(_("Tasks were decided by this version: it is kept for whoever looks into them."))
    ledger.record(actor, "advisories.table.discarded", row)
    row.delete()


@transaction.atomic
def choose_table(actor: Actor, label: str) -> TableChoice:
    """Say by which table tasks are due from now on; those that are open are worked out anew by a job."""
    policy.require_inventory_keeper(actor)
    if label not in queries.tables_for(actor):
        raise InvalidInput("table", _("Choose one of the list."))
    choice, _new = TableChoice.everything.select_for_update().get_or_create(
        organisation_id=actor.acting_organisation, world=actor.world, defaults={"label": ""}
    )
    if choice.label == label:
        return choice
    choice.label = label
    choice.chosen_at, choice.chosen_by_id = clock.now(), actor.person
    choice.save()
    own = DecisionTable.everything.filter(organisation=choice.organisation_id, world=choice.world, used_at=None)
    for row in own:
        if str(row) == label:
            own.filter(pk=row.pk).update(used_at=choice.chosen_at)
    ledger.record(actor, "advisories.table.chosen", choice)
    return choice


@transaction.atomic
def recompute_tasks(organisation: UUID, world: str) -> int:
    """Work out what is open anew by the chosen table, each with its step; return how many changed.

    The days count from when the facts were as they are: a change of tables neither forgives nor adds any.
    """
    table, now = queries.chosen_table(organisation, world), clock.now()
    rows = Match.everything.select_for_update(of=("self",)).select_related("asset", "vulnerability")
    by = queries.who_chose(organisation, world)
    changed: list[Match] = []
    steps: list[TaskStep] = []
    for row in rows.filter(organisation=organisation, world=world, stage__in=STANDING).order_by("pk"):
        before = row.decision
        settle(row, row.asset, row.vulnerability, table, timezone.localdate(now))
        if row.decision != before:
            changed.append(row)
            steps.append(step_of(row, StepKind.TABLE, before=row.stage, at=now, by=by))
    Match.everything.bulk_update(changed, ["due", "decision", "counted_from"], batch_size=_AT_A_TIME)
    write_steps(steps)
    return len(changed)
