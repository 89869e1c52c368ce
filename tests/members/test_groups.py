import hashlib

import pytest

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.core.models import LedgerEntry
from noroshi.members import actions
from noroshi.members.domain.groups import Charter, Terms
from noroshi.members.models import Group
from noroshi.members.queries import charter_of, default_level, groups_for, members_of, stays_of

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


@pytest.mark.parametrize("name", ["a2", "o1", "auditor", "hub_admin"])
def test_group_is_known_to_members_who_manage_nothing_of_it(cast, name):
    with pytest.raises(NotAllowed):
        actions.join_group(cast.actor(name), group=cast.wg_incident, person=cast.a2)


@pytest.mark.parametrize("name", ["sup", "sup_admin", "v1"])
def test_group_is_not_there_for_authorities_and_vendors(cast, name):
    with pytest.raises(NotFound):
        actions.join_group(cast.actor(name), group=cast.wg_incident, person=cast.a2)


@pytest.mark.parametrize("name", ["a2", "o1", "auditor", "hub_admin", "sup", "v1"])
def test_confidential_group_is_not_there_for_others(cast, name):
    Group.objects.update(confidential=True)
    assert list(groups_for(cast.actor(name))) == []
    with pytest.raises(NotFound):
        actions.join_group(cast.actor(name), group=cast.wg_incident, person=cast.a2)


def test_confidential_group_is_there_for_its_members_and_who_keeps_the_register(cast):
    Group.objects.update(confidential=True)
    assert [list(groups_for(cast.actor(name))) for name in ("b1", "hub_trusted")] == [[cast.wg_incident]] * 2


def test_confidential_group_invites(cast):
    with pytest.raises(InvalidInput) as refused:
        actions.create_group(
            OPERATOR, slug="x", name_ja="x", kind="ad_hoc", terms=Terms(joining="open", confidential=True)
        )
    assert refused.value.field == "joining"


def test_counts_of_a_group_of_two_organisations_are_told_to_its_members_alone(cast):
    actions.leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.hub_op)
    told = {name: groups_for(cast.actor(name)).get() for name in ("a1", "hub_op", "a2")}
    counts = {name: (group.people_count, group.organisation_count) for name, group in told.items()}
    assert counts == {"a1": (2, 2), "hub_op": (2, 2), "a2": (None, None)}


def test_count_of_a_group_of_three_organisations_is_told_in_steps_of_three(cast):
    group = groups_for(cast.actor("a2")).get()
    assert (group.people_count, group.organisation_count) == (None, 3)
    actions.join_group(OPERATOR, group=cast.wg_incident, person=cast.i1)
    assert groups_for(cast.actor("a2")).get().organisation_count == 3


def test_charter_is_written_in_versions_and_the_ledger_has_their_digest(cast, coordinator):
    actions.write_charter(coordinator, group=cast.wg_incident, charter=Charter(ja="目的"))
    actions.write_charter(coordinator, group=cast.wg_incident, charter=Charter(ja="目的", en="Aim"))
    with pytest.raises(InvalidInput):
        actions.write_charter(coordinator, group=cast.wg_incident, charter=Charter(ja="目的", en="Aim"))
    with pytest.raises(NotAllowed):
        actions.write_charter(cast.actor("b1"), group=cast.wg_incident, charter=Charter(ja="x"))
    opened = Charter(ja="目的", en="Aim", members_add_documents=True)
    assert actions.write_charter(coordinator, group=cast.wg_incident, charter=opened).number == 3
    assert actions.write_charter(coordinator, group=cast.wg_incident, charter=Charter(ja="目的", en="Aim")).number == 4
    charter = charter_of(cast.wg_incident)
    assert (charter.number, charter.text_ja, charter.text_en) == (4, "目的", "Aim")
    entry = LedgerEntry.objects.filter(action="members.group.chartered").latest("id")
    digest = hashlib.sha256("目的\x00Aim".encode()).hexdigest()
    assert entry.payload == {"version": 4, "digest": digest, "members_add_documents": False}


def test_change_of_a_group_is_noted_by_the_fields_that_changed(cast):
    fields = {"name_ja": "事案対応", "default_tlp": "GREEN", "terms": Terms(joining="open", open_to=("regional_bank",))}
    assert actions.change_group(cast.actor("hub_op"), group=cast.wg_incident, **fields)
    assert not actions.change_group(cast.actor("hub_op"), group=cast.wg_incident, **fields)
    assert default_level(cast.wg_incident) is TLP.GREEN
    (entry,) = LedgerEntry.objects.filter(action="members.group.changed")
    assert entry.payload == {"fields": ["name_ja", "name_en", "default_tlp", "joining", "open_to"]}


def test_open_group_lets_in_whom_it_is_open_to(cast):
    Group.objects.update(joining="open", open_to=["regional_bank"])
    cast.wg_incident.refresh_from_db()
    actions.enter_group(cast.actor("b2"), group=cast.wg_incident, person=cast.b2)
    with pytest.raises(NotAllowed):
        actions.enter_group(cast.actor("a2"), group=cast.wg_incident, person=cast.a2)
    with pytest.raises(NotFound):
        actions.enter_group(cast.actor("b2"), group=cast.wg_incident, person=cast.b_reader)
    assert names(members_of(cast.wg_incident)) == ["a1", "b1", "b2", "hub_op"]


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
