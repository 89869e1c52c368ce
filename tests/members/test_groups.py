import pytest

from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members import actions
from noroshi.members.models import Group
from noroshi.members.queries import members_of, stays_of

OPERATOR = Actor.system("cli")


@pytest.fixture
def coordinator(cast):
    """a1 as the coordinator of the working group."""
    actions.appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.a1)
    return cast.actor("a1")


def names(people):
    return sorted(person.name for person in people)


def test_group_made_by_the_hub_is_empty_and_noted(cast):
    group = actions.create_group(
        cast.actor("hub_op"), slug="regional", name_ja="地域銀行部会", kind="community", default_tlp="GREEN"
    )
    assert (group.default_tlp, list(members_of(group))) == ("GREEN", [])
    assert LedgerEntry.objects.get().action == "members.group.created"


@pytest.mark.parametrize(
    ("field", "value"),
    [("slug", "wg_incident"), ("slug", "a b"), ("kind", "club"), ("default_tlp", "PINK"), ("name_ja", "")],
)
def test_group_with_a_wrong_value_is_refused(cast, field, value):
    fields = {"slug": "new", "name_ja": "部会", "kind": "ad_hoc", "default_tlp": "AMBER", field: value}
    with pytest.raises(InvalidInput) as refused:
        actions.create_group(OPERATOR, **fields)
    assert refused.value.field == field
    assert Group.objects.count() == 1


def test_coordinator_lets_in_and_removes_but_appoints_nobody(cast, coordinator):
    actions.join_group(coordinator, group=cast.wg_incident, person=cast.i1)
    assert names(members_of(cast.wg_incident)) == ["a1", "b1", "hub_op", "i1"]
    actions.leave_group(coordinator, group=cast.wg_incident, person=cast.b1)
    assert names(members_of(cast.wg_incident)) == ["a1", "hub_op", "i1"]
    with pytest.raises(NotAllowed):
        actions.join_group(coordinator, group=cast.wg_incident, person=cast.t1, coordinator=True)
    with pytest.raises(NotAllowed):
        actions.appoint_coordinator(coordinator, group=cast.wg_incident, person=cast.i1)


def test_member_without_the_office_lets_nobody_in(cast):
    with pytest.raises(NotAllowed):
        actions.join_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b2)
    with pytest.raises(NotAllowed):
        actions.leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.a1)


@pytest.mark.parametrize("name", ["a2", "o1", "sup", "auditor", "hub_admin"])
def test_group_is_not_there_for_others(cast, name):
    with pytest.raises(NotFound):
        actions.join_group(cast.actor(name), group=cast.wg_incident, person=cast.a2)


def test_member_leaves_by_oneself_and_the_stay_remains_in_the_history(cast):
    actions.leave_group(cast.actor("b1"), group=cast.wg_incident, person=cast.b1)
    assert cast.actor("b1").groups == frozenset()
    actions.join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    history = [(stay.person.name, stay.left_at is None) for stay in stays_of(cast.wg_incident)]
    assert sorted(history) == [("a1", True), ("b1", False), ("b1", True), ("hub_op", True)]
    assert history[-1] == ("b1", False)


def test_nobody_is_in_a_group_twice(cast):
    with pytest.raises(Conflict):
        actions.join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.a1)
    with pytest.raises(Conflict):
        actions.leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)


@pytest.mark.parametrize("name", ["sup", "sup_admin"])
def test_authority_joins_no_group(cast, name):
    with pytest.raises(InvalidInput):
        actions.join_group(OPERATOR, group=cast.wg_incident, person=cast.people[name])


def test_suspended_person_joins_no_group(cast):
    actions.suspend_person(cast.actor("hub_op"), person=cast.i1, reason="x")
    with pytest.raises(InvalidInput):
        actions.join_group(OPERATOR, group=cast.wg_incident, person=cast.i1)


def test_closed_group_is_nobodys(cast):
    actions.close_group(cast.actor("hub_op"), group=cast.wg_incident)
    assert cast.actor("a1").groups == frozenset()
    with pytest.raises(Conflict):
        actions.join_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.i1)
    with pytest.raises(Conflict):
        actions.close_group(cast.actor("hub_op"), group=cast.wg_incident)
