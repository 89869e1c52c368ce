"""Asking to join a group: who may, who answers, and what the person learns."""

import re

import pytest

from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound, TooMany
from noroshi.core.models import LedgerEntry
from noroshi.members import actions, queries
from noroshi.members.models import Group


@pytest.fixture
def asked(cast):
    """a2 has asked to join the working group; b1 coordinates it."""
    Group.objects.update(joining="request")
    cast.wg_incident.refresh_from_db()
    actions.appoint_coordinator(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    return ask(cast)


def ask(cast, name="a2", sentence="I handle incidents."):
    return actions.ask_to_join(cast.actor(name), group=cast.wg_incident, person=cast.people[name], sentence=sentence)


def waiting(cast, name):
    return list(queries.requests_waiting(cast.actor(name), cast.wg_incident))


def test_request_is_seen_by_who_asked_and_who_answers(cast, asked):
    shown = {name: waiting(cast, name) == [asked] for name in ("a2", "b1", "hub_trusted", "a1", "o1", "sup")}
    assert shown == {"a2": True, "b1": True, "hub_trusted": True, "a1": False, "o1": False, "sup": False}


def test_request_accepted_lets_in(cast, asked):
    actions.accept_request(cast.actor("b1"), request=asked)
    assert cast.actor("a2").groups == {cast.wg_incident.pk}
    assert waiting(cast, "b1") == []
    with pytest.raises(Conflict):
        actions.refuse_request(cast.actor("b1"), request=asked, reason="too late")


def test_request_refused_tells_the_reason_and_not_who(cast, asked):
    actions.refuse_request(cast.actor("b1"), request=asked, reason="One person of each bank.")
    html = cast.client("a2").get("/members/groups/wg_incident/").content.decode()
    assert "One person of each bank." in html
    assert re.search(r"\bb1\b(?!@)", html) is None  # a token made at random may hold the two signs
    entry = LedgerEntry.objects.latest("id")
    assert (entry.action, entry.person, entry.reason) == ("members.group.request_refused", cast.b1.pk, "")


def test_request_needs_a_sentence_and_a_refusal_too(cast, asked):
    with pytest.raises(InvalidInput):
        ask(cast, "o1", " ")
    with pytest.raises(InvalidInput):
        actions.refuse_request(cast.actor("b1"), request=asked, reason=" ")


def test_request_twice_at_a_time_or_by_a_member_is_refused(cast, asked):
    with pytest.raises(Conflict):
        ask(cast)
    with pytest.raises(Conflict):
        ask(cast, "a1")


def test_request_is_taken_back_by_who_made_it_alone(cast, asked):
    with pytest.raises(NotFound):
        actions.withdraw_request(cast.actor("b1"), request=asked)
    actions.withdraw_request(cast.actor("a2"), request=asked)
    assert waiting(cast, "b1") == []


def test_request_a_fourth_time_within_a_month_is_too_many(cast, asked, stopped_clock):
    for request in (asked, ask_again(cast, asked), ask_again(cast, None)):
        last = request
    actions.withdraw_request(cast.actor("a2"), request=last)
    with pytest.raises(TooMany):
        ask(cast)
    stopped_clock.advance(days=31)
    assert ask(cast).state == "waiting"


def ask_again(cast, before):
    actions.withdraw_request(cast.actor("a2"), request=before or waiting(cast, "a2")[0])
    return ask(cast)


@pytest.mark.parametrize("name", ["a1", "o1", "a_admin"])
def test_answer_of_somebody_else_is_refused(cast, asked, name):
    with pytest.raises(NotAllowed):
        actions.accept_request(cast.actor(name), request=asked)


@pytest.mark.parametrize("name", ["sup", "v1"])
def test_authority_and_vendor_find_no_group_to_ask(cast, asked, name):
    with pytest.raises(NotFound):
        ask(cast, name)


def test_group_by_invitation_takes_no_request(cast):
    with pytest.raises(NotAllowed):
        ask(cast)


def test_group_that_became_confidential_is_gone_for_who_asked(cast, asked):
    Group.objects.update(confidential=True)
    browser = cast.client("a2")
    assert waiting(cast, "a2") == []
    assert browser.get("/members/groups/wg_incident/").status_code == 404
    assert browser.post(f"/members/groups/requests/{asked.pk}/withdraw/").status_code == 404
    assert "wg_incident" not in browser.get("/members/groups/").content.decode()


def test_pages_ask_and_answer(cast, asked):
    browser = cast.client("o1")
    page = "/members/groups/wg_incident/"
    assert "Ask to join" in browser.get(page).content.decode()
    browser.post(f"{page}ask/", {"sentence": "axolotl"})
    shown = cast.client("b1").get(f"{page}requests/").content.decode()
    assert [word in shown for word in ("axolotl", "I handle incidents.")] == [True, True]
    (request,) = queries.requests_for(cast.actor("o1"))
    cast.client("b1").post(f"/members/groups/requests/{request.pk}/refuse/", {"reason": ""})
    assert queries.requests_for(cast.actor("o1")).get().state == "waiting"
    cast.client("b1").post(f"/members/groups/requests/{request.pk}/accept/")
    assert cast.wg_incident.pk in cast.actor("o1").groups


def test_member_directory_of_a_group_is_for_its_members(cast):
    """Who is not in it sees what it is for, and no name of anybody in it."""
    html = {name: cast.client(name).get("/members/groups/wg_incident/").content.decode() for name in ("a1", "o1")}
    assert ["Hub_Op" in html[name] or "hub_op" in html[name] for name in ("a1", "o1")] == [True, False]
