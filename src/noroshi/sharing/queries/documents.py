"""Reads of the documents of groups. `visible_to` lets in those alone who are in the group now."""

from typing import Any, Final
from uuid import UUID

from django.db.models import F, Prefetch, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.errors import NotFound
from noroshi.core.models import LedgerEntry
from noroshi.kit import search
from noroshi.members.models import Group, Organisation, Person
from noroshi.sharing.models import DocumentVersion, GroupDocument
from noroshi.sharing.queries.receipts import Disclosure, Got, disclosed

DOCUMENT_KIND: Final = "document"
DOWNLOADED: Final = "sharing.document.downloaded"


def documents_for(actor: Actor) -> QuerySet[GroupDocument]:
    """Return the documents of the actor's groups, the last changed first."""
    rows = GroupDocument.objects.visible_to(actor).filter(state=State.PUBLISHED)
    return rows.select_related("group", "author__organisation").order_by("-changed_at", "-id")


def documents_of(actor: Actor, group: Group) -> QuerySet[GroupDocument]:
    """Return the documents of a group as a list shows them, each with its `current` file."""
    current = DocumentVersion.objects.visible_to(actor).filter(number=F("document__version"))
    return documents_for(actor).filter(group=group).prefetch_related(Prefetch("versions", current, to_attr="current"))


def documents_in(groups: QuerySet[Group, Any]) -> QuerySet[GroupDocument, Any]:
    """Return the numbers of all documents of some groups: for leaving out what somebody may not know of."""
    rows = GroupDocument.objects.unrestricted(reason="numbers that are left out of a ledger")
    return rows.filter(group__in=groups).values("pk")


def withdrawn_documents_of(actor: Actor, group: Group) -> QuerySet[GroupDocument]:
    """Return what is left of the withdrawn documents of a group."""
    rows = GroupDocument.objects.visible_to(actor).filter(group=group, state=State.WITHDRAWN)
    return rows.order_by("-changed_at", "-id")


def documents_matching(actor: Actor, text: str) -> QuerySet[GroupDocument]:
    """Return the documents that `actor` reads and whose words contain every word of `text`."""
    return documents_for(actor).filter(search.matching(DOCUMENT_KIND, text))


def document_for(actor: Actor, document_id: UUID) -> GroupDocument:
    """Return a document that `actor` sees, or what is left of it; raise NotFound for any other: one answer."""
    rows = GroupDocument.objects.visible_to(actor).select_related("group", "author__organisation")
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise NotFound
    return document


def versions_of_document(actor: Actor, document: GroupDocument) -> QuerySet[DocumentVersion]:
    """Return the files of a document, the last first."""
    rows = DocumentVersion.objects.of(actor, document)
    return rows.select_related("uploader__organisation").order_by("-number")


def document_version(actor: Actor, document_id: UUID, number: int) -> DocumentVersion:
    """Return one file of a document that `actor` sees; raise NotFound for any other."""
    rows = DocumentVersion.objects.visible_to(actor).select_related("document")
    version = rows.filter(document=document_id, number=number).first()
    if version is None:
        raise NotFound
    return version


def downloads_of(document: GroupDocument) -> Disclosure:
    """Return what may be told of those who got the files of a document: for who added it, and the coordinators."""
    rows = LedgerEntry.objects.filter(subject_id=document.pk, action=DOWNLOADED, person__isnull=False).order_by("id")
    first: dict[tuple[UUID | None, str], LedgerEntry] = {}
    for row in rows:
        first.setdefault((row.person, row.channel), row)
    people = Person.objects.in_bulk({person for person, _channel in first if person})
    houses = Organisation.objects.in_bulk({row.organisation for row in first.values() if row.organisation})
    return disclosed(
        [
            Got(people[row.person], houses[row.organisation], row.channel, row.at)
            for row in first.values()
            if row.person and row.organisation
        ]
    )
