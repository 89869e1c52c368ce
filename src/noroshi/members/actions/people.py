"""People: their accounts, roles, standing and sessions."""

from collections.abc import Collection

from allauth.account.models import EmailAddress
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import Role, Standing
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.members import policy
from noroshi.members.actions import access, names, values
from noroshi.members.models import Organisation, Person, RoleAssignment, RoleChoices


@transaction.atomic
def create_person(
    actor: Actor,
    *,
    email: str,
    name: str,
    organisation: Organisation,
    roles: Collection[str] = (),
    password: str | None = None,
    language: str = "ja",
) -> Person:
    """Make an account without an invitation; without a password it opens by an outside identity or a reset only.

    Admins invite instead: an answer "this address is taken" would tell them of other organisations' people.
    """
    policy.require_community(actor)
    policy.require_roles(actor, organisation, roles)
    person = add_person(
        email=email, name=name, organisation=organisation, roles=roles, password=password, language=language
    )
    ledger.record(actor, "members.person.created", person, organisation=organisation.pk, roles=sorted(roles))
    return person


def add_person(
    *,
    email: str,
    name: str,
    organisation: Organisation,
    roles: Collection[str],
    password: str | None,
    language: str,
) -> Person:
    """Write the rows of an account. The caller has checked who may, and writes the ledger."""
    person = Person(
        email=values.address(email),
        name=names.name_of_person(name, organisation.people.all()),
        organisation=organisation,
        language=_language(language),
    )
    if Person.objects.filter(email=person.email).exists():
        raise InvalidInput("email", _("There is an account with this address already."))
    person.set_password(password)
    person.save(force_insert=True)
    # What sign-in by an outside identity and password reset look up; the invitation has proved the address.
    EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=person, role=values.choice("roles", role, RoleChoices)) for role in sorted(set(roles))
    )
    return person


@transaction.atomic
def change_profile(actor: Actor, *, person: Person, name: str, language: str, single_keys: bool) -> None:
    """Change one's own name and language, and whether single keys do something on the pages."""
    policy.require_self(actor, person)
    colleagues = person.organisation.people.exclude(pk=person.pk)
    person.name, person.language = names.name_of_person(name, colleagues), _language(language)
    person.single_keys = single_keys
    person.save(update_fields=["name", "language", "single_keys"])
    ledger.record(actor, "members.person.changed", person)


@transaction.atomic
def assign_role(actor: Actor, *, person: Person, role: str) -> None:
    """Give a person a role."""
    chosen = _role_in_reach(actor, person, role)
    _, made = RoleAssignment.objects.get_or_create(person=person, role=chosen)
    if made:
        ledger.record(actor, "members.role.assigned", person, role=chosen)


@transaction.atomic
def withdraw_role(actor: Actor, *, person: Person, role: str) -> None:
    """Take a role from a person. An organisation never loses its last admin this way."""
    chosen = _role_in_reach(actor, person, role)
    held = RoleAssignment.objects.filter(person=person, role=chosen)
    if not held.exists():
        return
    if chosen is RoleChoices.ORGANISATION_ADMIN and _is_last_admin(person):
        raise Conflict(_("An organisation keeps at least one admin. Appoint another first."))
    held.delete()
    ledger.record(actor, "members.role.withdrawn", person, role=chosen)


@transaction.atomic
def suspend_person(actor: Actor, *, person: Person, reason: str) -> None:
    """Close the account at once, everywhere, until it is reinstated. Invitations it sent become void."""
    _change_standing(actor, person, Standing.SUSPENDED, reason)
    access.end_sessions_of([person.pk])
    access.revoke_invitations(Q(invited_by=person))
    ledger.record(actor, "members.person.suspended", person, reason=reason)


@transaction.atomic
def reinstate_person(actor: Actor, *, person: Person, reason: str = "") -> None:
    """Open the account again."""
    _change_standing(actor, person, Standing.ACTIVE, reason)
    ledger.record(actor, "members.person.reinstated", person, reason=reason)


@transaction.atomic
def end_account(actor: Actor, *, person: Person, reason: str) -> None:
    """Record that the person has left: sessions, tokens, invitations and stays in groups end."""
    _change_standing(actor, person, Standing.LEFT, reason)
    access.end_sessions_of([person.pk])
    access.revoke_tokens(Q(person=person))
    access.revoke_invitations(Q(invited_by=person))
    access.end_stays([person.pk])
    ledger.record(actor, "members.person.left", person, reason=reason)


@transaction.atomic
def end_sessions(actor: Actor, *, person: Person) -> int:
    """Sign a person out everywhere; return of how many sessions."""
    if actor.person != person.pk:
        policy.require_people_of(actor, person.organisation)
    ended = access.end_sessions_of([person.pk])
    ledger.record(actor, "members.sessions.ended", person, sessions=ended)
    return ended


def _role_in_reach(actor: Actor, person: Person, role: str) -> RoleChoices:
    policy.require_people_of(actor, person.organisation)
    chosen = values.choice("role", role, RoleChoices)
    policy.require_roles(actor, person.organisation, [chosen])
    return chosen


def _is_last_admin(person: Person) -> bool:
    others = RoleAssignment.objects.filter(
        role=Role.ORGANISATION_ADMIN, person__organisation=person.organisation_id, person__standing=Standing.ACTIVE
    )
    return not others.exclude(person=person).exists()


def _change_standing(actor: Actor, person: Person, standing: Standing, reason: str) -> None:
    policy.require_people_of(actor, person.organisation)
    if standing is not Standing.ACTIVE:
        values.text("reason", reason, 400)
    if actor.person == person.pk:
        raise Conflict(_("You cannot do this to your own account."))
    if person.standing == standing:
        raise Conflict(_("The account is in this state already."))
    person.standing = standing
    person.save(update_fields=["standing"])


def _language(code: str) -> str:
    if code not in ("ja", "en"):
        raise InvalidInput("language", _("Choose one of: %(known)s.") % {"known": "ja, en"})
    return code
