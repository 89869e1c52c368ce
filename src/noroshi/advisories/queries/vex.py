"""What VEX documents say of what the actor's organisation runs."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from noroshi.advisories.domain.aliases import Aliases
from noroshi.advisories.domain.components import of_stored
from noroshi.advisories.domain.matching import Component
from noroshi.advisories.domain.vex import Statement, VexStatus, covers, latest
from noroshi.advisories.models import Asset, VexDocument
from noroshi.advisories.queries.aliases import aliases_of
from noroshi.advisories.queries.vulnerabilities import numbers_in
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound


def vex_documents_for(actor: Actor) -> QuerySet[VexDocument]:
    """Return the documents that the actor's organisation imported, the last first."""
    rows = VexDocument.objects.visible_to(actor).select_related("inventory", "imported_by")
    return rows.order_by("-imported_at", "-pk")


def vex_document_for(actor: Actor, document_id: UUID) -> VexDocument:
    """Return one of them. Raises NotFound."""
    row = vex_documents_for(actor).filter(pk=document_id).first()
    if row is None:
        raise NotFound
    return row


@dataclass(frozen=True)
class Heard:
    """A statement that counts for a match, and who made it in which document."""

    statement: Statement
    document: UUID
    author: str

    @property
    def stored(self) -> dict[str, Any]:
        """Return what a match keeps of it."""
        return {
            "document": str(self.document),
            "author": self.author,
            "status": self.statement.status.value,
            "justification": self.statement.justification,
            "detail": self.statement.detail,
            "said_at": self.statement.said_at,
        }


class Said:
    """All that the documents of an organisation say, by inventory and vulnerability."""

    def __init__(self, organisation: UUID, world: str) -> None:
        documents = list(VexDocument.everything.filter(organisation=organisation, world=world).order_by("pk"))
        read = [(row, Statement.read(value)) for row in documents for value in row.statements]
        numbers = numbers_in(world, (name for _row, each in read for name in each.names))
        self._known: dict[tuple[UUID, UUID], list[Heard]] = defaultdict(list)
        for row, each in read:
            for number in {numbers[name] for name in each.names if name in numbers}:
                self._known[row.inventory_id, number].append(Heard(each, row.pk, row.author))
        self._aliases = aliases_of(organisation, world) if documents else Aliases()

    def of(self, asset: Asset, component: Component, vulnerability: UUID) -> Heard | None:
        """Return what counts for a component that is hit; None where nobody says anything of it, or that it is hit."""
        said = self._known.get((asset.inventory_id, vulnerability))
        if not said:
            return None
        others = [of_stored(value) for value in asset.components]
        fitting = {
            id(each.statement): each
            for each in said
            if covers(each.statement, component, others, asset.label, self._aliases)
        }
        last = latest(each.statement for each in fitting.values())
        return None if last is None or last.status is VexStatus.AFFECTED else fitting[id(last)]
