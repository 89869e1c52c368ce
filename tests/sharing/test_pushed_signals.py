"""Signals that are pushed: what of them may go to whom, what becomes of them there, and who learns that they went."""

import json
from datetime import timedelta

import pytest

from factories.audience import to_group, to_organisation, to_person
from factories.elsewhere import API_ROOT, Scripted
from factories.stix_store import indicator, send_in
from noroshi.core import clock
from noroshi.core.domain.membership import Role
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.intel.actions import PushSaid, add_push, push_out
from noroshi.intel.domain.stix.tlp import TLP_2
from noroshi.intel.queries import pushed_views, stays_behind
from noroshi.kit import outbound
from noroshi.members.models import GroupMembership, RoleAssignment
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content
from noroshi.sharing.models import Receipt

pytestmark = pytest.mark.django_db


class Server(Scripted):
    """Keeps the last version of each object that it took."""

    def __init__(self):
        super().__init__()
        self.kept = {}

    def post(self, url, *, content, headers, **bounds):
        self.kept |= {each["id"]: each for each in json.loads(content)["objects"]}
        return super().post(url, content=content, headers=headers, **bounds)


@pytest.fixture
def server(monkeypatch):
    server = Server()
    monkeypatch.setattr(outbound, "get", server.get)
    monkeypatch.setattr(outbound, "post", server.post)
    return server


@pytest.fixture
def push(cast, server, drain):
    """What bank_b pushes is what its b1 wants pushed; run, it returns the titles of the reports that are there."""
    RoleAssignment.objects.create(person=cast.b1, role=Role.COORDINATOR)
    made = {}

    def run(view="everything", whose="own"):
        drain()
        if (view, whose) not in made:
            views = {each.alias: str(each.id) for each in pushed_views(cast.actor("b1"))}
            said = PushSaid(f"{view} {whose}", API_ROOT, "c", whose=whose, view=views[view])
            made[view, whose] = add_push(cast.actor("b1"), said=said)
        push = made[view, whose]
        push.refresh_from_db()
        push_out(push)
        push.refresh_from_db()
        return push

    return run


def titles(server):
    return sorted(each["name"] for each in server.kept.values() if each["type"] == "report" and not each.get("revoked"))


def words(title, body="45.155.205.66"):
    return Content("phishing", "customer", title, body)


def test_to_an_own_system_goes_what_the_organisation_could_poll_and_the_page_says_what_stays(cast, share, push, server):
    share("a1", content=words("clear"), tlp=TLP.CLEAR)
    share("a1", content=words("amber"))
    share("a1", to_person(cast.b1), content=words("red"), tlp=TLP.RED)
    share("a1", to_organisation(cast.bank_b), content=words("strict"), tlp=TLP.AMBER_STRICT)
    share("a1", to_person(cast.b1), content=words("for one"), embargo_until=clock.now() + timedelta(days=1))
    share("a1", to_organisation(cast.insurer), content=words("for others"))
    made = push()
    assert (made.trouble, titles(server)) == ("", ["amber", "clear"])
    stays = stays_behind(cast.actor("b1"), made)
    assert (stays.by_level, stays.for_people) == ({TLP.RED: 1, TLP.AMBER_STRICT: 1}, 1)
    assert (stays_behind(cast.actor("b2"), made).by_level, stays_behind(cast.actor("b2"), made).for_people) == (
        {TLP.AMBER_STRICT: 1}, 0,
    )  # fmt: skip
    assert {tuple(each["object_marking_refs"]) for each in server.kept.values()} == {
        (TLP_2[TLP.CLEAR],), (TLP_2[TLP.AMBER],), (TLP_2[TLP.GREEN],),
    }  # fmt: skip


def test_to_somebody_else_goes_what_everybody_may_have_and_nothing_out_of_triage(cast, share, push, server):
    share("a1", content=words("clear"), tlp=TLP.CLEAR)
    share("a1", content=words("green"), tlp=TLP.GREEN)
    share("b2", content=words("own amber"))
    waiting = indicator("198.51.100.9", object_marking_refs=[TLP_2[TLP.CLEAR]])
    send_in(cast.actor("b1"), waiting)
    made = push(whose="partner")
    assert (made.trouble, titles(server)) == ("", ["clear"])
    assert {tuple(each["object_marking_refs"]) for each in server.kept.values()} == {(TLP_2[TLP.CLEAR],)}
    assert waiting["id"] not in server.kept
    assert stays_behind(cast.actor("b1"), made).by_level == {
        TLP.GREEN: 5,
        TLP.AMBER: 1,
    }  # three identities, the hub's among them, and what waits in triage
    with pytest.raises(InvalidInput):
        push("sent-in", "partner")
    assert push("sent-in").trouble == ""
    assert server.kept[waiting["id"]] == waiting


def test_what_is_withdrawn_and_what_is_amended_follows(cast, share, push, server):
    gone, changed = share("a1", content=words("gone")), share("a1", content=words("changed"))
    push()
    before = {name: each["modified"] for name, each in server.kept.items()}
    actions.withdraw_signal(cast.actor("a1"), gone, reason="a mistake")
    actions.amend_signal(cast.actor("a1"), changed, title="changed twice", body="45.155.205.66", reason="more")
    push()
    assert titles(server) == ["changed twice"]
    left = [each for each in server.kept.values() if each.get("revoked")]
    assert sorted(each["type"] for each in left) == ["indicator", "report"]
    assert all(each["modified"] > before[each["id"]] for each in left)
    assert "45.155.205.66" not in json.dumps(left)


def test_what_a_lowered_level_opens_comes_later_and_what_a_group_was_given_ends_with_the_group(
    cast, share, push, server
):
    strict = share("a1", to_organisation(cast.bank_b), content=words("strict"), tlp=TLP.AMBER_STRICT)
    share("a1", to_group(cast.wg_incident), content=words("first"))
    push("group-wg_incident")
    assert titles(server) == ["first"]
    push()
    actions.lower_marking(cast.actor("a1"), strict, tlp=TLP.AMBER, reason="known by now")
    push()
    assert titles(server) == ["first", "strict"]
    GroupMembership.objects.filter(person=cast.b1).delete()
    share("a1", to_group(cast.wg_incident), content=words("second"))
    assert (push("group-wg_incident").trouble, push().trouble, titles(server)) == ("closed", "", ["first", "strict"])


def test_its_author_has_a_receipt_that_it_went(cast, share, push, server):
    signal = share("a1", content=words("amber"))
    push()
    rows = Receipt.everything.filter(signal=signal).values_list("organisation", "person", "channel")
    assert list(rows) == [(cast.bank_b.pk, None, "taxii")]
