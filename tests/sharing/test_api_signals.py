"""What is done to a signal that is out, over REST: amended, marked anew, answered, related, shown to a guest."""

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from factories.audience import COMMUNITY, WORDS, to_group, to_organisation, to_person
from factories.program import program_of, refusal
from noroshi.core import clock
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions
from noroshi.sharing.domain.receipt_file import verify
from noroshi.sharing.models import Receipt, Signal

NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
def program(cast):
    return lambda name, *scopes: program_of(cast, name, *scopes)


# Amended, withdrawn, marked anew


def test_signal_when_amended_then_the_version_before_is_kept_and_the_answer_tells_no_word(share, program):
    signal, a1, b1 = share("a1"), program("a1"), program("b1")
    new = {"title": "Other", "body": "185.220.101.4", "reason": "the host moved"}
    writer = program("a1", Scope.SIGNALS_WRITE)
    answer = writer.post(f"/signals/{signal.pk}/amend", new).json()
    assert answer == {
        "id": str(signal.pk),
        "reference": signal.reference,
        "state": "published",
        "url": answer["url"],
        "warnings": [],
    }
    assert (b1.get(f"/signals/{signal.pk}").json()["title"], b1.get(f"/signals/{signal.pk}").json()["version"]) == (
        "Other",
        2,
    )
    (version,) = b1.items(f"/signals/{signal.pk}/versions")
    assert (version["number"], version["title"], version["body"], version["reason"], version["tlp"]) == (
        1,
        WORDS.title,
        WORDS.body,
        "the host moved",
        "AMBER",
    )
    assert refusal(a1.post(f"/signals/{signal.pk}/amend", new)) == (422, "Nothing has changed.")
    assert b1.post(f"/signals/{signal.pk}/amend", new).status_code == 403
    assert program("t1").get(f"/signals/{signal.pk}/versions").status_code == 404


def test_signal_when_withdrawn_then_a_tombstone_is_left_in_the_list_of_those(share, program):
    signal, other, a1, b1 = share("a1"), share("a1"), program("a1"), program("b1")
    assert b1.post(f"/signals/{signal.pk}/withdraw", {"reason": "x"}).status_code == 403
    answer = a1.post(f"/signals/{signal.pk}/withdraw", {"reason": "false alarm"}).json()
    assert answer["state"] == "withdrawn"
    (stone,) = b1.items("/signals/withdrawn")
    assert stone == b1.get(f"/signals/{signal.pk}").json()
    assert (stone["reason"], [line["id"] for line in b1.items("/signals")]) == ("false alarm", [str(other.pk)])
    assert b1.items(f"/signals/{signal.pk}/versions") == []
    assert program("t1").items("/signals/withdrawn") == []


def test_level_when_lowered_then_more_see_it_and_when_it_had_to_be_released_it_is_refused(share, program):
    signal, hidden = share("a1"), share("a1", author_mode=AuthorMode.ANONYMOUS)
    a1, trial = program("a1"), program("t1")
    down = {"tlp": "GREEN", "reason": "known by now"}
    assert trial.get(f"/signals/{signal.pk}").status_code == 404
    assert a1.post(f"/signals/{signal.pk}/lower", down).json()["state"] == "published"
    assert trial.get(f"/signals/{signal.pk}").json()["tlp"] == "GREEN"
    assert trial.items(f"/signals/{signal.pk}/versions") == []  # what was said under AMBER stays there
    assert refusal(a1.post(f"/signals/{signal.pk}/lower", {**down, "tlp": "AMBER"}))[0] == 422
    assert refusal(a1.post(f"/signals/{hidden.pk}/lower", down))[0] == 403
    assert program("b1").post(f"/signals/{signal.pk}/lower", {**down, "tlp": "CLEAR"}).status_code == 403


def test_level_when_raised_then_it_is_recalled_and_issued_anew(cast, share, program):
    signal, a1, b1, i1 = share("a1"), program("a1"), program("b1"), program("i1")
    up = {"tlp": "AMBER+STRICT", "grants": {"organisations": ["bank_b"]}, "reason": "it names a victim"}
    assert b1.post(f"/signals/{signal.pk}/raise", up).status_code == 403
    anew = a1.post(f"/signals/{signal.pk}/raise", up)
    assert (anew.status_code, anew.json()["state"]) == (201, "published")
    assert anew.json()["id"] != str(signal.pk)
    assert b1.get(f"/signals/{anew.json()['id']}").json()["tlp"] == "AMBER+STRICT"
    assert i1.get(f"/signals/{anew.json()['id']}").status_code == 404
    assert program("bank_b").get(f"/signals/{anew.json()['id']}").status_code == 404  # not by an organisation's token
    assert i1.get(f"/signals/{signal.pk}").json()["state"] == "withdrawn"


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"tlp": "RED", "grants": {"people": ["b1@bank-b.example"]}}, 403),
        ({"tlp": "GREEN"}, 422),
        ({"tlp": "AMBER+STRICT", "grants": {"community": True}}, 422),
        ({"tlp": "AMBER+STRICT", "reason": ""}, 422),
    ],
    ids=["red, which no token carries", "lower", "too wide", "without a reason"],
)
def test_level_when_it_cannot_be_raised_like_that_then_the_signal_stays_as_it_was(share, program, change, status):
    signal = share("a1")
    up = {"tlp": "AMBER+STRICT", "grants": {"organisations": ["bank_b"]}, "reason": "x", **change}
    a1, before = program("a1"), LedgerEntry.objects.count()
    assert refusal(a1.post(f"/signals/{signal.pk}/raise", up))[0] == status
    assert list(Signal.everything.values_list("state", "tlp")) == [("published", "AMBER")]
    assert LedgerEntry.objects.count() == before


def test_red_when_it_is_out_then_no_token_changes_answers_or_counts_it(cast, share, program):
    signal = share("a1", to_person(cast.b1), tlp=TLP.RED)
    body = {"body": "x", "reason": "x", "title": "x", "tlp": "AMBER", "kind": "affected", "email": "x@y.example"}
    body |= {"grants": {}, "other": NOWHERE}
    verbs = ("amend", "withdraw", "lower", "raise", "comments", "seen", "guests", "relations", "receipt-file")
    parts = ("", "/observables", "/versions", "/comments", "/answers", "/readers", "/receipts", "/guests", "/relations")
    for name in ("a1", "b1", "auditor"):
        caller, address = program(name), f"/signals/{signal.pk}"
        answers = [caller.post(f"{address}/{verb}", {**body} if verb != "relations" else None) for verb in verbs[:-2]]
        answers += [caller.post(f"{address}/relations", {"other": NOWHERE, "kind": "campaign"})]
        answers += [caller.post(f"{address}/receipt-file"), caller.put(f"{address}/acknowledgement")]
        answers += [
            caller.put(f"{address}/stance", {"kind": "affected"}),
            *(caller.get(address + part) for part in parts),
        ]
        assert {answer.status_code for answer in answers} == {404}, name
    assert Signal.everything.get().state == "published"


# Answers


def test_comments_when_said_by_name_and_without_then_each_is_as_its_readers_may_know_it(share, program, stopped_clock):
    signal, a1, b1, i1 = share("a1", tlp=TLP.GREEN), program("a1"), program("b1"), program("i1")
    stopped_clock.advance(minutes=20)
    named = b1.post(f"/signals/{signal.pk}/comments", {"body": "blocked here"}).json()
    hidden = i1.post(f"/signals/{signal.pk}/comments", {"body": "same here", "anonymous": True}).json()
    assert (named["from"], named["called"], named["at"]) == (
        {"organisation": "Bank_B", "person": "b1"},
        "",
        "2026-11-22T03:20:00Z",
    )
    assert (hidden["from"], bool(hidden["called"]), hidden["at"]) == (None, True, "2026-11-22T03:00:00Z")
    said = a1.items(f"/signals/{signal.pk}/comments")
    assert [(each["body"], each["from"] is None) for each in said] == [("blocked here", False), ("same here", True)]
    assert program("b1", Scope.SIGNALS_READ).post(f"/signals/{signal.pk}/comments", {"body": "x"}).status_code == 401
    assert program("bank_b").post(f"/signals/{signal.pk}/comments", {"body": "x"}).status_code == 403


def test_comment_when_anonymous_and_its_style_tells_then_it_goes_only_as_it_is(share, program):
    signal, i1 = share("a1", tlp=TLP.GREEN), program("i1")
    telling = {"body": "当行でも確認しました。", "anonymous": True}
    status, sentence = refusal(i1.post(f"/signals/{signal.pk}/comments", telling))
    assert (status, "当行" in sentence) == (422, True)
    assert i1.items(f"/signals/{signal.pk}/comments") == []
    assert i1.post(f"/signals/{signal.pk}/comments", {**telling, "as_it_is": True}).status_code == 201
    assert i1.post(f"/signals/{signal.pk}/comments", {**telling, "anonymous": False}).status_code == 201


def test_acknowledgement_when_given_then_the_author_alone_learns_which_organisations(share, program):
    signal, a1 = share("a1", tlp=TLP.GREEN), program("a1")
    address = f"/signals/{signal.pk}/acknowledgement"
    given = [program(name).put(address).json()["new"] for name in ("b1", "b1", "b2", "i1", "t1")]
    assert given == [True, False, True, True, True]
    houses = [line["organisation"] for line in a1.items(f"{address}s")]
    assert houses == ["bank_b", "insurer", "trial"]
    assert {program(name).get(f"{address}s").status_code for name in ("b1", "a2", "hub_op")} == {404}
    assert a1.put(address).status_code == 403


# Who got it


def test_receipts_when_read_then_the_author_gets_numbers_and_who_allows_it(cast, share, program):
    signal = share("a1", tlp=TLP.GREEN)
    for name in ("b1", "i1", "t1", "o1"):
        program(name).get(f"/signals/{signal.pk}")
    cast.outsider.names_its_readers = True
    cast.outsider.save()
    told = program("a1", Scope.RECEIPTS_READ).get(f"/signals/{signal.pk}/receipts").json()
    assert told["could_see"]["organisations"] == 7
    assert {name: told["did_see"][name] for name in ("organisations", "people", "channels")} == {
        "organisations": 3,
        "people": 3,
        "channels": {"api_person_token": 3},
    }
    assert [(row["person"], row["organisation"], row["channel"]) for row in told["did_see"]["named"]] == [
        ("o1", "Outsider", "api_person_token")
    ]
    assert LedgerEntry.objects.filter(action="sharing.receipts.read", subject_id=signal.pk).count() == 1
    assert {program(name).get(f"/signals/{signal.pk}/receipts").status_code for name in ("b1", "a2", "auditor")} == {
        404
    }
    assert Receipt.everything.filter(signal=signal).count() == 4


def test_receipt_file_when_taken_then_it_is_signed_for_author_and_auditor_alone(share, program):
    signal = share("a1", tlp=TLP.GREEN)
    program("b1").get(f"/signals/{signal.pk}")
    address = f"/signals/{signal.pk}/receipt-file"
    made_for = {}
    for name in ("a1", "auditor"):
        answer = program(name, Scope.RECEIPTS_READ).post(address)
        assert verify(answer.content).holds
        made_for[name] = json.loads(answer.content)["made_for"]
    assert made_for == {"a1": "author", "auditor": "auditor"}
    assert {program(name).post(address).status_code for name in ("b1", "hub_op", "sup")} == {404}
    assert program("a1", Scope.SIGNALS_READ).post(address).status_code == 401


# Guests, relations, groups, figures


def test_guest_when_invited_then_that_person_alone_sees_it_until_sent_away(share, cast, program):
    signal, a1, guest, colleague = (
        share("a1", to_group(cast.wg_incident)),
        program("a1"),
        program("i1"),
        program("i_reader"),
    )
    address = f"/signals/{signal.pk}/guests"
    until = (clock.now() + timedelta(days=1)).isoformat()
    made = a1.post(address, {"email": "I1@insurer.example", "until": until})
    assert (made.status_code, made.json()["person"], made.json()["organisation"]) == (201, "i1", "Insurer")
    assert (guest.get(f"/signals/{signal.pk}").status_code, colleague.get(f"/signals/{signal.pk}").status_code) == (
        200,
        404,
    )
    assert program("b1").items(address) == guest.items(address) == [made.json()]
    assert refusal(a1.post(address, {"email": "nobody@x.example"})) == (422, "There is no such account.")
    assert refusal(guest.post(address, {"email": "nobody@x.example"}))[0] == 403  # told nothing of who has an account
    assert a1.post(address, {"email": "t1@trial.example", "until": "2026-12-01T00:00:00"}).status_code == 422
    assert a1.delete(f"{address}/{made.json()['id']}").status_code == 204
    assert (guest.get(f"/signals/{signal.pk}").status_code, a1.items(address)) == (404, [])


def test_relation_when_said_then_whoever_sees_both_reads_it_and_it_can_be_taken_back(cast, share, program):
    first, second, hidden = (
        share("a1", tlp=TLP.GREEN),
        share("b1", tlp=TLP.GREEN),
        share("a1", to_organisation(cast.bank_b)),
    )
    operator, a1, trial = program("hub_op"), program("a1"), program("t1")
    address = f"/signals/{second.pk}/relations"
    made = operator.post(address, {"other": str(first.pk), "kind": "duplicate"})
    assert (made.status_code, made.json()["is_later"], made.json()["other"]["id"]) == (201, True, str(first.pk))
    assert trial.items(address) == [made.json()]
    assert trial.items(f"/signals/{first.pk}/relations")[0]["is_later"] is False
    a1.post(f"/signals/{first.pk}/relations", {"other": str(hidden.pk), "kind": "campaign"})
    assert [line["other"]["id"] for line in trial.items(f"/signals/{first.pk}/relations")] == [str(second.pk)]
    for number in (hidden.pk, NOWHERE):
        told = refusal(operator.post(address, {"other": str(number), "kind": "campaign"}))
        assert told == (422, "Give the address of another signal that you see.")
    assert trial.post(address, {"other": str(first.pk), "kind": "campaign"}).status_code == 403
    assert operator.delete(f"{address}/{first.pk}").status_code == 204
    assert operator.items(address) == []


def test_suggestions_when_asked_for_then_they_are_of_what_the_reader_sees(cast, share, program):
    signal = share("a1", tlp=TLP.GREEN)
    open_one, hidden = share("b1", tlp=TLP.GREEN), share("a1", to_organisation(cast.bank_b))
    found = {name: program(name).items(f"/signals/{signal.pk}/suggestions") for name in ("b1", "t1")}
    assert [line["other"]["id"] for line in found["t1"]] == [str(open_one.pk)]
    assert {line["other"]["id"] for line in found["b1"]} == {str(open_one.pk), str(hidden.pk)}
    assert (found["t1"][0]["values"], found["t1"][0]["likeness"]) == (2, 100)


def test_list_when_of_a_group_then_it_is_for_its_members_and_what_they_see(cast, share, program):
    inside, _outside = share("a1", to_group(cast.wg_incident)), share("a1", COMMUNITY)
    assert [line["id"] for line in program("b1").items("/signals", group="wg_incident")] == [str(inside.pk)]
    assert program("i1").get("/signals", group="wg_incident").status_code == 404


def test_statistics_when_asked_for_then_they_are_those_of_the_page(cast, share, program, stopped_clock):
    stopped_clock.advance(days=-30)
    for name in ("a1", "b1", "i1"):
        actions.share_signal(cast.actor(name), content=WORDS, marking=actions.usual_marking(None, tlp="GREEN"))
    stopped_clock.advance(days=30)
    reader = program("b1", Scope.STATISTICS_READ)
    periods = reader.items("/statistics")
    assert (periods[0], len(periods)) == ({"period": "2026-10", "start": "2026-10-01", "end": "2026-11-01"}, 32)
    report = reader.get("/statistics/2026-10").json()
    assert (report["now"]["kinds"], report["before"]["kinds"]["total"]) == (
        {"total": 3, "cells": {**report["now"]["kinds"]["cells"], "phishing": 3}},
        None,
    )
    assert report["trend"][-1] == {"period": "2026-10", "total": 3}
    assert program("bank_b").get("/statistics/2026-10").json()["now"]["kinds"]["total"] == 3
    wrong = [reader.get(f"/statistics/{period}").status_code for period in ("2026-11", "2026-13", "x", "2099-01")]
    assert wrong == [404] * 4
    assert program("sup").get("/statistics/2026-10").status_code == 404


def test_unmasking_when_looked_for_then_no_call_does_it(cast, share, program):
    signal, trusted = share("a1", author_mode=AuthorMode.ANONYMOUS), program("hub_trusted")
    body = {"reason": "we must know who wrote this"}
    assert trusted.post(f"/signals/{signal.pk}/unmask", body).status_code == 404
    assert LedgerEntry.objects.filter(action="sharing.author.unmasked").count() == 0


# Lists


def test_lists_when_they_have_one_or_three_lines_then_they_ask_as_often(cast, share, program):
    signal, a1, counts = share("a1", to_group(cast.wg_incident)), program("a1"), []
    parts = ("comments", "guests", "relations", "versions", "observables", "acknowledgements", "suggestions")
    for number, guest in enumerate(("i1", "t1", "o1")):
        other = share("a1", to_group(cast.wg_incident))
        program(guest if number else "b1").put(f"/signals/{signal.pk}/acknowledgement")
        a1.post(f"/signals/{signal.pk}/comments", {"body": f"c{number}"})
        a1.post(f"/signals/{signal.pk}/guests", {"email": cast.people[guest].email})
        a1.post(f"/signals/{signal.pk}/relations", {"other": str(other.pk), "kind": "campaign"})
        share("b1", to_group(cast.wg_incident))
        a1.post(f"/signals/{signal.pk}/amend", {"title": f"t{number}", "body": WORDS.body, "reason": "x"})
        counts.append({part: asked_for(a1, f"/signals/{signal.pk}/{part}") for part in parts})
    assert counts[0] == counts[2]


def asked_for(program, path):
    """How often the database is asked for a list."""
    with CaptureQueriesContext(connection) as asked:
        program.get(path)
    return len(asked)


@pytest.mark.parametrize("cursor", ["x", "-1", "1e9", "99999999", "¹", "é"])
@pytest.mark.parametrize("part", ["comments", "versions", "observables", "acknowledgements"])
def test_list_when_its_cursor_is_none_then_it_is_refused(share, program, part, cursor):
    signal = share("a1")
    told = refusal(program("a1").get(f"/signals/{signal.pk}/{part}", cursor=cursor))
    assert told == (422, "This is not a cursor that a page before gave.")
