import pytest

from factories.members import make_organisation, make_person
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members import actions
from noroshi.members.models import Person

OPERATOR = Actor.system("cli")


def roles_of(person):
    return sorted(row.role for row in person.role_assignments.all())


@pytest.mark.parametrize(
    "email", ["", "no address", "a@b", "x" * 250 + "@bank.example", "a@bank.example\nBcc: b@x.example"]
)
def test_person_with_no_mail_address_is_refused(db, email):
    with pytest.raises(InvalidInput) as refused:
        actions.create_person(OPERATOR, email=email, name="x", organisation=make_organisation("bank"))
    assert refused.value.field == "email"


def test_person_with_a_taken_address_is_refused_whatever_its_case(cast):
    with pytest.raises(InvalidInput):
        actions.create_person(OPERATOR, email="A1@Bank-A.example", name="x", organisation=cast.bank_b)
    assert Person.objects.filter(email__iexact="a1@bank-a.example").count() == 1


def test_person_with_an_unknown_role_is_refused_and_not_kept(db):
    with pytest.raises((InvalidInput, NotAllowed)):
        actions.create_person(
            OPERATOR, email="x@bank.example", name="x", organisation=make_organisation("bank"), roles=["emperor"]
        )
    assert Person.objects.count() == 0


def test_person_made_without_password_cannot_sign_in_by_one(db):
    person = actions.create_person(OPERATOR, email="x@bank.example", name="x", organisation=make_organisation("bank"))
    assert not person.has_usable_password()


@pytest.mark.parametrize("name", ["a_admin", "a1", "auditor", "sup_admin"])
def test_person_is_made_without_invitation_by_the_community_alone(cast, name):
    with pytest.raises(NotAllowed):
        actions.create_person(cast.actor(name), email="x@bank.example", name="x", organisation=cast.bank_a)


def test_admin_gives_and_takes_roles_at_home(cast):
    admin = cast.actor("a_admin")
    actions.assign_role(admin, person=cast.a1, role="coordinator")
    actions.assign_role(admin, person=cast.a1, role="coordinator")
    assert roles_of(cast.a1) == ["analyst", "coordinator"]
    actions.withdraw_role(admin, person=cast.a1, role="analyst")
    actions.withdraw_role(admin, person=cast.a1, role="analyst")
    assert roles_of(cast.a1) == ["coordinator"]
    noted = list(LedgerEntry.objects.order_by("id").values_list("action", "payload"))
    assert noted == [
        ("members.role.assigned", {"role": "coordinator"}),
        ("members.role.withdrawn", {"role": "analyst"}),
    ]


@pytest.mark.parametrize("role", ["hub_operator", "trusted_operator", "auditor", "supervisor"])
@pytest.mark.parametrize("name", ["a_admin", "hub_admin"])
def test_admin_gives_no_role_of_the_hub_or_an_authority(cast, name, role):
    person = cast.a1 if name == "a_admin" else cast.hub_reader
    with pytest.raises(NotAllowed):
        actions.assign_role(cast.actor(name), person=person, role=role)
    with pytest.raises(NotAllowed):
        actions.invite_person(
            cast.actor(name), email="x@y.example", name="x", organisation=person.organisation, roles=[role]
        )


def test_admin_takes_no_role_of_the_hub(cast):
    with pytest.raises(NotAllowed):
        actions.withdraw_role(cast.actor("hub_admin"), person=cast.hub_op, role="hub_operator")
    assert "hub_operator" in roles_of(cast.hub_op)


def test_hub_operator_appoints_an_admin_but_no_analyst_of_a_member(cast):
    hub = cast.actor("hub_op")
    actions.assign_role(hub, person=cast.b_reader, role="organisation_admin")
    with pytest.raises(NotAllowed):
        actions.assign_role(hub, person=cast.b_reader, role="analyst")


def test_trusted_operator_is_appointed_by_a_trusted_operator(cast):
    with pytest.raises(NotAllowed):
        actions.assign_role(cast.actor("hub_op"), person=cast.hub_op, role="trusted_operator")
    actions.assign_role(cast.actor("hub_trusted"), person=cast.hub_op, role="trusted_operator")
    assert "trusted_operator" in roles_of(cast.hub_op)


def test_last_admin_keeps_the_role_until_another_has_it(cast):
    admin = cast.actor("a_admin")
    with pytest.raises(Conflict):
        actions.withdraw_role(admin, person=cast.a_admin, role="organisation_admin")
    actions.assign_role(admin, person=cast.a2, role="organisation_admin")
    actions.withdraw_role(admin, person=cast.a_admin, role="organisation_admin")
    assert roles_of(cast.a_admin) == []


@pytest.mark.parametrize("name", ["b_admin", "a1", "auditor", "sup_admin", "o_admin"])
def test_people_of_another_house_are_not_there(cast, name):
    actor = cast.actor(name)
    for attempt in (
        lambda: actions.assign_role(actor, person=cast.a2, role="analyst"),
        lambda: actions.withdraw_role(actor, person=cast.a2, role="analyst"),
        lambda: actions.suspend_person(actor, person=cast.a2, reason="x"),
        lambda: actions.reinstate_person(actor, person=cast.a2),
        lambda: actions.end_account(actor, person=cast.a2, reason="x"),
        lambda: actions.end_sessions(actor, person=cast.a2),
        lambda: actions.change_profile(actor, person=cast.a2, name="x", language="en", single_keys=True),
        lambda: actions.invite_person(actor, email="n@x.example", name="x", organisation=cast.bank_a),
    ):
        with pytest.raises(NotFound):
            attempt()
    assert LedgerEntry.objects.count() == 0


def test_nobody_suspends_or_ends_the_own_account(cast):
    for verb in (actions.suspend_person, actions.end_account):
        with pytest.raises(Conflict):
            verb(cast.actor("a_admin"), person=cast.a_admin, reason="tired")


def test_suspended_person_loses_the_invitations_it_sent(cast):
    from noroshi.members.queries import open_invitations

    actions.invite_person(cast.actor("a_admin"), email="n@bank-a.example", name="N", organisation=cast.bank_a)
    actions.suspend_person(cast.actor("hub_op"), person=cast.a_admin, reason="phished")
    assert open_invitations().count() == 0


def test_person_who_left_belongs_to_no_group_even_when_back(cast):
    actions.end_account(cast.actor("a_admin"), person=cast.a1, reason="new employer")
    actions.reinstate_person(cast.actor("a_admin"), person=cast.a1)
    assert cast.actor("a1").groups == frozenset()


def test_profile_is_changed_by_oneself(cast):
    actions.change_profile(cast.actor("a1"), person=cast.a1, name="  青葉 花子 ", language="en", single_keys=False)
    kept = Person.objects.get(pk=cast.a1.pk)
    assert (kept.name, kept.language, kept.single_keys) == ("青葉 花子", "en", False)
    with pytest.raises(InvalidInput):
        actions.change_profile(cast.actor("a1"), person=cast.a1, name="x", language="fr", single_keys=True)


def test_roles_of_a_class_are_those_it_can_hold(db):
    house = make_organisation("authority", membership="supervisor", kind="supervisor")
    with pytest.raises(NotAllowed):
        actions.assign_role(OPERATOR, person=make_person("x@authority.example", house), role="analyst")
