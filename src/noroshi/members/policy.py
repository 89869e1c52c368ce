"""Who may manage whom: the rules of `domain.authority` on rows, each refusal in one sentence."""

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass, Role
from noroshi.core.errors import NotFound
from noroshi.core.policy import require
from noroshi.members.domain import authority
from noroshi.members.models import Group, GroupMembership, Joining, Organisation, Person


def require_community(actor: Actor) -> None:
    """Raise NotAllowed unless the actor manages the community."""
    require(authority.manages_community(actor), _("Only hub operators manage organisations, groups and ceilings."))


def require_people_of(actor: Actor, organisation: Organisation) -> None:
    """Raise NotFound unless the actor manages the people of the organisation: others learn nothing of them."""
    if not authority.manages_people(actor, organisation.pk):
        raise NotFound


def require_own(actor: Actor, organisation: Organisation) -> None:
    """Raise NotFound unless the actor is an admin of this very organisation: what it says of itself is its own."""
    if not states_marks_of(actor, organisation):
        raise NotFound


def states_marks_of(actor: Actor, organisation: Organisation) -> bool:
    """Whether the actor says by what the organisation is known; the hub does not."""
    return authority.operates_machine(actor) or authority.administers(actor, organisation.pk)


def require_machines_of(actor: Actor, organisation: Organisation) -> None:
    """Raise NotAllowed unless the actor gives tokens to the organisation's machines; the hub does not."""
    allowed = authority.operates_machine(actor) or authority.administers(actor, organisation.pk)
    require(allowed, _("Only an admin of the organisation gives tokens to its machines."))


def require_roles(actor: Actor, organisation: Organisation, roles: Collection[str]) -> None:
    """Raise NotAllowed unless the actor may give every one of `roles` in the organisation."""
    given = roles_given(actor, organisation)
    require(given.issuperset(roles), _("You may not give or take this role here."))


def require_self(actor: Actor, person: Person) -> None:
    """Raise NotFound unless the actor is the person, or the operator of the machine."""
    if actor.person != person.pk and not authority.operates_machine(actor):
        raise NotFound


def known_groups(actor: Actor) -> Q:
    """Return the filter of groups that the actor may know of.

    Who keeps the register knows all; everybody knows their own; people of members know the others that are neither
    confidential nor closed. Vendors and authorities are told of none.
    """
    if authority.manages_community(actor):
        return Q(pk__isnull=False)
    own = Q(pk__in=actor.groups)
    outside = (None, MembershipClass.VENDOR, MembershipClass.SUPERVISOR)
    if actor.membership in outside or not actor.is_active:
        return own
    return own | Q(confidential=False, closed_at__isnull=True)


def require_known(actor: Actor, group: Group) -> None:
    """Raise NotFound unless the actor may know that the group exists."""
    if not Group.objects.filter(known_groups(actor), pk=group.pk).exists():
        raise NotFound


def require_open(group: Group, person: Person) -> None:
    """Raise NotAllowed unless people of the person's organisation come into the group by themselves."""
    require(group.lets_in(person.organisation), _("This group is not open to your organisation."))


def require_asking(group: Group, person: Person) -> None:
    """Raise NotAllowed unless the group takes requests from such a person."""
    require(takes_requests(group, person), _("This group takes no requests: its coordinators invite."))


def takes_requests(group: Group, person: Person) -> bool:
    """Whether such a person asks to join: an open group is asked by those to whom it is not."""
    return group.joining != Joining.INVITATION and not group.lets_in(person.organisation)


def require_group(actor: Actor, group: Group) -> None:
    """Raise NotFound unless the actor may know of the group, NotAllowed unless it manages who belongs to it."""
    require_known(actor, group)
    require(may_manage(actor, group), _("Only the group's coordinators and hub operators change its membership."))


def may_manage(actor: Actor, group: Group) -> bool:
    """Whether the actor manages who belongs to the group."""
    if authority.manages_community(actor):
        return True
    stay = GroupMembership.objects.filter(group=group, person=actor.person, left_at__isnull=True, coordinator=True)
    return actor.is_active and group.pk in actor.groups and stay.exists()


def roles_given(actor: Actor, organisation: Organisation) -> frozenset[Role]:
    """Return the roles that the actor may give and take in the organisation."""
    return authority.roles_given(actor, organisation.pk, MembershipClass(organisation.membership))


def manages_somebody(actor: Actor) -> bool:
    """Whether the actor manages people at all."""
    own = actor.organisation is not None and authority.administers(actor, actor.organisation)
    return own or authority.manages_community(actor)


def managed(actor: Actor, organisation_field: str) -> Q:
    """Return the filter of rows whose organisation's people the actor manages: `manages_people` as a query."""
    if authority.manages_community(actor):
        return Q(pk__isnull=False)  # an empty Q would vanish from an "or"
    if actor.organisation is not None and authority.administers(actor, actor.organisation):
        return Q(**{organisation_field: actor.organisation})
    return Q(pk__in=())
