"""Reads of attached files."""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import F, Q, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.sharing.models import Attachment, Blob, Signal, StoredFile
from noroshi.sharing.queries.levels import open_since


def attachments_of(actor: Actor, signal: Signal) -> QuerySet[Attachment]:
    """Return the files of a signal and of those comments on it that `actor` reads, in the order in which they came.

    What is said under a signal is for members, and for those who could read it when it was said.
    """
    own_first = F("comment").asc(nulls_first=True)
    rows = Attachment.objects.of(actor, signal).order_by("added_at", own_first, "id")
    if actor.is_visitor:
        return rows.filter(comment=None)
    since = open_since(actor, signal)
    return rows if since is None else rows.filter(Q(comment=None) | Q(comment__created_at__gt=since))


def attachment_for(actor: Actor, attachment_id: UUID) -> Attachment:
    """Return a file that `actor` sees by the channel it asks by; raise NotFound for any other: one answer."""
    known = Attachment.objects.visible_to(actor).select_related("signal").filter(pk=attachment_id).first()
    rows = attachments_of(actor, known.signal).select_related("signal", "comment") if known else None
    attachment = rows.filter(pk=attachment_id).first() if rows is not None else None
    if attachment is None:
        raise NotFound
    return attachment


def blobs_needed() -> list[str]:
    """Return the names of the bytes that something refers to: what a check of the installation looks for."""
    return list(Blob.objects.filter(pk__in=_referred_to()).order_by("pk").values_list("pk", flat=True))


def blobs_unneeded() -> list[str]:
    """Return the names of the bytes that nothing refers to any more."""
    return list(Blob.objects.exclude(pk__in=_referred_to()).order_by("pk").values_list("pk", flat=True))


def is_needed(sha256: str) -> bool:
    """Whether something refers to the bytes of this name."""
    return any(rows.filter(blob=sha256).exists() for rows in _holders())


def blobs_uploaded_by(organisation_id: UUID) -> QuerySet[Any, str]:
    """Return the names of the bytes that people of an organisation have brought, each once."""
    return _referred_to(uploader__organisation=organisation_id)


def _referred_to(**narrowed: UUID) -> QuerySet[Any, str]:
    first, *others = (rows.filter(**narrowed).values_list("blob_id", flat=True) for rows in _holders())
    return first.union(*others)


def _holders() -> list[QuerySet[Any]]:
    """Everything that holds files, in whichever room: bytes that something refers to are never forgotten."""
    kinds = [model for model in apps.get_models() if issubclass(model, StoredFile)]
    return [kind._base_manager.order_by() for kind in kinds]  # noqa: SLF001 - whoever sees them
