import pytest

from factories.members import make_organisation, make_person
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed
from noroshi.core.models import LedgerEntry
from noroshi.members import actions
from noroshi.members.models import ClassCeiling, Organisation
from noroshi.members.queries import actor_of

OPERATOR = Actor.system("cli")
NEW = {"slug": "bank_z", "name_ja": "ゼット銀行", "name_en": "Bank Z", "kind": "regional_bank", "membership": "trial"}


def last_entry():
    entry = LedgerEntry.objects.latest("id")
    return entry.action, entry.subject_id, entry.actor_label


def test_organisation_created_is_in_the_directory_and_the_ledger(db):
    made = actions.create_organisation(OPERATOR, **NEW)
    kept = Organisation.objects.get()
    assert (kept.slug, kept.name_ja, kept.kind, kept.membership, kept.standing) == (
        "bank_z",
        "ゼット銀行",
        "regional_bank",
        "trial",
        "active",
    )
    assert last_entry() == ("members.organisation.created", made.pk, "system:cli")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("slug", "bank z"),
        ("slug", ""),
        ("slug", "b" * 61),
        ("slug", "銀行"),
        ("name_ja", " "),
        ("name_ja", "銀" * 201),
        ("kind", "casino"),
        ("membership", "friend"),
    ],
)
def test_organisation_with_a_wrong_value_is_refused_by_field(db, field, value):
    with pytest.raises(InvalidInput) as refused:
        actions.create_organisation(OPERATOR, **{**NEW, field: value})
    assert refused.value.field == field
    assert Organisation.objects.count() == LedgerEntry.objects.count() == 0


def test_organisation_of_a_taken_short_name_is_refused(cast):
    with pytest.raises(InvalidInput):
        actions.create_organisation(OPERATOR, **{**NEW, "slug": "bank_a"})


def test_second_hub_is_refused(cast):
    with pytest.raises(Conflict):
        actions.create_organisation(OPERATOR, **{**NEW, "membership": "hub", "kind": "centre"})
    with pytest.raises(Conflict):
        actions.change_membership(OPERATOR, organisation=cast.bank_a, membership="hub")
    with pytest.raises(Conflict):
        actions.change_membership(OPERATOR, organisation=cast.hub, membership="regular")


@pytest.mark.parametrize("name", ["a_admin", "a1", "hub_admin", "auditor", "sup", "v1"])
def test_directory_is_changed_by_hub_operators_alone(cast, name):
    actor = cast.actor(name)
    for attempt in (
        lambda: actions.create_organisation(actor, **NEW),
        lambda: actions.change_membership(actor, organisation=cast.bank_a, membership="trial"),
        lambda: actions.suspend_organisation(actor, organisation=cast.bank_a, reason="x"),
        lambda: actions.end_membership(actor, organisation=cast.bank_a, reason="x"),
        lambda: actions.set_ceiling(actor, membership="trial", community="AMBER"),
    ):
        with pytest.raises(NotAllowed):
            attempt()
    cast.bank_a.refresh_from_db()
    assert (cast.bank_a.membership, cast.bank_a.standing) == ("regular", "active")
    assert LedgerEntry.objects.count() == 0


def test_suspended_hub_operator_changes_nothing(cast):
    cast.hub_op.standing = "suspended"
    cast.hub_op.save()
    with pytest.raises(NotAllowed):
        actions.create_organisation(actor_of(cast.hub_op), **NEW)


def test_class_changed_takes_away_the_roles_it_does_not_know(db):
    house = make_organisation("authority", membership="supervisor", kind="supervisor")
    person = make_person("x@authority.example", house, "supervisor", "organisation_admin")
    actions.change_membership(OPERATOR, organisation=house, membership="vendor")
    assert [row.role for row in person.role_assignments.all()] == ["organisation_admin"]


def test_class_changed_to_supervisor_ends_the_stays_in_groups(cast):
    actions.change_membership(OPERATOR, organisation=cast.bank_b, membership="supervisor")
    assert cast.wg_incident.memberships.filter(person=cast.b1, left_at__isnull=True).count() == 0
    assert cast.wg_incident.memberships.filter(person=cast.a1, left_at__isnull=True).count() == 1


def test_standing_changes_once_and_with_a_reason(cast):
    hub = cast.actor("hub_op")
    with pytest.raises(InvalidInput):
        actions.suspend_organisation(hub, organisation=cast.bank_a, reason=" ")
    actions.suspend_organisation(hub, organisation=cast.bank_a, reason="unpaid")
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.reason) == ("members.organisation.suspended", "unpaid")
    with pytest.raises(Conflict):
        actions.suspend_organisation(hub, organisation=cast.bank_a, reason="unpaid")
    assert not cast.actor("a1").is_active
    actions.reinstate_organisation(hub, organisation=cast.bank_a)
    assert cast.actor("a1").is_active


def test_hub_cannot_be_suspended(cast):
    with pytest.raises(Conflict):
        actions.suspend_organisation(OPERATOR, organisation=cast.hub, reason="mistake")


def test_membership_ended_closes_every_way_in(cast):
    actions.invite_person(cast.actor("a_admin"), email="new@bank-a.example", name="New", organisation=cast.bank_a)
    client = cast.client("a1")
    client.get("/healthz")
    actions.end_membership(cast.actor("hub_op"), organisation=cast.bank_a, reason="merged")
    assert cast.wg_incident.memberships.filter(person=cast.a1, left_at__isnull=True).count() == 0
    from noroshi.members.queries import open_invitations

    assert open_invitations().count() == 0
    assert client.get("/members/profile/").status_code == 302


def test_ceiling_set_reaches_every_actor_of_the_class(cast):
    hub = cast.actor("hub_op")
    assert cast.actor("t1").ceiling.community is TLP.GREEN
    actions.set_ceiling(hub, membership="trial", community="AMBER")
    assert cast.actor("t1").ceiling.community is TLP.AMBER
    assert cast.machine("trial").ceiling.community is TLP.AMBER
    assert cast.actor("s1").ceiling.community is TLP.GREEN
    actions.set_ceiling(hub, membership="trial", community=None)
    assert cast.actor("t1").ceiling.community is TLP.GREEN
    assert ClassCeiling.objects.count() == 0


@pytest.mark.parametrize(
    ("membership", "community"),
    [("vendor", "AMBER"), ("supervisor", "CLEAR"), ("trial", "PINK"), ("x", "AMBER"), ("trial", "RED")],
)
def test_ceiling_without_sense_is_refused(cast, membership, community):
    with pytest.raises(InvalidInput):
        actions.set_ceiling(OPERATOR, membership=membership, community=community)
