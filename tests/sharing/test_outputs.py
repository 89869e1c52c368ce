"""Outputs for tools: what a token's holder may see and is to look for, no more, at each request anew."""

import base64
from datetime import timedelta

import pytest
from django.test import Client

from factories.audience import COMMUNITY, to_group, to_organisation, to_person, without
from factories.program import ADMINS
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import issue_token, leave_group, revoke_token
from noroshi.members.models import Meter, Person, Token
from noroshi.sharing import actions
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.domain.handling import Handling, Objective, Pap
from noroshi.sharing.models import Receipt, SignalObservable, ToolAnswer
from noroshi.sharing.queries import at_work

EVERYBODY = frozenset({COMMUNITY})


@pytest.fixture
def share(cast, stopped_clock):
    Person.objects.update(language="en")

    def go(text, tlp=TLP.GREEN, entries=EVERYBODY, objective=Objective.DETECT, by="a1", kept=None, **more):
        content, marking = (
            Content("phishing", "customer", "Seen", text),
            Marking(tlp, entries=frozenset(entries), **more),
        )
        draft = actions.draft_signal(cast.actor(by), content=content, marking=marking)
        signal = actions.publish_signal(cast.actor(by), draft, objective=objective, observables=kept)
        return actions.release_signal(cast.actor("hub_trusted"), signal) if signal.state == "held" else signal

    return go


@pytest.fixture
def secret(cast):
    def of(name, *scopes):
        home = {"organisation": cast.organisations[name]} if name in ADMINS else {"person": cast.people[name]}
        giver = cast.actor(ADMINS.get(name, name))
        return issue_token(giver, **home, label="tool", scopes=scopes or ("tools.read",))[1]

    return of


@pytest.fixture
def fetch(secret):
    kept = {}

    def go(name, path="everything/list", tag="", **query):
        kept[name] = kept.get(name) or secret(name)
        headers = {"Authorization": f"Bearer {kept[name]}"} | ({"If-None-Match": tag} if tag else {})
        return Client(headers=headers).get(f"/outputs/{path}", query)

    return go


def values(answer) -> list[str]:
    assert answer.status_code == 200
    return answer.content.decode().splitlines()


def test_list_when_fetched_then_it_has_what_the_holder_sees_by_this_channel(cast, share, fetch):
    share("clear.evil.example", TLP.CLEAR)
    share("green.evil.example", TLP.GREEN)
    share("amber.evil.example", TLP.AMBER)
    share("strict.evil.example", TLP.AMBER_STRICT, {to_organisation(cast.bank_b)})
    share("named.evil.example", TLP.AMBER, {to_person(cast.b1)})
    share("shut.evil.example", TLP.AMBER, {COMMUNITY, without(cast.bank_b)})
    share("red.evil.example", TLP.RED, {to_person(cast.b1)})
    everybodys = ["amber.evil.example", "clear.evil.example", "green.evil.example"]
    assert values(fetch("bank_b")) == [*everybodys, "named.evil.example"]
    assert values(fetch("b1")) == [*everybodys, "named.evil.example"]
    assert values(fetch("outsider")) == sorted([*everybodys, "shut.evil.example"])
    assert values(fetch("t1")) == everybodys[1:]
    assert [fetch(name).status_code for name in ("sup", "supervisor")] == [404, 404]


def test_list_when_values_are_for_analysis_or_known_as_harmless_then_they_are_not_in_it(share, fetch):
    share("for-analysis.evil.example", objective=Objective.ANALYSE)
    signal = share("45.155.205.66 and 8.8.8.8", kept=None)
    assert values(fetch("bank_b")) == ["45.155.205.66"]
    draft_values = SignalObservable.everything.filter(signal=signal)
    draft_values.update(benign=["List of known IPv4 public DNS resolvers"])  # as an author may keep one
    signal.changed_at += timedelta(seconds=1)
    signal.save()
    assert values(fetch("bank_b")) == []


def test_list_when_a_signal_expires_or_is_withdrawn_then_its_values_go(cast, share, fetch, stopped_clock):
    ending = share("ending.evil.example", expires_at=stopped_clock.now + timedelta(hours=1))
    gone = share("gone.evil.example")
    assert values(fetch("bank_b")) == ["ending.evil.example", "gone.evil.example"]
    actions.withdraw_signal(cast.actor("a1"), gone, reason="wrong")
    assert values(fetch("bank_b")) == ["ending.evil.example"]
    stopped_clock.now = ending.expires_at
    assert values(fetch("bank_b")) == []


def test_zone_when_fetched_then_it_blocks_what_was_given_for_it_and_no_handling_forbids(share, fetch):
    share("block.evil.example and both.evil.example", objective=Objective.BLOCK)
    share("look.evil.example")
    share("both.evil.example", handling=Handling(pap=Pap.AMBER))
    records = [line for line in values(fetch("bank_b", "everything/rpz")) if "CNAME" in line]
    assert [line.split()[0] for line in records] == ["block.evil.example", "*.block.evil.example"]
    objectives = [line.split(",")[1:3] for line in values(fetch("bank_b", "everything/csv"))[1:]]
    assert objectives == [
        ["block.evil.example", "block"],
        ["both.evil.example", "detect"],
        ["look.evil.example", "detect"],
    ]


def test_formats_when_fetched_then_each_says_something_and_types_narrow_it(share, fetch):
    share("45.155.205.66 evil.example", objective=Objective.BLOCK)
    for name in ("list", "csv", "suricata", "suricata-dataset", "zeek", "sigma", "rpz"):
        assert "45.155.205.66" in fetch("bank_b", f"everything/{name}").content.decode() or name == "rpz"
    assert values(fetch("bank_b", type="domain")) == ["evil.example"]
    refused = fetch("bank_b", "everything/rpz", type="url")
    assert (refused.status_code, refused.json()["field"]) == (422, "type")
    assert [fetch("bank_b", path).status_code for path in ("everything/nothing", "nothing/list")] == [404, 404]


def test_collection_of_a_group_when_fetched_then_it_is_for_its_members_and_their_machines(cast, share, fetch):
    share("group.evil.example", TLP.AMBER, {to_group(cast.wg_incident)})
    share("all.evil.example", TLP.AMBER)
    assert values(fetch("b1", "group-wg_incident/list")) == ["group.evil.example"]
    assert values(fetch("bank_b", "group-wg_incident/list")) == ["group.evil.example"]
    assert values(fetch("b1")) == ["all.evil.example", "group.evil.example"]
    assert [fetch(name, "group-wg_incident/list").status_code for name in ("i1", "outsider", "b2")] == [404, 404, 404]
    leave_group(cast.actor("hub_op"), group=cast.wg_incident, person=cast.b1)
    assert [fetch(name, "group-wg_incident/list").status_code for name in ("b1", "bank_b")] == [404, 404]
    assert values(fetch("bank_b")) == ["all.evil.example"]


def test_collection_of_a_confidential_group_when_a_machine_asks_then_it_is_not_there(cast, share, fetch):
    cast.wg_incident.confidential = True
    cast.wg_incident.save()
    share("group.evil.example", TLP.AMBER, {to_group(cast.wg_incident)})
    assert values(fetch("b1", "group-wg_incident/list")) == values(fetch("bank_b")) == ["group.evil.example"]
    assert fetch("bank_b", "group-wg_incident/list").status_code == 404
    assert "wg_incident" not in cast.client("b2").get("/outputs/").content.decode()


def test_answer_when_something_hidden_changes_then_tag_and_date_stay_and_else_they_change(
    cast, share, fetch, stopped_clock
):
    share("open.evil.example")
    hidden = share("shut.evil.example", TLP.AMBER, {COMMUNITY, without(cast.bank_b)})
    first = fetch("bank_b", "everything/rpz")
    stopped_clock.advance(hours=2)
    share("other.evil.example", TLP.AMBER, {to_person(cast.a2)}, objective=Objective.BLOCK)
    actions.amend_signal(cast.actor("a1"), hidden, title="x", body="more.evil.example", reason="y")
    again = fetch("bank_b", "everything/rpz", first["ETag"])
    assert (again.status_code, again.content, again["ETag"], again["Last-Modified"]) == (
        304,
        b"",
        first["ETag"],
        first["Last-Modified"],
    )
    assert fetch("bank_b", "everything/rpz").content == first.content
    share("new.evil.example", objective=Objective.BLOCK)
    changed = fetch("bank_b", "everything/rpz", first["ETag"])
    assert (changed.status_code, changed["Last-Modified"] > first["Last-Modified"]) == (200, True)
    assert "new.evil.example" in changed.content.decode()


def test_answer_when_a_signal_changes_without_its_values_then_the_tag_stays(cast, share, fetch, stopped_clock):
    signal = share("open.evil.example")
    first = fetch("bank_b")
    stopped_clock.advance(hours=2)
    actions.amend_signal(cast.actor("a1"), signal, title="Otherwise", body="open.evil.example", reason="y")
    assert fetch("bank_b", tag=first["ETag"]).status_code == 304
    assert ToolAnswer.objects.count() == 1


def test_poll_when_nothing_changed_then_it_costs_few_queries_and_reads_no_value(
    share, fetch, stopped_clock, django_assert_num_queries
):
    for place in range(3):
        share(f"evil{place}.example")
    tag = fetch("bank_b")["ETag"]
    with django_assert_num_queries(3) as seen:
        assert fetch("bank_b", tag=tag).status_code == 304
    assert [query["sql"] for query in seen.captured_queries if '"intel_observable"."value"' in query["sql"]] == []


def test_fetching_when_done_then_a_receipt_is_there_for_what_was_in_it_alone(cast, share, fetch):
    looked, analysed = share("look.evil.example"), share("analyse.evil.example", objective=Objective.ANALYSE)
    tag = fetch("bank_b")["ETag"]
    fetch("bank_b", tag=tag)
    rows = Receipt.everything.filter(organisation=cast.bank_b)
    assert [(row.signal_id, row.channel, row.count) for row in rows] == [(looked.pk, "tools", 1)]
    assert not Receipt.everything.filter(signal=analysed).exists()


def test_fetching_when_it_is_done_every_day_then_only_what_is_new_counts_as_read(share, fetch, stopped_clock):
    for place in range(3):
        share(f"evil{place}.example")
    fetch("bank_b")
    stopped_clock.advance(minutes=61)
    share("new.example")
    fetch("bank_b")
    assert Meter.objects.get(measure="reading").count == 1


def test_token_when_it_is_none_for_this_then_it_opens_nothing(cast, client, share, secret):
    share("open.evil.example")
    basic = base64.b64encode(f"bank_b:{secret('bank_b')}".encode()).decode()
    stranger = base64.b64encode(f"whoever:{secret('bank_b')}".encode()).decode()
    others = ["", "Bearer nrs_x", f"Bearer {secret('bank_b', 'signals.read')}", "Basic !", f"Basic {stranger}"]
    answers = [client.get("/outputs/everything/list", headers={"Authorization": given}) for given in others]
    assert [(answer.status_code, answer["WWW-Authenticate"].split()[0]) for answer in answers] == [(401, "Bearer")] * 5
    assert values(client.get("/outputs/everything/list", headers={"Authorization": f"Basic {basic}"})) == [
        "open.evil.example"
    ]
    assert client.post("/outputs/everything/list", headers={"Authorization": f"Basic {basic}"}).status_code in (
        401,
        405,
    )
    for token in Token.objects.all():
        revoke_token(cast.actor("b_admin"), token=token)
    assert client.get("/outputs/everything/list", headers={"Authorization": f"Basic {basic}"}).status_code == 401


# What tools report back


@pytest.fixture
def report(secret):
    def go(name, *reports, tool="firewall"):
        token = secret(name, "tools.read", "tools.write")
        client = Client(headers={"Authorization": f"Bearer {token}", "Accept-Language": "en"})
        body = {"tool": tool, "values": [{"type": kind, "value": value, **more} for kind, value, more in reports]}
        client.get("/outputs/everything/list")
        sent = client.post("/api/v1/outputs/deployments", body, content_type="application/json")
        return sent, client.get("/api/v1/outputs/deployments").json()

    return go


def test_report_when_sent_then_the_organisation_alone_reads_it_and_a_bad_one_stops_no_other(cast, share, report):
    share("evil.example")
    share("shut.evil.example", TLP.AMBER, {COMMUNITY, without(cast.bank_b)})
    sent, own = report(
        "bank_b",
        ("domain", "shut.evil.example", {}),
        ("domain", "EVIL[.]example", {"hits": 3, "last_hit_at": "2026-11-22T12:00:00+09:00"}),
        ("ipv4", "nonsense", {}),
    )
    unseen = "No signal that you may read names this value."
    assert sent.json() == {
        "accepted": 1,
        "refused": [{"place": 0, "reason": unseen}, {"place": 2, "reason": "This is not an IPv4 address."}],
    }
    assert [(row["value"], row["tool"], row["hits"]) for row in own["items"]] == [("evil.example", "firewall", 3)]
    assert report("outsider", ("domain", "nowhere.example", {}))[1]["items"] == []
    page = {name: cast.client(name).get("/outputs/").content.decode() for name in ("b1", "b_admin", "a1", "o1")}
    assert {name: "evil[.]example" in text for name, text in page.items()} == {
        "b1": True,
        "b_admin": False,
        "a1": False,
        "o1": False,
    }
    assert LedgerEntry.objects.get(action="sharing.deployments.reported").organisation is None


def test_report_when_sent_again_then_the_last_counts_and_a_removed_value_is_gone(share, report):
    share("evil.example and other.example")
    report("bank_b", ("domain", "evil.example", {"hits": 1}), ("domain", "other.example", {}))
    _sent, own = report(
        "bank_b", ("domain", "evil.example", {"hits": 5}), ("domain", "other.example", {"deployed": False})
    )
    assert [(row["value"], row["hits"]) for row in own["items"]] == [("evil.example", 5)]


def test_report_when_the_signal_is_withdrawn_then_its_value_is_shown_no_more(cast, share, report):
    signal = share("evil.example")
    report("bank_b", ("domain", "evil.example", {"hits": 1}))
    actions.withdraw_signal(cast.actor("a1"), signal, reason="wrong")
    assert report("bank_b")[1]["items"] == []
    assert "evil[.]example" not in cast.client("b1").get("/outputs/").content.decode()


def test_author_and_hub_when_tools_report_then_they_learn_numbers_from_three_organisations_on(cast, share, report):
    signal, other = share("evil.example"), share("evil.example", TLP.AMBER, {to_person(cast.t1)}, by="b1")
    for name, hits in (("bank_b", 2), ("outsider", 1)):
        report(name, ("domain", "evil.example", {"hits": hits}))
    page = f"/signals/{signal.pk}/"
    assert "fewer than three" in cast.client("a1").get(page).content.decode()
    for name in ("i1", "s1"):
        report(name, ("domain", "evil.example", {}))
    known = {name: at_work(cast.actor(name), signal) for name in ("a1", "hub_op", "a2", "b1")}
    assert {name: work and (work.deployed, work.hit) for name, work in known.items()} == {
        "a1": (3, None),
        "hub_op": (3, None),
        "a2": None,
        "b1": None,
    }
    assert "Tools of 3 or more organisations" in cast.client("a1").get(page).content.decode()
    assert "Tools of 3" not in cast.client("b1").get(page).content.decode()
    assert vars(at_work(cast.actor("b1"), other)) == {"deployed": None, "hit": None}  # they got it from the first one


def test_page_when_opened_then_it_names_the_addresses_of_own_collections(cast):
    for name, group in (("b1", True), ("i1", False)):
        text = cast.client(name).get("/outputs/").content.decode()
        assert ("/outputs/group-wg_incident/rpz" in text, "/outputs/everything/rpz" in text) == (group, True)
    assert cast.client("sup").get("/outputs/").status_code == 404
    assert "ツール" in cast.client("b1", "ja").get("/outputs/").content.decode()


@pytest.mark.parametrize("profile", [Profile.FIRST, Profile.F_ISAC_JP])
def test_list_when_strict_is_for_a_group_then_no_tool_gets_it(cast, share, fetch, profile):
    share("strict.evil.example", TLP.AMBER_STRICT, {to_group(cast.wg_incident)}, profile=profile)
    assert values(fetch("b1")) == values(fetch("bank_b")) == []
