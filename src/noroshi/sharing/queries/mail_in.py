"""Reads of mail in: one's own addresses, and which drafts came by one."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound
from noroshi.members.domain.secrets import digest
from noroshi.sharing.models import MailAddress, Signal, TakenMail


def mail_addresses_of(actor: Actor) -> QuerySet[MailAddress]:
    """Return the actor's own addresses, the last made first."""
    own = MailAddress.objects.filter(person=actor.person, person__isnull=False)
    return own.select_related("group", "person__organisation").order_by("-created_at", "-pk")


def mail_address_for(actor: Actor, address_id: UUID) -> MailAddress:
    """Return one of the actor's own addresses; raise NotFound for any other."""
    row = mail_addresses_of(actor).filter(pk=address_id).first()
    if row is None:
        raise NotFound
    return row


def mail_address_with(secret: str) -> MailAddress | None:
    """Return the usable address with this secret, if there is one: the hash is looked up, so the time tells nothing."""
    rows = MailAddress.objects.select_related("group", "person__organisation")
    row = rows.filter(secret_hash=digest(secret)).first()
    return row if row is not None and row.is_usable else None


def mail_of(signal: Signal) -> TakenMail | None:
    """Return the mail that a draft came by. The caller has checked that its reader is the author."""
    return TakenMail.objects.filter(signal=signal).first()
