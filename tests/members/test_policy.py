import pytest

from cast import ORGANISATIONS, PEOPLE
from noroshi.core.actor import Actor
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.members import policy, queries
from noroshi.members.domain import authority
from noroshi.members.models import Organisation, Person


def actors(cast):
    yield from (cast.actor(name) for name in PEOPLE)
    yield from (cast.machine(name) for name in ORGANISATIONS)
    yield Actor.visitor()
    yield Actor.system("cli")


def test_filter_and_rule_agree_on_everybody(cast):
    for actor in actors(cast):
        by_rule = {row.pk for row in Organisation.objects.all() if authority.manages_people(actor, row.pk)}
        assert {row.pk for row in queries.organisations_for(actor)} == by_rule, actor.label
        assert {row.organisation_id for row in queries.people_for(actor)} == by_rule, actor.label
        assert policy.manages_somebody(actor) is bool(by_rule), actor.label


def test_people_for_an_admin_are_those_of_the_same_organisation(cast):
    seen = set(queries.people_for(cast.actor("a_admin")).values_list("name", flat=True))
    assert seen == {"a1", "a2", "a_admin", "a_reader"}


def test_people_for_a_hub_operator_are_all(cast):
    assert queries.people_for(cast.actor("hub_op")).count() == Person.objects.count()


@pytest.mark.parametrize("name", ["a1", "a_reader", "auditor", "sup", "sup_admin", "b_admin"])
def test_person_of_another_organisation_is_not_there(cast, name):
    with pytest.raises(NotFound):
        queries.person_for(cast.actor(name), cast.i1.pk)


def test_groups_for_a_member_are_its_own_and_those_that_are_known_and_for_the_hub_all(cast):
    assert [(group.slug, group.mine) for group in queries.groups_for(cast.actor("a1"))] == [("wg_incident", True)]
    assert [(group.slug, group.mine) for group in queries.groups_for(cast.actor("a2"))] == [("wg_incident", False)]
    assert [group.people_count for group in queries.groups_for(cast.actor("hub_trusted"))] == [3]


def test_membership_of_a_group_is_managed_by_coordinators_and_the_hub(cast):
    group = cast.wg_incident
    assert not policy.may_manage(cast.actor("a1"), group)
    group.memberships.filter(person=cast.a1).update(coordinator=True)
    assert policy.may_manage(cast.actor("a1"), group)
    assert policy.may_manage(cast.actor("hub_trusted"), group)
    with pytest.raises(NotAllowed):
        policy.require_group(cast.actor("b1"), group)
    with pytest.raises(NotAllowed):
        policy.require_group(cast.actor("a2"), group)
    with pytest.raises(NotFound):
        policy.require_group(cast.actor("sup"), group)


def test_tokens_for_an_admin_hold_the_machines_of_the_house_alone(cast):
    from noroshi.members import actions

    for admin, house in (("a_admin", "bank_a"), ("b_admin", "bank_b")):
        actions.issue_token(
            cast.actor(admin), organisation=cast.organisations[house], label=house, scopes=["taxii.read"]
        )
    actions.issue_token(cast.actor("a1"), person=cast.a1, label="own", scopes=["signals.read"])
    assert [token.label for token in queries.tokens_for(cast.actor("a_admin"))] == ["bank_a"]
    assert [token.label for token in queries.tokens_for(cast.actor("a1"))] == ["own"]
    assert list(queries.tokens_for(cast.actor("hub_op"))) == []
    assert list(queries.tokens_for(Actor.visitor())) == []
