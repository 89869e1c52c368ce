"""Groups over REST: who looks, who joins, who lets others in."""

import pytest

from factories.program import program_of, refusal
from noroshi.members import actions
from noroshi.members.domain.groups import Charter, Terms
from noroshi.members.domain.scopes import Scope
from noroshi.members.models import Group, GroupMembership


@pytest.fixture
def program(cast):
    return lambda name, *scopes: program_of(cast, name, *scopes)


@pytest.fixture
def group(cast):
    """The working group: it takes requests, has a charter, and a1 coordinates it."""
    operator, terms = cast.actor("hub_op"), Terms("共有", "Shares incidents", joining="request")
    actions.change_group(operator, group=cast.wg_incident, name_ja="部会", default_tlp="AMBER", terms=terms)
    actions.appoint_coordinator(operator, group=cast.wg_incident, person=cast.a1)
    actions.write_charter(operator, group=cast.wg_incident, charter=Charter("規約", "What is said here stays here."))
    return Group.objects.get(pk=cast.wg_incident.pk)


def belongs(person):
    return GroupMembership.objects.filter(person=person, left_at__isnull=True).exists()


def test_groups_when_listed_then_others_are_counted_in_steps_and_own_ones_exactly(cast, group, program):
    for number, name in enumerate(("甲部会", "乙部会", "丙部会")):
        actions.create_group(cast.actor("hub_op"), slug=f"wg_{number}", name_ja=name, kind="ad_hoc")
    inside, outside = program("b1", Scope.GROUPS_READ), program("i1", Scope.GROUPS_READ)
    assert [line["slug"] for line in outside.items("/groups")] == ["wg_0", "wg_1", "wg_2", "wg_incident"]
    (own,) = inside.items("/groups", mine="true")
    assert (own["people"], own["organisations"], own["mine"]) == (3, 3, True)
    seen = outside.get("/groups/wg_incident").json()
    assert (seen["people"], seen["organisations"], seen["mine"], seen["charter"]["text_en"]) == (
        None,
        3,
        False,
        "What is said here stays here.",
    )
    assert (outside.items("/groups", mine="true"), program("v1").items("/groups"), program("sup").items("/groups")) == (
        [],
        [],
        [],
    )


def test_charter_when_written_then_versions_are_read_by_whoever_knows_the_group(cast, group, program):
    coordinator, member, outside = program("a1"), program("b1"), program("i1", Scope.GROUPS_READ)
    text = {"text_ja": "新しい規約", "text_en": "A new charter.", "members_add_documents": True}
    made = coordinator.put("/groups/wg_incident/charter", text).json()
    assert made == {"number": 2, **text, "written_at": made["written_at"]}
    assert outside.get("/groups/wg_incident").json()["charter"] == made
    assert [line["number"] for line in outside.items("/groups/wg_incident/charters")] == [2, 1]
    assert refusal(coordinator.put("/groups/wg_incident/charter", text))[0] == 422  # nothing has changed
    assert refusal(coordinator.put("/groups/wg_incident/charter", {"text_ja": "x" * 20_001}))[0] == 422
    assert [each.put("/groups/wg_incident/charter", text).status_code for each in (member, outside)] == [403, 401]
    for slug in ("wg_nowhere", "wg_incident"):
        asked = program("sup")
        addresses = (asked.get(f"/groups/{slug}/charters"), asked.put(f"/groups/{slug}/charter", text))
        assert {answer.status_code for answer in addresses} == {404}


def test_group_when_confidential_then_it_is_there_for_its_members_alone(cast, group, program):
    terms = Terms(confidential=True)
    actions.change_group(cast.actor("hub_op"), group=group, name_ja="部会", default_tlp="AMBER", terms=terms)
    outside = program("i1")
    for slug in ("wg_incident", "wg_nowhere"):
        answers = [
            outside.get(f"/groups/{slug}"),
            outside.get(f"/groups/{slug}/members"),
            outside.get(f"/groups/{slug}/charters"),
            outside.put(f"/groups/{slug}/charter", {"text_ja": "x"}),
            outside.post(f"/groups/{slug}/requests", {"sentence": "x"}),
            outside.post(f"/groups/{slug}/members", {"email": "b1@bank-b.example"}),
            *(outside.post(f"/groups/{slug}/{verb}") for verb in ("enter", "leave")),
        ]
        assert {answer.status_code for answer in answers} == {404}, slug
    assert (outside.items("/groups"), program("b1").get("/groups/wg_incident").status_code) == ([], 200)


def test_request_when_made_then_a_coordinator_reads_and_answers_it(cast, group, program):
    asker, coordinator, member = program("i1"), program("a1"), program("b1")
    made = asker.post("/groups/wg_incident/requests", {"sentence": "I lead our CSIRT."}).json()
    assert (made["state"], made["group"], made["person"]) == ("waiting", "wg_incident", "i1")
    assert asker.items("/group-requests") == coordinator.items("/group-requests", state="waiting") == [made]
    assert coordinator.items("/group-requests", group="wg_other") == member.items("/group-requests") == []
    verbs = ("accept", "refuse", "withdraw")
    address = f"/group-requests/{made['id']}"
    assert {member.post(f"{address}/{verb}", {"reason": "x"}).status_code for verb in verbs} == {404}
    assert refusal(asker.post(f"{address}/accept"))[0] == 403
    assert coordinator.post(f"{address}/withdraw").status_code == 404
    assert coordinator.post(f"{address}/refuse", {"reason": "for banks"}).status_code == 204
    assert (asker.items("/group-requests")[0]["reason"], belongs(cast.i1)) == ("for banks", False)
    again = asker.post("/groups/wg_incident/requests", {"sentence": "Please."}).json()
    assert coordinator.post(f"/group-requests/{again['id']}/accept").status_code == 204
    assert (belongs(cast.i1), refusal(coordinator.post(f"/group-requests/{again['id']}/accept"))[0]) == (True, 409)


def test_request_when_taken_back_or_made_too_often_then_it_is_as_on_the_page(cast, group, program):
    asker = program("i1")
    for _time in range(3):
        made = asker.post("/groups/wg_incident/requests", {"sentence": "x"}).json()
        assert asker.post(f"/group-requests/{made['id']}/withdraw").status_code == 204
    sentence = "You have asked three times within 30 days. Write to the hub instead."
    assert refusal(asker.post("/groups/wg_incident/requests", {"sentence": "x"})) == (429, sentence)
    assert [line["state"] for line in asker.items("/group-requests")] == ["withdrawn"] * 3


def test_members_when_managed_then_by_coordinators_and_the_hub_alone(cast, group, program):
    coordinator, operator = program("a1", Scope.GROUPS_MANAGE), program("hub_op")
    address = "/groups/wg_incident/members"
    assert {line["person"] for line in coordinator.items(address)} == {"a1", "b1", "hub_op"}
    assert {program(name).get(address).status_code for name in ("b1", "i1")} == {403}
    assert refusal(coordinator.post(address, {"email": "x@nowhere.example"})) == (422, "There is no such account.")
    assert refusal(program("i1").post(address, {"email": "x@nowhere.example"}))[0] == 403
    assert refusal(coordinator.post(address, {"email": "i1@insurer.example", "coordinator": True}))[0] == 403
    made = coordinator.post(address, {"email": "I1@insurer.example"})
    assert (made.status_code, made.json()["person"], made.json()["coordinator"]) == (201, "i1", False)
    assert operator.post(address, {"email": "o1@outsider.example", "coordinator": True}).json()["coordinator"] is True
    assert coordinator.delete(f"{address}/{cast.i1.pk}").status_code == 204
    assert (belongs(cast.i1), coordinator.items(address)[-1]["person"]) == (False, "i1")
    assert refusal(coordinator.delete(f"{address}/{cast.i1.pk}"))[0] == 409
    assert coordinator.get("/groups").status_code == 401  # another scope


def test_group_when_left_then_what_came_by_it_is_gone_for_the_same_token(cast, group, program):
    member, machine = program("b1"), program("bank_b")
    assert [machine.post(f"/groups/wg_incident/{verb}").status_code for verb in ("leave", "enter")] == [403, 403]
    assert member.get("/signals", group="wg_incident").status_code == 200
    assert member.post("/groups/wg_incident/leave").status_code == 204
    assert (member.get("/signals", group="wg_incident").status_code, belongs(cast.b1)) == (404, False)
    assert refusal(member.post("/groups/wg_incident/leave"))[0] == 409


def test_group_when_open_then_one_comes_in_by_oneself(cast, group, program):
    open_to = Terms(joining="open", open_to=("insurer",))
    actions.change_group(cast.actor("hub_op"), group=group, name_ja="部会", default_tlp="AMBER", terms=open_to)
    assert program("i1").post("/groups/wg_incident/enter").status_code == 204
    assert refusal(program("o1").post("/groups/wg_incident/enter"))[0] == 403
    assert (belongs(cast.i1), belongs(cast.o1)) == (True, False)


@pytest.mark.parametrize(
    "cursor", ["x", "AAAA", "eAB4IDE=", "d2cAaW5jIDAwMDAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA=="]
)
def test_groups_when_the_cursor_is_none_then_it_is_refused(cast, program, cursor):
    assert refusal(program("b1").get("/groups", cursor=cursor))[0] == 422
