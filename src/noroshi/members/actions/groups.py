"""Groups, and who belongs to them. A stay is never deleted: the history is what explains who saw what."""

import hashlib

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.members import policy
from noroshi.members.actions import names, values
from noroshi.members.domain.groups import MAX_CHARTER, Charter, Terms
from noroshi.members.models import (
    ClassChoices,
    Group,
    GroupCharter,
    GroupKind,
    GroupMembership,
    InstitutionKind,
    Joining,
    Person,
)

PURPOSE = 300


@transaction.atomic
def create_group(
    actor: Actor,
    *,
    slug: str,
    name_ja: str,
    name_en: str = "",
    kind: str,
    default_tlp: str = TLP.AMBER,
    terms: Terms | None = None,
) -> Group:
    """Make a group; its charter, coordinators and members come afterwards."""
    policy.require_community(actor)
    group = Group(slug=values.short_name(slug), kind=values.choice("kind", kind, GroupKind))
    if Group.objects.filter(slug=group.slug).exists():
        raise InvalidInput("slug", _("Another group has this short name."))
    _describe(group, name_ja, name_en, default_tlp, terms or Terms())
    group.save(force_insert=True)
    ledger.record(actor, "members.group.created", group, kind=group.kind, confidential=group.confidential)
    return group


@transaction.atomic
def change_group(
    actor: Actor, *, group: Group, name_ja: str, name_en: str = "", default_tlp: str, terms: Terms
) -> bool:
    """Change a group's names, usual marking, purpose and who may join; return whether anything changed."""
    policy.require_community(actor)
    before = Group.objects.select_for_update().get(pk=group.pk)
    _describe(group, name_ja, name_en, default_tlp, terms)
    changed = [name for name in _DESCRIBED if getattr(group, name) != getattr(before, name)]
    if changed:
        group.save(update_fields=changed)
        ledger.record(actor, "members.group.changed", group, fields=changed)
    return bool(changed)


_DESCRIBED = (
    "name_ja",
    "name_en",
    "default_tlp",
    "purpose_ja",
    "purpose_en",
    "joining",
    "open_to",
    "confidential",
)


def _describe(group: Group, name_ja: str, name_en: str, default_tlp: str, terms: Terms) -> None:
    if default_tlp not in set(TLP):
        raise InvalidInput("default_tlp", _("This is not a TLP level."))
    named = names.both_names(name_ja, name_en, Group.objects.exclude(pk=group.pk))
    group.name_ja, group.name_en = named["name_ja"], named["name_en"]
    group.default_tlp = TLP(default_tlp)
    group.purpose_ja = values.at_most("purpose_ja", terms.purpose_ja, PURPOSE)
    group.purpose_en = values.at_most("purpose_en", terms.purpose_en, PURPOSE)
    group.joining = values.choice("joining", terms.joining, Joining)
    group.open_to = _admitted(terms) if group.joining == Joining.OPEN else []
    group.confidential = terms.confidential
    if group.confidential and group.joining != Joining.INVITATION:
        raise InvalidInput("joining", _("Nobody asks to join what nobody knows of: a confidential group invites."))


def _admitted(terms: Terms) -> list[str]:
    known = {*ClassChoices.values, *InstitutionKind.values} - {MembershipClass.SUPERVISOR, MembershipClass.VENDOR}
    if strange := sorted(set(terms.open_to) - known):
        raise InvalidInput("open_to", _("Choose one of: %(known)s.") % {"known": ", ".join(sorted(known - {*strange}))})
    return sorted(set(terms.open_to))


@transaction.atomic
def write_charter(actor: Actor, *, group: Group, charter: Charter) -> GroupCharter:
    """Give a group its charter, or a new version of it; those before stay, and the ledger has the digest of each."""
    policy.require_group(actor, group)
    texts = {
        "text_ja": values.at_most("text_ja", charter.ja.replace("\r\n", "\n"), MAX_CHARTER),
        "text_en": values.at_most("text_en", charter.en.replace("\r\n", "\n"), MAX_CHARTER),
    }
    terms = {**texts, "members_add_documents": charter.members_add_documents}
    Group.objects.select_for_update().get(pk=group.pk)
    last = group.charters.order_by("number").last()
    if last is not None and terms == {name: getattr(last, name) for name in terms}:
        raise InvalidInput("text_ja", _("Nothing has changed."))
    number = (group.charters.aggregate(last=Max("number"))["last"] or 0) + 1
    made = GroupCharter.objects.create(group=group, number=number, **terms)
    digest = hashlib.sha256("\x00".join(texts.values()).encode()).hexdigest()
    ledger.record(
        actor,
        "members.group.chartered",
        group,
        version=number,
        digest=digest,
        members_add_documents=made.members_add_documents,
    )
    return made


@transaction.atomic
def join_group(actor: Actor, *, group: Group, person: Person, coordinator: bool = False) -> GroupMembership:
    """Let a person into a group, from now on. Authorities stay outside: they see nothing that members share."""
    policy.require_group(actor, group)
    if coordinator:
        policy.require_community(actor)
    return admit(actor, group, person, coordinator=coordinator)


@transaction.atomic
def enter_group(actor: Actor, *, group: Group, person: Person) -> GroupMembership:
    """Come into an open group by oneself."""
    policy.require_known(actor, group)
    policy.require_self(actor, person)
    policy.require_open(group, person)
    return admit(actor, group, person)


def admit(actor: Actor, group: Group, person: Person, *, coordinator: bool = False) -> GroupMembership:
    """Write somebody's stay. The caller has checked who may."""
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
