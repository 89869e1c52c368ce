"""Which tables an organisation can decide by, and which one it chose."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.advisories.domain.decisions import Table, tables
from noroshi.advisories.domain.decisions.own import of_stored_table
from noroshi.advisories.domain.urgency import HOUSE_TABLES, USUAL
from noroshi.advisories.models import DecisionTable, TableChoice
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound


def own_tables_for(actor: Actor) -> QuerySet[DecisionTable]:
    """Return the tables that the actor's organisation wrote, the last version of each name first."""
    return DecisionTable.objects.visible_to(actor).select_related("made_by").order_by("name", "-made_at", "-pk")


def own_table_for(actor: Actor, table_id: UUID) -> DecisionTable:
    """Return one of them. Raises NotFound."""
    row = own_tables_for(actor).filter(pk=table_id).first()
    if row is None:
        raise NotFound
    return row


def choice_for(actor: Actor) -> TableChoice | None:
    """Return what the actor's organisation chose; None where it goes by the usual table."""
    return TableChoice.objects.visible_to(actor).select_related("chosen_by").first()


def tables_for(actor: Actor) -> dict[str, Table]:
    """Return all tables that the actor's organisation can decide by, by label: the chosen one first."""
    choice = choice_for(actor)
    known = _together(own_tables_for(actor))
    first = choice.label if choice is not None and choice.label in known else USUAL
    return {first: known[first]} | known


def table_of(row: DecisionTable) -> Table:
    """Return an organisation's own table as it decides."""
    return of_stored_table(row.name, row.version, row.content)


def chosen_table(organisation: UUID, world: str) -> Table:
    """Return the table by which an organisation's tasks are due."""
    label = TableChoice.everything.filter(organisation=organisation, world=world).values_list("label", flat=True)
    chosen = label.first() or USUAL
    known = tables()
    if chosen in known:
        return known[chosen]
    return _together(DecisionTable.everything.filter(organisation=organisation, world=world))[chosen]


def who_chose(organisation: UUID, world: str) -> UUID | None:
    """Return who chose the table by which an organisation's tasks are due."""
    rows = TableChoice.everything.filter(organisation=organisation, world=world)
    return rows.values_list("chosen_by", flat=True).first()


def _together(own: QuerySet[DecisionTable]) -> dict[str, Table]:
    house = tables()
    return {label: house[label] for label in HOUSE_TABLES} | {str(row): table_of(row) for row in own}
