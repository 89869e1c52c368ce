"""API tokens: of a person, or of an organisation's machine. The secret leaves once; its hash stays."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.members import policy
from noroshi.members.actions import names
from noroshi.members.domain import authority, certificates, secrets
from noroshi.members.domain.scopes import Scope, unknown
from noroshi.members.models import Organisation, Person, Token

LONGEST_LIFE: Final = 366


@transaction.atomic
def issue_token(
    actor: Actor,
    *,
    person: Person | None = None,
    organisation: Organisation | None = None,
    label: str,
    scopes: Collection[str],
    days: int = 90,
    certificate: str = "",
) -> tuple[Token, str]:
    """Issue a token to oneself (`person`) or to a machine of one's `organisation`; return it with its secret.

    A machine may show a client's certificate instead of the secret: `certificate` is its SHA-256 fingerprint.
    """
    holder = _holder(actor, person, organisation)
    secret = secrets.new_token()
    token = Token.objects.create(
        label=names.name("label", label, 120),
        organisation=holder,
        person=person,
        token_hash=secrets.digest(secret),
        certificate=_certificate(certificate, person),
        scopes=_scopes(scopes),
        expires_at=clock.now() + _life(days),
    )
    ledger.record(actor, "members.token.issued", token, scopes=token.scopes, holder=person.pk if person else holder.pk)
    return token, secret


@transaction.atomic
def revoke_token(actor: Actor, *, token: Token) -> None:
    """Make a token useless: the holder's own, or one of the people or machines that the actor manages."""
    own = token.person_id is not None and token.person_id == actor.person
    if not own and not authority.manages_people(actor, token.organisation_id):
        raise NotFound
    if token.revoked_at is not None:
        raise Conflict(_("The token is revoked already."))
    token.revoked_at = clock.now()
    token.save(update_fields=["revoked_at"])
    ledger.record(actor, "members.token.revoked", token)


def _holder(actor: Actor, person: Person | None, organisation: Organisation | None) -> Organisation:
    if person is not None:
        policy.require_self(actor, person)
        return person.organisation
    if organisation is None:
        raise InvalidInput("holder", _("A token belongs to a person or to an organisation."))
    policy.require_machines_of(actor, organisation)
    return organisation


def _scopes(scopes: Collection[str]) -> list[str]:
    chosen = sorted(set(scopes))
    if not chosen or unknown(chosen):
        raise InvalidInput("scopes", _("Choose one of: %(known)s.") % {"known": ", ".join(Scope)})
    return chosen


def _certificate(text: str, person: Person | None) -> str:
    """Return the fingerprint, which opens no other token."""
    if not text.strip():
        return ""
    if person is not None:
        raise InvalidInput("certificate", _("A certificate stands for a machine of the organisation, not a person."))
    fingerprint = certificates.read_fingerprint(text)
    if fingerprint is None:
        raise InvalidInput("certificate", _("Give the SHA-256 fingerprint: 64 hexadecimal digits."))
    if Token.objects.filter(certificate=fingerprint, revoked_at__isnull=True).exists():
        raise InvalidInput("certificate", _("This certificate opens a token already. Revoke that one first."))
    return fingerprint


def _life(days: int) -> timedelta:
    if not 1 <= days <= LONGEST_LIFE:
        raise InvalidInput("days", _("A token lives from 1 to %(number)d days.") % {"number": LONGEST_LIFE})
    return timedelta(days=days)
