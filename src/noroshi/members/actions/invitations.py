"""Invitations: how accounts begin. The link works once, for seven days; only the hash of its secret is stored."""

from collections.abc import Collection
from datetime import timedelta
from typing import Final

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import Standing
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.members import policy
from noroshi.members.actions import access, values
from noroshi.members.actions.people import add_person
from noroshi.members.domain import secrets
from noroshi.members.models import Invitation, Organisation, Person
from noroshi.members.queries import actor_of

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
        name=values.text("name", name, 120),
        organisation=organisation,
        roles=sorted(set(roles)),
        token_hash=secrets.digest(secret),
        invited_by_id=actor.person,
        expires_at=clock.now() + LIFE,
    )
    ledger.record(actor, "members.invitation.sent", invitation, organisation=organisation.pk, roles=invitation.roles)
    return invitation, secret


@transaction.atomic
def renew_secret(invitation: Invitation) -> str:
    """Give an open invitation a fresh secret and return it: the mail's job keeps none from before."""
    secret = secrets.new_secret()
    invitation.token_hash = secrets.digest(secret)
    invitation.save(update_fields=["token_hash"])
    return secret


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
    invitation = _open_invitation(secret)
    _check_password(password, invitation)
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


def _open_invitation(secret: str) -> Invitation:
    found = (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(
            token_hash=secrets.digest(secret),
            accepted_at__isnull=True,
            revoked_at__isnull=True,
            expires_at__gt=clock.now(),
            organisation__standing=Standing.ACTIVE,
        )
        .first()
    )
    if found is None:
        raise NotFound(_("This invitation was used, revoked or is too old. Ask for a new one."))
    return found


def _check_password(password: str, invitation: Invitation) -> None:
    try:
        validate_password(password, Person(email=invitation.email, name=invitation.name))
    except ValidationError as error:
        raise InvalidInput("password", " ".join(error.messages)) from None
