"""Groups, and who belongs to them. A stay is never deleted: the history is what explains who saw what."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.members import policy
from noroshi.members.actions import values
from noroshi.members.models import Group, GroupKind, GroupMembership, Person


@transaction.atomic
def create_group(
    actor: Actor,
    *,
    slug: str,
    name_ja: str,
    name_en: str = "",
    kind: str,
    default_tlp: str = TLP.AMBER,
    charter: str = "",
) -> Group:
    """Make a group; its coordinators and members join afterwards."""
    policy.require_community(actor)
    if default_tlp not in set(TLP):
        raise InvalidInput("default_tlp", _("This is not a TLP level."))
    group = Group(
        slug=values.short_name(slug),
        name_ja=values.text("name_ja", name_ja, 200),
        name_en=name_en.strip()[:200],
        kind=values.choice("kind", kind, GroupKind),
        default_tlp=TLP(default_tlp),
        charter=charter.strip(),
    )
    if Group.objects.filter(slug=group.slug).exists():
        raise InvalidInput("slug", _("Another group has this short name."))
    group.save(force_insert=True)
    ledger.record(actor, "members.group.created", group, kind=group.kind)
    return group


@transaction.atomic
def join_group(actor: Actor, *, group: Group, person: Person, coordinator: bool = False) -> GroupMembership:
    """Let a person into a group, from now on. Authorities stay outside: they see nothing that members share."""
    policy.require_group(actor, group)
    if coordinator:
        policy.require_community(actor)
    if group.closed_at is not None:
        raise Conflict(_("The group is closed."))
    if not person.is_active or person.organisation.membership == MembershipClass.SUPERVISOR:
        raise InvalidInput("person", _("This account cannot join a group."))
    if group.memberships.filter(person=person, left_at__isnull=True).exists():
        raise Conflict(_("The person belongs to the group already."))
    stay = GroupMembership.objects.create(group=group, person=person, coordinator=coordinator)
    ledger.record(actor, "members.group.joined", group, person=person.pk, coordinator=coordinator)
    return stay


@transaction.atomic
def leave_group(actor: Actor, *, group: Group, person: Person) -> None:
    """End a person's stay: one's own, or as a coordinator. What came by the group is out of sight from now on."""
    if actor.person != person.pk:
        policy.require_group(actor, group)
    stay = _stay(group, person)
    stay.left_at = clock.now()
    stay.save(update_fields=["left_at"])
    ledger.record(actor, "members.group.left", group, person=person.pk)


@transaction.atomic
def appoint_coordinator(actor: Actor, *, group: Group, person: Person, coordinator: bool = True) -> None:
    """Make a member of the group its coordinator, or an ordinary member again."""
    policy.require_community(actor)
    stay = _stay(group, person)
    stay.coordinator = coordinator
    stay.save(update_fields=["coordinator"])
    ledger.record(actor, "members.group.coordinator_set", group, person=person.pk, coordinator=coordinator)


@transaction.atomic
def close_group(actor: Actor, *, group: Group) -> None:
    """Close a group: nothing more is shared by it, and what was is seen by it no more."""
    policy.require_community(actor)
    if group.closed_at is not None:
        raise Conflict(_("The group is closed."))
    group.closed_at = clock.now()
    group.save(update_fields=["closed_at"])
    ledger.record(actor, "members.group.closed", group)


def _stay(group: Group, person: Person) -> GroupMembership:
    stay = group.memberships.select_for_update().filter(person=person, left_at__isnull=True).first()
    if stay is None:
        raise Conflict(_("The person does not belong to the group."))
    return stay
