"""Drafts and the release desk over REST: written, looked over, sent, let go; and what a token never does there."""

import pytest
from django.urls import reverse

from factories.audience import COMMUNITY, WORDS, to_group, to_person
from factories.program import program_of, refusal
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import change_group, leave_group
from noroshi.members.domain.groups import Terms
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions
from noroshi.sharing.models import Signal, SignalObservable

NEW = {
    "kind": "phishing",
    "target": "customer",
    "title": "偽のログイン画面",
    "body": "45.155.205.66, 185.220.101.4, 8.8.8.8",
    "tlp": "AMBER",
    "grants": {"groups": ["wg_incident"], "people": ["i1@insurer.example"], "excluded_organisations": ["outsider"]},
}


@pytest.fixture
def a1(cast):
    return program_of(cast, "a1")


def states():
    return list(Signal.everything.values_list("state", flat=True))


def test_draft_when_written_and_sent_then_what_was_looked_over_goes(cast, a1):
    draft = a1.post("/drafts", NEW).json()
    assert {name: draft[name] for name in ("state", "kind", "title", "tlp", "anonymous", "returned")} == {
        "state": "draft",
        "kind": "phishing",
        "title": NEW["title"],
        "tlp": "AMBER",
        "anonymous": False,
        "returned": "",
    }
    assert draft["url"].endswith(reverse("sharing:review", args=[draft["id"]]))
    assert draft["grants"] == {"community": False, "organisations": [], **NEW["grants"]}
    assert [(each["place"], each["value"], bool(each["benign"])) for each in draft["values"]] == [
        (0, "45.155.205.66", False),
        (1, "185.220.101.4", False),
        (2, "8.8.8.8", True),
    ]
    assert a1.get(f"/drafts/{draft['id']}").json() == draft
    names = ("id", "reference", "url", "state", "kind", "target", "title", "tlp", "anonymous", "changed_at", "returned")
    assert a1.items("/drafts") == [{name: draft[name] for name in names}]
    sending = {"revision": draft["revision"], "values": [{"place": 1, "objective": "block"}, {"place": 2}]}
    sent = a1.post(f"/drafts/{draft['id']}/send", sending)
    assert (sent.status_code, sent.json()["state"], sent.json()["id"]) == (200, "published", draft["id"])
    rows = SignalObservable.everything.order_by("id").values_list("observable__value", "objective")
    assert list(rows) == [("185.220.101.4", "block"), ("8.8.8.8", "detect")]
    assert (a1.items("/drafts"), a1.get(f"/drafts/{draft['id']}").status_code) == ([], 404)


def test_draft_when_it_changed_since_it_was_looked_over_then_it_stays(cast, a1):
    draft = a1.post("/drafts", NEW).json()
    address = f"/drafts/{draft['id']}"
    revised = a1.put(address, {**NEW, "title": "別の件", "body": "45.155.205.66"}).json()
    assert (revised["title"], len(revised["values"])) == ("別の件", 1)
    sentence = "The draft was changed after you looked it over. Look it over again."
    assert refusal(a1.post(f"{address}/send", {"revision": draft["revision"]})) == (409, sentence)
    wrong = ({"revision": "yesterday"}, {"revision": revised["revision"], "values": [{"place": 1}]}, {})
    assert [a1.post(f"{address}/send", body).status_code for body in wrong] == [422, 422, 422]
    assert states() == ["draft"]
    assert a1.delete(address).status_code == 204
    assert (states(), a1.get(address).status_code) == ([], 404)


def test_draft_when_of_somebody_else_then_it_is_as_if_there_were_none(cast, a1):
    draft = a1.post("/drafts", NEW).json()
    nowhere = "00000000-0000-7000-8000-000000000000"
    for name in ("a2", "b1", "hub_op"):
        other = program_of(cast, name)
        for number in (draft["id"], nowhere):
            answers = [
                other.get(f"/drafts/{number}"),
                other.get(f"/signals/{number}"),
                other.get(f"/signals/{number}/readers"),
                other.put(f"/drafts/{number}", NEW),
                other.delete(f"/drafts/{number}"),
                other.post(f"/drafts/{number}/send", {"revision": draft["revision"]}),
            ]
            assert {answer.status_code for answer in answers} == {404}, name
        assert other.items("/drafts") == []
    assert a1.get(f"/signals/{draft['id']}").status_code == 404  # it has an address of its own
    assert states() == ["draft"]


def test_draft_when_red_then_no_token_writes_reads_tries_or_sends_it(cast, a1, draft):
    red = {**NEW, "tlp": "RED", "grants": {"people": ["b1@bank-b.example"]}}
    sentence = "TLP:RED goes by no token of this kind, neither out nor in: write it on the pages."
    before = LedgerEntry.objects.count()
    for path in ("/drafts", "/signals", "/signals/check"):
        assert refusal(a1.post(path, red)) == (403, sentence), path
    assert (states(), LedgerEntry.objects.count()) == ([], before)
    own = a1.post("/drafts", NEW).json()
    assert refusal(a1.put(f"/drafts/{own['id']}", red)) == (403, sentence)
    assert a1.get(f"/drafts/{own['id']}").json() == own
    on_the_page = draft("a1", to_person(cast.b1), tlp=TLP.RED)
    assert [line["id"] for line in a1.items("/drafts")] == [own["id"]]
    address = f"/drafts/{on_the_page.pk}"
    gone = [a1.get(address), a1.put(address, NEW), a1.post(f"{address}/send", {"revision": "2026-11-22"})]
    assert [answer.status_code for answer in gone] == [404, 404, 404]
    assert actions.publish_signal(cast.actor("a1"), on_the_page).state == "held"


def test_draft_when_by_a_machine_then_it_is_refused_at_every_level(cast):
    machine = program_of(cast, "bank_b")
    answers = [machine.get("/drafts"), machine.post("/drafts", NEW), machine.post("/signals", NEW)]
    assert [answer.status_code for answer in answers] == [403, 403, 403]
    assert states() == []


def test_draft_when_written_by_a_token_that_only_drafts_then_it_sends_nothing(cast, a1):
    drafter = program_of(cast, "a1", Scope.DRAFTS_WRITE)
    draft = drafter.post("/drafts", NEW).json()
    assert refusal(drafter.post(f"/drafts/{draft['id']}/send", {"revision": draft["revision"]}))[0] == 401
    assert [drafter.get(path).status_code for path in ("/drafts", "/signals", f"/drafts/{draft['id']}")] == [401] * 3
    assert a1.get(f"/drafts/{draft['id']}").json() == draft


def test_draft_when_its_author_left_a_confidential_group_then_its_name_is_gone(cast, a1):
    draft = a1.post("/drafts", NEW).json()
    terms = Terms(confidential=True)
    change_group(cast.actor("hub_op"), group=cast.wg_incident, name_ja="x", default_tlp="AMBER", terms=terms)
    leave_group(cast.actor("a1"), group=cast.wg_incident, person=cast.a1)
    assert a1.get(f"/drafts/{draft['id']}").json()["grants"]["groups"] == []


def test_readers_when_foretold_then_houses_are_counted_and_named_as_on_the_page(cast, a1):
    body = {**NEW, "grants": {"groups": ["wg_incident"]}, "body": "03-1234-5678"}
    told = a1.post("/signals/check", body).json()
    draft = a1.post("/drafts", body).json()
    assert a1.get(f"/signals/{draft['id']}/readers").json() == told
    houses = {house["organisation"]: house["names"] for house in told["houses"]}
    assert (houses["bank_b"], houses["bank_a"]) == (["b1"], ["a1", "a2"])  # whom a1 shares a group or a house with
    assert {each["kind"] for each in told["warnings"]} == {"phone"}
    assert (told["organisations"], told["people"]) == (3, sum(house["people"] for house in told["houses"]))
    a1.post(f"/drafts/{draft['id']}/send", {"revision": draft["revision"]})
    published = a1.get(f"/signals/{draft['id']}/readers").json()
    assert (published["houses"], published["warnings"]) == (told["houses"], [])
    assert program_of(cast, "b1").get(f"/signals/{draft['id']}/readers").status_code == 404


# The release desk


def held(a1, **changes):
    draft = a1.post("/drafts", {**NEW, "grants": {"community": True}, "anonymous": True, **changes}).json()
    return a1.post(f"/drafts/{draft['id']}/send", {"revision": draft["revision"]}).json()


def test_desk_when_something_waits_then_an_operator_reads_asks_and_lets_it_go(cast, a1, stopped_clock):
    stopped_clock.advance(minutes=17)
    sent, operator = held(a1), program_of(cast, "hub_op")
    assert (sent["state"], a1.items("/drafts")[0]["state"]) == ("held", "held")
    (line,) = operator.items("/release")
    hour = "2026-11-22T03:00:00Z"
    assert (line["reasons"], line["next_step"], line["since"]) == (["anonymous"], "release", hour)
    whole = operator.get(f"/release/{sent['id']}").json()
    assert (whole["body"], [each["value"] for each in whole["values"]]) == (
        NEW["body"],
        ["45.155.205.66", "185.220.101.4"],
    )
    assert "Bank_A" not in operator.get(f"/release/{sent['id']}").content.decode()
    canned = {"title_ja": "いつ", "title_en": "When", "text_ja": "いつからですか。", "text_en": "Since when?"}
    kept = operator.post("/release/requests", canned).json()
    assert operator.items("/release/requests") == [kept]
    asked = operator.post(f"/release/{sent['id']}/inquiries", {"request": kept["id"], "text": "And where?"})
    assert (asked.status_code, asked.json()["by"]) == (201, "hub")
    assert a1.post(f"/drafts/{sent['id']}/inquiries", {"text": "Since noon."}).json() == {
        "by": "author",
        "text": "Since noon.",
        "at": hour,
    }
    said = operator.items(f"/release/{sent['id']}/inquiries")
    assert [(each["by"], each["text"]) for each in said] == [
        ("hub", "Since when?\n\nAnd where?"),
        ("author", "Since noon."),
    ]
    assert a1.items(f"/drafts/{sent['id']}/inquiries") == said
    assert (
        operator.put(f"/release/requests/{kept['id']}", {**canned, "title_en": "Since"}).json()["title_en"] == "Since"
    )
    assert operator.delete(f"/release/requests/{kept['id']}").status_code == 204
    assert operator.items("/release/requests") == []
    assert operator.post(f"/release/{sent['id']}/release").json()["state"] == "published"
    assert (operator.items("/release"), operator.get(f"/release/{sent['id']}").status_code) == ([], 404)
    assert refusal(operator.post(f"/release/{sent['id']}/release"))[0] == 409


def test_desk_when_it_takes_two_then_each_does_one_step(cast, a1, settings):
    settings.RELEASE_FOUR_EYES = "grave"
    sent = held(a1, kind="incident")
    first, second = (program_of(cast, name) for name in ("hub_op", "hub_trusted"))
    address = f"/release/{sent['id']}"
    assert refusal(first.post(f"{address}/release"))[0] == 409
    assert first.post(f"{address}/approve").json()["state"] == "held"
    assert (first.items("/release")[0]["next_step"], second.items("/release")[0]["next_step"]) == ("wait", "release")
    assert refusal(first.post(f"{address}/release")) == (403, "You approved it: another hub operator releases it.")
    assert second.post(f"{address}/release").json()["state"] == "published"


def test_desk_when_handed_back_or_recalled_then_it_is_a_draft_again_with_the_reason(cast, a1):
    sent, operator = held(a1), program_of(cast, "hub_op")
    assert refusal(operator.post(f"/release/{sent['id']}/return", {"reason": ""}))[0] == 422
    assert operator.post(f"/release/{sent['id']}/return", {"reason": "name the host"}).json()["state"] == "draft"
    (draft,) = a1.items("/drafts")
    assert (draft["state"], draft["returned"]) == ("draft", "name the host")
    assert operator.get(f"/release/{sent['id']}").status_code == 404
    again = held(a1)
    assert a1.post(f"/drafts/{again['id']}/recall").json()["state"] == "draft"
    assert refusal(a1.post(f"/drafts/{again['id']}/recall"))[0] == 409
    assert operator.items("/release") == []


def test_desk_when_red_waits_then_no_token_sees_it_or_lets_it_go(cast, draft):
    red = actions.publish_signal(cast.actor("a1"), draft("a1", to_person(cast.b1), tlp=TLP.RED))
    operator = program_of(cast, "hub_op")
    address = f"/release/{red.pk}"
    answers = [operator.get(address), *(operator.post(f"{address}/{verb}") for verb in ("approve", "release"))]
    assert (operator.items("/release"), {answer.status_code for answer in answers}) == ([], {404})
    assert actions.release_signal(cast.actor("hub_op"), red).state == "published"


@pytest.mark.parametrize("name", ["b1", "hub_admin", "auditor", "sup", "bank_b"])
def test_desk_when_by_anybody_else_then_there_is_none(cast, a1, name):
    sent, other = held(a1), program_of(cast, name)
    paths = ("/release", "/release/times", "/release/requests", f"/release/{sent['id']}")
    assert {other.get(path).status_code for path in paths} == {404}
    verbs = ("approve", "release", "inquiries")
    assert {other.post(f"/release/{sent['id']}/{verb}", {"text": "x"}).status_code for verb in verbs} == {404}
    assert states() == ["held"]


def test_desk_when_the_operator_wrote_it_then_another_one_releases_it(cast, share):
    own = actions.share_signal(
        cast.actor("hub_op"),
        content=WORDS,
        marking=actions.usual_marking(None, anonymous=True),
    )
    operator = program_of(cast, "hub_op")
    assert (operator.items("/release"), operator.get(f"/release/{own.pk}").status_code) == ([], 404)
    assert refusal(operator.post(f"/release/{own.pk}/release"))[0] == 403


def test_desk_when_many_were_released_then_the_weeks_are_told(cast, a1, stopped_clock):
    operator = program_of(cast, "hub_op")
    for minutes in (10, 20, 90):
        sent = held(a1)
        stopped_clock.advance(minutes=minutes)
        operator.post(f"/release/{sent['id']}/release")
    assert operator.items("/release/times") == [
        {"monday": "2026-11-16", "released": 3, "median": 1200, "nine_of_ten": 5400, "late": 1}
    ]


def test_lines_of_a_group_when_anonymous_then_the_marking_is_kept(cast, a1):
    sent = held(a1, grants={"groups": ["wg_incident"]})
    signal = Signal.everything.get(pk=sent["id"])
    assert (signal.author_mode, signal.as_item().audience) == (
        AuthorMode.ANONYMOUS,
        frozenset({to_group(cast.wg_incident)}),
    )
    assert COMMUNITY not in signal.as_item().audience
