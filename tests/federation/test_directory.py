"""What a node learns of the community: its own house, and nothing of anybody else's."""

import json

import msgspec
import pytest

from noroshi.core.errors import InvalidInput
from noroshi.federation import actions
from noroshi.federation.carriers import CARRIERS
from noroshi.federation.directory import SUBJECT
from noroshi.federation.domain.stream import Letter
from noroshi.federation.models import OutboxEntry, Peer, PeerKind, PeerState
from noroshi.members.actions import suspend_person
from noroshi.members.models import GroupMembership, Organisation, Person, RoleAssignment

from .conftest import OPERATOR

DIRECTORY = CARRIERS[SUBJECT]


@pytest.fixture
def node(cast):
    """The node of bank B, as its hub has it."""
    peer, _code = actions.invite_peer(OPERATOR, kind="node", organisation=cast.bank_b)
    Peer.objects.filter(pk=peer.pk).update(state=PeerState.ACTIVE, their_key="0" * 64)
    return Peer.objects.get(pk=peer.pk)


def written(node):
    return json.loads(msgspec.json.encode(DIRECTORY.write(node, node.organisation_id, has_copy=False).data))


def taken(node, data):
    hub = Peer(kind=PeerKind.HUB, name="hub", organisation=node.organisation)
    return DIRECTORY.read(hub, Letter(1, SUBJECT, node.organisation_id, [], data))


def test_directory_names_the_own_people_and_nobody_elses(cast, node):
    data = written(node)
    assert {each["email"].partition("@")[0] for each in data["people"]} == {"b1", "b2", "b_admin", "b_reader"}
    assert [(circle["slug"], circle["people"]) for circle in data["groups"]] == [("wg_incident", [str(cast.b1.pk)])]
    others = [person.email for name, person in cast.people.items() if not name.startswith("b")]
    assert [email for email in others if email in json.dumps(data)] == []


def test_directory_on_an_empty_node_then_people_come_without_password_and_without_administration(cast, node):
    data = written(node)
    GroupMembership.objects.filter(person=cast.b1).delete()
    Person.objects.filter(pk__in=[cast.b1.pk, cast.b_admin.pk]).delete()
    assert taken(node, data) == "taken"
    b1 = Person.objects.get(pk=cast.b1.pk)
    assert not b1.has_usable_password()
    assert set(RoleAssignment.objects.filter(person=b1).values_list("role", flat=True)) == {"analyst"}
    assert not RoleAssignment.objects.filter(person=cast.b_admin.pk).exists()
    assert GroupMembership.objects.filter(person=b1, left_at=None).count() == 1


def test_directory_when_the_hub_ends_access_then_it_ends_here_and_never_comes_back_by_itself(cast, node):
    active, suspended = written(node), written(node)
    next(each for each in suspended["people"] if each["id"] == str(cast.b1.pk))["standing"] = "suspended"
    taken(node, suspended)
    taken(node, active)
    assert Person.objects.get(pk=cast.b1.pk).standing == "suspended"


def test_directory_when_an_address_is_somebody_elses_here_then_that_person_is_left_as_it_is(cast, node):
    data = written(node)
    data["people"][0]["email"] = cast.a1.email
    taken(node, data)
    assert Person.objects.get(email=cast.a1.email).organisation == cast.bank_a


@pytest.mark.parametrize("kind", [PeerKind.NODE, PeerKind.PARTNER])
def test_directory_from_anybody_but_the_hub_is_refused(cast, node, kind):
    other = Peer(kind=kind, name="other", organisation=node.organisation)
    with pytest.raises(InvalidInput):
        DIRECTORY.read(other, Letter(1, SUBJECT, node.organisation_id, [], written(node)))


def test_directory_of_another_house_is_refused(cast, node):
    data = written(node)
    hub = Peer(kind=PeerKind.HUB, name="hub", organisation=cast.bank_a)
    with pytest.raises(InvalidInput):
        DIRECTORY.read(hub, Letter(1, SUBJECT, node.organisation_id, [], data))
    assert Organisation.objects.filter(slug=cast.bank_b.slug).exists()


def test_members_when_something_changes_then_nodes_are_told(cast, node, drain):
    drain()
    suspend_person(cast.actor("b_admin"), person=cast.b1, reason="away")
    drain()
    rows = OutboxEntry.objects.filter(peer=node, subject=SUBJECT)
    assert (rows.count() > 0, set(rows.values_list("subject_id", flat=True))) == (True, {cast.bank_b.pk})
