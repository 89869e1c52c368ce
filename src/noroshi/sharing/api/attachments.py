"""Files over REST: listed and sent in at their signal, handed out and taken away by their own number."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from ninja import File, Form, Query, Router, Schema, Status
from ninja.files import UploadedFile

from noroshi.kit.api import Page, Paged, example
from noroshi.kit.cursors import page_by_place
from noroshi.kit.downloads import download
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions, queries
from noroshi.sharing.api.shapes import NUMBER, READS, WRITES, parts
from noroshi.sharing.models import Attachment

router = Router(tags=["attachments"])
of_signals = Router(tags=["attachments"])


class FileLine(Schema):
    """A file. `sample` is malware in an encrypted archive, `cleaned` says that its metadata was removed here.

    `sample_sha256` is the hash of the malware itself where it was wrapped here, else of the archive.
    """

    model_config = example(
        id=NUMBER, name="report.pdf", kind="pdf", size=48213, cleaned=True, sample=False, sample_sha256="", comment=None
    )

    id: UUID
    name: str
    kind: str
    size: int
    cleaned: bool
    sample: bool
    sample_sha256: str
    comment: UUID | None


@of_signals.get("/{uuid:signal_id}/attachments", response=Page[FileLine], auth=READS)
def list_attachments(request: ActorRequest, signal_id: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the files of a signal, or of an own draft, and of the comments on it, in the order in which they came."""
    signal = queries.signal_for(request.actor, signal_id)
    found = page_by_place(queries.attachments_of(request.actor, signal), cursor=wanted.cursor, limit=wanted.limit)
    return parts(request, signal, found, line_of)


@of_signals.post("/{uuid:signal_id}/attachments", response={201: FileLine}, auth=WRITES)
def attach_file(
    request: ActorRequest,
    signal_id: UUID,
    file: File[UploadedFile],
    without_metadata: Form[bool] = True,  # noqa: FBT002 - a field of the form
    sample: Form[bool] = False,  # noqa: FBT002
) -> Status[dict[str, Any]]:
    """Attach a file to an own draft or, as an amendment, to an own signal.

    What it is is read from its content. Metadata is removed where it can be; a `sample` is wrapped into an encrypted
    ZIP archive with the password "infected".
    """
    signal = queries.signal_for(request.actor, signal_id)
    upload = actions.Upload(file.read(), file.name or "", without_metadata, sample)
    return Status(201, line_of(actions.attach_file(request.actor, signal, upload=upload)))


@of_signals.post("/{uuid:signal_id}/comments/{uuid:comment_id}/attachments", response={201: FileLine}, auth=WRITES)
def attach_to_comment(
    request: ActorRequest,
    signal_id: UUID,
    comment_id: UUID,
    file: File[UploadedFile],
    without_metadata: Form[bool] = True,  # noqa: FBT002
    sample: Form[bool] = False,  # noqa: FBT002
) -> Status[dict[str, Any]]:
    """Attach a file to an own comment."""
    signal = queries.signal_for(request.actor, signal_id)
    comment = queries.comment_for(request.actor, signal, comment_id)
    upload = actions.Upload(file.read(), file.name or "", without_metadata, sample)
    return Status(201, line_of(actions.attach_to_comment(request.actor, comment, upload=upload)))


@router.get("/{uuid:attachment_id}", auth=READS, response={200: bytes})
def read_attachment(request: ActorRequest, attachment_id: UUID) -> HttpResponse:
    """Hand out the bytes of a file, to be saved. It is written to the ledger who got them."""
    file = queries.attachment_for(request.actor, attachment_id)
    content = partial(actions.read_attachment, request.actor, file)
    return download(request, file, number=file.pk.hex, content=content)


@router.delete("/{uuid:attachment_id}", auth=WRITES, response={204: None})
def remove_attachment(request: ActorRequest, attachment_id: UUID) -> Status[None]:
    """Take a file away."""
    actions.remove_attachment(request.actor, queries.attachment_for(request.actor, attachment_id))
    return Status(204, None)


def line_of(file: Attachment) -> dict[str, Any]:
    """Return a file as lists have it."""
    names = ("id", "name", "kind", "size", "cleaned", "sample_sha256")
    return {**{name: getattr(file, name) for name in names}, "sample": file.is_sample, "comment": file.comment_id}
