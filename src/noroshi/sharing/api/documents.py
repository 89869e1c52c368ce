"""Documents of groups over REST: listed and added at their group, read and renewed by their own number.

A person's own token alone opens them: an organisation's machine is in no group.
"""

from datetime import datetime
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.http import HttpResponse
from ninja import Field, File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotFound
from noroshi.kit import search
from noroshi.kit.api import Page, Paged, example, listed
from noroshi.kit.cursors import page_by_place, page_of
from noroshi.kit.downloads import download
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, queries
from noroshi.sharing.api.bodies import Why
from noroshi.sharing.api.shapes import FROM, NUMBER, From, url_of
from noroshi.sharing.models import DocumentVersion, GroupDocument

READS: Final = TokenAuth(Scope.DOCUMENTS_READ)
WRITES: Final = TokenAuth(Scope.DOCUMENTS_WRITE)
MOMENT: Final = "2026-11-22T03:00:00Z"
TEXT: Final[dict[str, Any]] = {"title": "How we call each other", "description": "Numbers and hours of the desks."}
LINE: Final[dict[str, Any]] = {
    "id": NUMBER,
    "group": "wg-incident",
    **TEXT,
    "tlp": "AMBER",
    "version": 2,
    "created_at": MOMENT,
    "changed_at": MOMENT,
    "from": FROM,
    "url": f"https://portal.example/signals/documents/{NUMBER}/",
}

router = Router(tags=["documents"])
of_groups = Router(tags=["documents"])


class DocumentLine(Schema):
    """A document of a group, as it is now."""

    model_config = example(**LINE)

    id: UUID
    group: str
    title: str
    description: str
    tlp: TLP
    version: int
    created_at: datetime
    changed_at: datetime
    author: From = Field(alias="from")
    url: str


class DocumentFile(Schema):
    """One version of a document: its bytes are at `/documents/{id}/versions/{version}`."""

    model_config = example(
        number=2,
        name="desks.pdf",
        kind="pdf",
        size=48213,
        cleaned=True,
        note="The desk of West Bank has moved.",
        added_at=MOMENT,
        **{"from": FROM},
    )

    number: int
    name: str
    kind: str
    size: int
    cleaned: bool
    note: str
    added_at: datetime
    uploader: From = Field(alias="from")


class DocumentText(Schema):
    """What a document is: its title, and a description in Markdown."""

    model_config = example(**TEXT)

    title: str
    description: str = ""


class WantedDocuments(Paged):
    """What a list is narrowed by."""

    q: str = Field("", max_length=200, description="Words of the title, the description or the file's name")


@of_groups.get("/{slug:slug}/documents", response=Page[DocumentLine], auth=READS, by_alias=True)
def list_documents(request: ActorRequest, slug: str, wanted: Query[WantedDocuments]) -> dict[str, Any]:
    """List the documents of one of the holder's groups, the last changed first."""
    rows = queries.documents_of(request.actor, queries.own_group(request.actor, slug))
    rows = rows.filter(search.matching(queries.DOCUMENT_KIND, wanted.q)) if wanted.q else rows
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="changed_at")
    return listed(found, lambda row: _line(request, row))


@of_groups.post("/{slug:slug}/documents", response={201: DocumentLine}, auth=WRITES, by_alias=True)
def add_document(
    request: ActorRequest,
    slug: str,
    file: File[UploadedFile],
    title: Form[str],
    tlp: Form[TLP],
    description: Form[str] = "",
    without_metadata: Form[bool] = True,  # noqa: FBT002 - a field of the form
) -> Status[dict[str, Any]]:
    """Add a document to one of the holder's groups: GREEN, AMBER or AMBER+STRICT. Everybody in the group is told."""
    group = queries.own_group(request.actor, slug)
    made = actions.add_document(
        request.actor,
        group,
        title=title,
        description=description,
        tlp=tlp,
        upload=_upload(file, without_metadata=without_metadata),
    )
    return Status(201, _line(request, made))


@router.get("/{uuid:document_id}", response=DocumentLine, auth=READS, by_alias=True)
def read_document(request: ActorRequest, document_id: UUID) -> dict[str, Any]:
    """Read what a document is; one that was withdrawn is there no more."""
    return _line(request, _published(request.actor, document_id))


@router.put("/{uuid:document_id}", response=DocumentLine, auth=WRITES, by_alias=True)
def describe_document(request: ActorRequest, document_id: UUID, text: DocumentText) -> dict[str, Any]:
    """Give a document another title and description."""
    document = queries.document_for(request.actor, document_id)
    described = actions.describe_document(request.actor, document, title=text.title, description=text.description)
    return _line(request, described)


@router.get("/{uuid:document_id}/versions", response=Page[DocumentFile], auth=READS, by_alias=True)
def list_document_versions(request: ActorRequest, document_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the files of a document, the last first."""
    rows = queries.versions_of_document(request.actor, _published(request.actor, document_id))
    return listed(page_by_place(rows, cursor=wanted.cursor, limit=wanted.limit), _file)


@router.post("/{uuid:document_id}/versions", response={201: DocumentLine}, auth=WRITES, by_alias=True)
def add_document_version(
    request: ActorRequest,
    document_id: UUID,
    file: File[UploadedFile],
    note: Form[str],
    without_metadata: Form[bool] = True,  # noqa: FBT002
) -> Status[dict[str, Any]]:
    """Put another file in the place of the last one, which stays readable."""
    document = queries.document_for(request.actor, document_id)
    upload = _upload(file, without_metadata=without_metadata)
    return Status(201, _line(request, actions.add_document_version(request.actor, document, upload=upload, note=note)))


@router.get("/{uuid:document_id}/versions/{int:version}", auth=READS, response={200: bytes})
def read_document_file(request: ActorRequest, document_id: UUID, version: int) -> HttpResponse:
    """Hand out the bytes of one version, to be saved. It is written to the ledger who got them."""
    file = queries.document_version(request.actor, document_id, version)
    content = partial(actions.read_document, request.actor, file)
    return download(request, file, number=f"{file.document_id.hex}-{file.number}", content=content)


@router.post("/{uuid:document_id}/withdraw", response={204: None}, auth=WRITES)
def withdraw_document(request: ActorRequest, document_id: UUID, why: Why) -> Status[None]:
    """Take a document back: the date and the reason are left of it."""
    actions.withdraw_document(request.actor, queries.document_for(request.actor, document_id), reason=why.reason)
    return Status(204, None)


def _upload(file: UploadedFile, *, without_metadata: bool) -> actions.Upload:
    return actions.Upload(file.read(), file.name or "", without_metadata)


def _published(actor: Actor, document_id: UUID) -> GroupDocument:
    document = queries.document_for(actor, document_id)
    if document.state != State.PUBLISHED:
        raise NotFound
    return document


def _line(request: ActorRequest, document: GroupDocument) -> dict[str, Any]:
    names = ("id", "title", "description", "tlp", "version", "created_at", "changed_at")
    return {
        **{name: getattr(document, name) for name in names},
        "group": document.group.slug,
        "from": _from(document.author),
        "url": url_of(request, "document", document.pk),
    }


def _file(version: DocumentVersion) -> dict[str, Any]:
    names = ("number", "name", "kind", "size", "cleaned", "note", "added_at")
    return {**{name: getattr(version, name) for name in names}, "from": _from(version.uploader)}


def _from(person: Any) -> dict[str, str]:
    return {"organisation": person.organisation.name, "person": person.name}
