"""Organisations: made, classed, suspended, ended; and the ceilings of their classes."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import CEILINGS, Ceiling, MembershipClass, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.core.policy import require
from noroshi.members import policy
from noroshi.members.actions import access, names, values
from noroshi.members.domain import authority
from noroshi.members.models import (
    ClassCeiling,
    ClassChoices,
    InstitutionKind,
    Organisation,
    RoleAssignment,
)


@transaction.atomic
def create_organisation(
    actor: Actor, *, slug: str, name_ja: str, name_en: str = "", kind: str, membership: str = "regular"
) -> Organisation:
    """Take an organisation into the directory."""
    policy.require_community(actor)
    organisation = Organisation(
        slug=values.short_name(slug),
        **names.both_names(name_ja, name_en, Organisation.objects.all()),
        kind=values.choice("kind", kind, InstitutionKind),
        membership=values.choice("membership", membership, ClassChoices),
    )
    if Organisation.objects.filter(slug=organisation.slug).exists():
        raise InvalidInput("slug", _("Another organisation has this short name."))
    _save_as_only_hub(organisation)
    ledger.record(actor, "members.organisation.created", organisation, membership=organisation.membership)
    return organisation


@transaction.atomic
def name_readers(actor: Actor, *, organisation: Organisation, allowed: bool) -> None:
    """Let authors learn by name who of the organisation read their signals, or not: its own admin decides."""
    require(
        authority.administers(actor, organisation.pk),
        _("Only an admin of the organisation decides whether its readers are named."),
    )
    organisation.names_its_readers = allowed
    organisation.save(update_fields=["names_its_readers"])
    ledger.record(actor, "members.organisation.readers_named", organisation, allowed=allowed)


@transaction.atomic
def change_membership(actor: Actor, *, organisation: Organisation, membership: str) -> None:
    """Move an organisation to another class. Nobody keeps a role that the new class does not know."""
    policy.require_community(actor)
    before, after = organisation.membership, values.choice("membership", membership, ClassChoices)
    if MembershipClass.HUB in (before, after.value) and before != after:
        raise Conflict(_("An installation has one hub, from its making."))
    organisation.membership = after
    organisation.save(update_fields=["membership"])
    fitting = authority.held_in(MembershipClass(after))
    RoleAssignment.objects.filter(person__organisation=organisation).exclude(role__in=fitting).delete()
    if after is ClassChoices.SUPERVISOR:
        access.end_stays(_people_of(organisation))
    ledger.record(actor, "members.organisation.reclassified", organisation, before=before, after=after)


@transaction.atomic
def suspend_organisation(actor: Actor, *, organisation: Organisation, reason: str) -> None:
    """Close the organisation's access at once, everywhere, until it is reinstated."""
    _change_standing(actor, organisation, Standing.SUSPENDED, reason)
    access.end_sessions_of(_people_of(organisation))
    ledger.record(actor, "members.organisation.suspended", organisation, reason=reason)


@transaction.atomic
def reinstate_organisation(actor: Actor, *, organisation: Organisation, reason: str = "") -> None:
    """Let the organisation take part again; its people sign in anew."""
    _change_standing(actor, organisation, Standing.ACTIVE, reason)
    ledger.record(actor, "members.organisation.reinstated", organisation, reason=reason)


@transaction.atomic
def end_membership(actor: Actor, *, organisation: Organisation, reason: str) -> None:
    """Record that the organisation has left: its sessions, tokens, invitations and stays in groups end."""
    _change_standing(actor, organisation, Standing.LEFT, reason)
    people = _people_of(organisation)
    access.end_sessions_of(people)
    access.revoke_tokens(Q(organisation=organisation))
    access.revoke_invitations(Q(organisation=organisation))
    access.end_stays(people)
    ledger.record(actor, "members.organisation.left", organisation, reason=reason)


@transaction.atomic
def set_ceiling(actor: Actor, *, membership: str, community: str | None) -> None:
    """Set how high a class sees by community grants; None goes back to the default.

    Raises InvalidInput for a class that community grants never reach (vendors, supervisors), and for a level above
    what the class sees even where a grant names it.
    """
    policy.require_community(actor)
    chosen = values.choice("membership", membership, ClassChoices)
    if community is None:
        ClassCeiling.objects.filter(membership=chosen).delete()
    else:
        level = _within_class(CEILINGS[MembershipClass(chosen)], community)
        ClassCeiling.objects.update_or_create(membership=chosen, defaults={"community": level})
    ledger.record(actor, "members.ceiling.set", membership=chosen, community=community)


def _within_class(ceiling: Ceiling, community: str) -> TLP:
    if community not in set(TLP):
        raise InvalidInput("community", _("This is not a TLP level."))
    if ceiling.community is None:
        raise InvalidInput("membership", _("This class sees nothing by community grants."))
    if TLP(community) not in TLP.up_to(ceiling.by_name):
        raise InvalidInput("community", _("This is above what the class ever sees."))
    return TLP(community)


def _save_as_only_hub(organisation: Organisation) -> None:
    try:
        with transaction.atomic():
            organisation.save(force_insert=True)
    except IntegrityError:
        raise Conflict(_("An installation has one hub, from its making.")) from None


def _change_standing(actor: Actor, organisation: Organisation, standing: Standing, reason: str) -> None:
    policy.require_community(actor)
    if standing is not Standing.ACTIVE:
        values.text("reason", reason, 400)
    if organisation.membership == MembershipClass.HUB:
        raise Conflict(_("The hub itself cannot be suspended."))
    if organisation.standing == standing:
        raise Conflict(_("The organisation is in this state already."))
    organisation.standing = standing
    organisation.save(update_fields=["standing"])


def _people_of(organisation: Organisation) -> list[UUID]:
    return list(organisation.people.values_list("pk", flat=True))
