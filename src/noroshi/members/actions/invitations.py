"""Invitations: how accounts begin. The link works once, for seven days; only the hash of its secret is stored."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import Standing
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.members import policy
from noroshi.members.actions import access, names, values
from noroshi.members.actions.people import add_person
from noroshi.members.domain import secrets
from noroshi.members.models import Invitation, Organisation, Person
from noroshi.members.queries import actor_of, open_invitations

LIFE: Final = timedelta(days=7)


@transaction.atomic
def invite_person(
    actor: Actor, *, email: str, name: str, organisation: Organisation, roles: Collection[str] = ()
) -> tuple[Invitation, str]:
    """Invite somebody into an organisation; return the invitation and the secret of its link.

    An earlier open invitation of the same address is revoked. An account of that address in another organisation is
    no error here, or the answer would tell an admin of other organisations' people.
    """
    policy.require_people_of(actor, organisation)
    policy.require_roles(actor, organisation, roles)
    invited = values.address(email)
    if organisation.standing != Standing.ACTIVE:
        raise Conflict(_("The organisation is suspended or has left."))
    if organisation.people.filter(email=invited).exists():
        raise InvalidInput("email", _("There is an account with this address already."))
    access.revoke_invitations(Q(email=invited, organisation=organisation))
    secret = secrets.new_secret()
    invitation = Invitation.objects.create(
        email=invited,
        name=names.name_of_person(name, organisation.people.all()),
        organisation=organisation,
        roles=sorted(set(roles)),
        token_hash=secrets.digest(secret),
        invited_by_id=actor.person,
        expires_at=clock.now() + LIFE,
    )
    ledger.record(actor, "members.invitation.sent", invitation, organisation=organisation.pk, roles=invitation.roles)
    return invitation, secret


@transaction.atomic
def renew_secret(invitation_id: UUID) -> tuple[Invitation, str] | None:
    """Give an invitation a fresh secret and return both; None if it is open no more."""
    invitation = _locked().filter(pk=invitation_id).first()
    if invitation is None:
        return None
    secret = secrets.new_secret()
    invitation.token_hash = secrets.digest(secret)
    invitation.save(update_fields=["token_hash"])
    return invitation, secret


@transaction.atomic
def revoke_invitation(actor: Actor, *, invitation: Invitation) -> None:
    """Take an invitation back."""
    policy.require_people_of(actor, invitation.organisation)
    if not access.revoke_invitations(Q(pk=invitation.pk)):
        raise Conflict(_("The invitation was used or revoked already."))
    ledger.record(actor, "members.invitation.revoked", invitation)


@transaction.atomic
def accept_invitation(secret: str, *, password: str, name: str = "", language: str = "ja") -> Person:
    """Open the account of an invitation with the invited person's own password.

    Raises NotFound for a secret that is unknown, used, revoked or too old; InvalidInput for a weak password.
    """
    invitation = _locked().filter(token_hash=secrets.digest(secret)).first()
    if invitation is None:
        raise NotFound(_("This invitation was used, revoked or is too old. Ask for a new one."))
    check_password(password, email=invitation.email, name=name or invitation.name)
    person = add_person(
        email=invitation.email,
        name=name or invitation.name,
        organisation=invitation.organisation,
        roles=invitation.roles,
        password=password,
        language=language,
    )
    invitation.accepted_at = clock.now()
    invitation.save(update_fields=["accepted_at"])
    ledger.record(
        actor_of(person), "members.invitation.accepted", person, invitation=invitation.pk, roles=invitation.roles
    )
    return person


def _locked() -> QuerySet[Invitation]:
    return open_invitations().select_for_update(of=("self",))


def check_password(password: str, *, email: str, name: str) -> None:
    """Raise InvalidInput if the password is too easily guessed."""
    try:
        validate_password(password, Person(email=email, name=name))
    except ValidationError as error:
        raise InvalidInput("password", " ".join(error.messages)) from None
