"""What the TAXII server knows of those who use it."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.intel.models import Poll, PostStatus
from noroshi.members.queries import tokens_for


def status_for(actor: Actor, status_id: UUID) -> bytes:
    """Return what became of something that the actor's organisation sent in; raise NotFound for anything else."""
    found = PostStatus.objects.visible_to(actor).filter(pk=status_id).first()
    if found is None:
        raise NotFound
    return bytes(found.body)


def polls_for(actor: Actor) -> QuerySet[Poll]:
    """Return when the tokens that the actor may see last polled, the latest first."""
    return Poll.objects.filter(token__in=tokens_for(actor)).select_related("token__person", "token__organisation")
