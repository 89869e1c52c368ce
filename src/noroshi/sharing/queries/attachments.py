"""Reads of attached files."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.sharing.models import Attachment, Blob, Signal


def attachments_of(actor: Actor, signal: Signal) -> QuerySet[Attachment]:
    """Return the files of a signal and of its comments, in the order in which they came."""
    return Attachment.objects.visible_to(actor).filter(signal=signal).order_by("added_at", "id")


def attachment_for(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file that `actor` sees by the channel it asks by; raise NotFound for any other: one answer."""
    rows = Attachment.objects.visible_to(actor).select_related("signal", "comment")
    attachment = rows.filter(pk=attachment_id).first()
    if attachment is None:
        raise NotFound
    return attachment


def blobs_needed() -> list[str]:
    """Return the names of the bytes that something refers to: what a check of the installation looks for."""
    return list(Blob.objects.filter(pk__in=_referred_to()).order_by("pk").values_list("pk", flat=True))


def blobs_unneeded() -> list[str]:
    """Return the names of the bytes that nothing refers to any more."""
    return list(Blob.objects.exclude(pk__in=_referred_to()).order_by("pk").values_list("pk", flat=True))


def _referred_to() -> QuerySet[Attachment, str]:
    return Attachment.everything.values_list("blob_id", flat=True)
