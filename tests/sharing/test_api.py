"""Signals over REST: what a token opens, and what it never does."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from factories.audience import COMMUNITY, WORDS, to_organisation, to_person, without
from factories.program import Program, program_of, refusal
from factories.signals import make_signal
from noroshi.core import clock
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import issue_token, revoke_token
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions
from noroshi.sharing.models import Signal, SignalObservable

NEW = {
    "kind": "phishing",
    "target": "customer",
    "title": "偽のログイン画面",
    "body": WORDS.body,
    "tlp": "AMBER",
    "grants": {"community": True},
}


@pytest.fixture
def caller(cast):
    """A program of a person, or of an organisation's machine."""

    def make(name, *scopes):
        return Signals(program_of(cast, name, *(scopes or (Scope.SIGNALS_READ, Scope.SIGNALS_WRITE))))

    return make


class Signals:
    """What a program does with signals."""

    def __init__(self, program):
        self.program = program

    def get(self, path="", **query):
        return self.program.get(f"/signals{path}", **query)

    def post(self, body):
        return self.program.post("/signals", body)

    def titles(self, **query):
        return [item["title"] for item in self.get(**query).json()["items"]]


# Who is let in


@pytest.mark.parametrize("secret", [None, "", "nrs_" + "x" * 43, "x" * 10_000, "nrs_ü"])
def test_api_when_the_token_is_none_of_ours_then_it_is_refused(db, secret):
    caller = Signals(Program(secret))
    for answer in (caller.get(), caller.post(NEW)):
        assert refusal(answer) == (401, "Send a valid token with the scope this needs.")
        assert answer["WWW-Authenticate"] == "Bearer"


def test_api_when_signed_in_by_session_alone_then_it_is_refused(cast):
    assert cast.client("b1").get("/api/v1/signals").status_code == 401


def test_api_when_the_token_expired_was_revoked_or_has_another_scope_then_it_is_refused(cast, share, stopped_clock):
    share("a1")
    token, secret = issue_token(cast.actor("b1"), person=cast.b1, label="x", scopes=[Scope.SIGNALS_READ], days=1)
    reader = Signals(Program(secret))
    assert (reader.get().status_code, reader.post(NEW).status_code) == (200, 401)
    stopped_clock.advance(days=1)
    assert reader.get().status_code == 401
    token, secret = issue_token(cast.actor("b1"), person=cast.b1, label="x", scopes=[Scope.SIGNALS_READ])
    revoke_token(cast.actor("b1"), token=token)
    assert Signals(Program(secret)).get().status_code == 401


def test_api_when_the_holder_was_suspended_then_it_is_refused(cast, caller):
    program = caller("b1")
    cast.bank_b.standing = "suspended"
    cast.bank_b.save()
    assert program.get().status_code == 401


# What is read


def every_level(cast, share):
    return {
        "RED": share("a1", to_person(cast.b1), tlp=TLP.RED),
        "AMBER+STRICT": share("a1", to_organisation(cast.bank_b), tlp=TLP.AMBER_STRICT),
        "AMBER": share("a1"),
        "GREEN": share("a1", tlp=TLP.GREEN),
        "CLEAR": share("a1", tlp=TLP.CLEAR),
    }


@pytest.mark.parametrize(
    ("name", "levels"),
    [
        ("b1", {"AMBER+STRICT", "AMBER", "GREEN", "CLEAR"}),
        ("bank_b", {"AMBER", "GREEN", "CLEAR"}),
        ("t1", {"GREEN", "CLEAR"}),
        ("sup", set()),
    ],
)
def test_api_when_each_level_is_asked_for_then_the_channel_decides(cast, share, caller, name, levels):
    signals, program = every_level(cast, share), caller(name)
    assert {item["tlp"] for item in program.get().json()["items"]} == levels
    for level, signal in signals.items():
        expected = 200 if level in levels else 404
        answers = [program.get(f"/{signal.pk}"), program.get(f"/{signal.pk}/observables")]
        assert [answer.status_code for answer in answers] == [expected, expected], level


def test_api_when_hidden_or_missing_then_the_answers_are_the_same_to_the_byte(cast, share, caller):
    signal = share("a1", COMMUNITY, without(cast.bank_b))
    program = caller("b1")
    answers = [program.get(f"/{number}") for number in (signal.pk, "00000000-0000-7000-8000-000000000000")]
    assert refusal(answers[0]) == (404, "There is no such page, or not for you.")
    assert answers[0].content == answers[1].content


def test_signal_when_read_then_it_has_its_words_values_and_author(cast, share, caller):
    signal = share("a1")
    program = caller("bank_b")
    body = program.get(f"/{signal.pk}").json()
    assert body == {
        "id": str(signal.pk),
        "reference": signal.reference,
        "kind": "phishing",
        "target": "customer",
        "title": WORDS.title,
        "body": WORDS.body,
        "tlp": "AMBER",
        "profile": "first",
        "state": "published",
        "version": 1,
        "published_at": body["published_at"],
        "changed_at": body["changed_at"],
        "expires_at": None,
        "pap": None,
        "caveats": [],
        "outline": None,
        "downgrade": None,
        "plain_words": "",
        "reliability": None,
        "credibility": None,
        "tags": [],
        "from": {"organisation": "Bank_A", "person": "a1"},
        "url": f"http://testserver{reverse('sharing:detail', args=[signal.pk])}",
    }
    assert program.get(f"/{signal.pk}/observables").json()["items"] == [
        {"type": "ipv4", "value": "45.155.205.66", "objective": "detect", "benign": []},
        {"type": "url", "value": "http://evil-bank.com/login", "objective": "detect", "benign": []},
    ]


def test_signal_when_anonymous_then_nobody_is_named(share, caller):
    signal = share("a1", author_mode=AuthorMode.ANONYMOUS)
    program = caller("b1")
    assert program.get(f"/{signal.pk}").json()["from"] is None
    assert "Bank_A" not in program.get().content.decode()


def test_signal_when_withdrawn_then_a_tombstone_is_left(cast, share, caller):
    signal = share("a1")
    actions.withdraw_signal(cast.actor("a1"), signal, reason="false alarm")
    program = caller("b1")
    body = program.get(f"/{signal.pk}").json()
    assert body == {
        "id": str(signal.pk),
        "reference": signal.reference,
        "state": "withdrawn",
        "withdrawn_at": body["withdrawn_at"],
        "reason": "false alarm",
    }
    assert (program.titles(), program.get(f"/{signal.pk}/observables").json()["items"]) == ([], [])


def test_list_when_narrowed_then_it_holds_what_was_asked_for(cast, caller):
    make_signal(cast.a1, title="不正送金の手口", kind="fraud", tlp="GREEN")
    make_signal(cast.a1, title="脆弱性", kind="vulnerability", target="own_system")
    make_signal(cast.a1, COMMUNITY, without(cast.bank_b), title="不正送金の口座", kind="fraud")
    program = caller("b1")
    tomorrow = (clock.now() + timedelta(days=1)).date().isoformat()
    asked = {
        "q": program.titles(q="不正送金"),
        "kind": program.titles(kind="fraud"),
        "target": program.titles(target="own_system"),
        "tlp": program.titles(tlp="GREEN"),
        "since": program.titles(since=tomorrow),
    }
    fraud = ["不正送金の手口"]
    assert asked == {"q": fraud, "kind": fraud, "target": ["脆弱性"], "tlp": fraud, "since": []}


@pytest.mark.parametrize(("hour", "listed"), [(14, True), (16, True), (25, True), (-1, False)])
def test_list_when_since_a_day_then_the_day_is_that_of_utc_whatever_the_zone_of_the_pages(cast, caller, hour, listed):
    midnight = datetime(2026, 11, 22, tzinfo=UTC)
    make_signal(cast.a1, title="x", published_at=midnight + timedelta(hours=hour))
    assert bool(caller("b1").titles(since="2026-11-22")) is listed


def test_list_when_paged_by_cursor_then_every_row_comes_once_though_new_ones_arrive(cast, caller):
    moment = clock.now()
    for number in range(7):
        make_signal(cast.a1, title=f"signal {number}", published_at=moment - timedelta(minutes=number // 3))
    program, seen, cursor = caller("b1"), [], ""
    while cursor is not None:
        page = program.get(limit=2, cursor=cursor).json()
        seen += [item["title"] for item in page["items"]]
        cursor = page["next"]
        make_signal(cast.a1, title="new")
    assert (sorted(seen), len(seen)) == ([f"signal {number}" for number in range(7)], 7)


@pytest.mark.parametrize(
    "query",
    [
        *({"cursor": text} for text in ("x", "é", "AAAA", "MjAyNi0xMS0yMlQwMDowMDowMCAx", "=" * 200, "a" * 201)),
        *({"limit": text} for text in ("0", "-1", "201", "x", "9" * 400)),
        *({"kind": "gossip"}, {"tlp": "PURPLE"}, {"since": "yesterday"}, {"q": "x" * 201}),
    ],
)
def test_list_when_the_question_makes_no_sense_then_it_is_refused_in_one_sentence(cast, caller, query):
    status, detail = refusal(caller("b1").get(**query))
    assert (status, bool(detail)) == (422, True)


# What is shared


def test_share_when_routine_then_it_is_out_at_once_without_harmless_values(cast, caller, ledger):
    answer = caller("a1").post({**NEW, "body": "45.155.205.66 8.8.8.8"})
    signal = Signal.everything.get()
    assert (answer.status_code, answer.json()["state"], answer.json()["id"]) == (201, "published", str(signal.pk))
    assert SignalObservable.everything.get().observable.value == "45.155.205.66"
    assert ledger(signal)[-1] == ("sharing.signal.published", cast.a1.pk)
    assert LedgerEntry.objects.filter(subject_id=signal.pk).latest("id").channel == "api_person_token"


def test_share_when_anonymous_then_it_is_held(cast, caller):
    answer = caller("a1").post({**NEW, "anonymous": True})
    assert (answer.status_code, answer.json()["state"], Signal.everything.get().state) == (201, "held", "held")


def test_share_when_granted_by_name_then_those_read_it(cast, caller):
    grants = {"organisations": ["bank_b"], "groups": ["wg_incident"], "people": ["I1@insurer.example"]}
    caller("a1").post({**NEW, "grants": {**grants, "excluded_organisations": ["outsider"]}})
    lines = {(entry.kind.value, entry.target) for entry in Signal.everything.get().as_item().audience}
    assert lines == {
        ("organisation", cast.bank_b.pk),
        ("group", cast.wg_incident.pk),
        ("person", cast.i1.pk),
        ("excluded_organisation", cast.outsider.pk),
    }


REFUSED = {
    "RED": ({"tlp": "RED", "grants": {"people": ["b1@bank-b.example"]}}, 403),
    "strict to all": ({"tlp": "AMBER+STRICT"}, 422),
    "nobody": ({"grants": {}}, 422),
    "a group of others": ({"grants": {"groups": ["wg_secret"]}}, 422),
    "the supervisor": ({"grants": {"organisations": ["supervisor"]}}, 422),
    "a stranger": ({"grants": {"people": ["x@nowhere.example"]}}, 422),
    "no title": ({"title": ""}, 422),
    "a number": ({"title": 7}, 422),
    "half a character": ({"title": "\ud800"}, 422),
    "too long": ({"body": "x" * 50_001}, 422),
    "past": ({"expires_at": "2001-01-01T00:00:00Z"}, 422),
    "no offset": ({"expires_at": "2099-01-01T00:00:00"}, 422),
    "no level": ({"tlp": "PURPLE"}, 422),
}


@pytest.mark.parametrize(("change", "status"), REFUSED.values(), ids=REFUSED)
def test_share_when_something_is_wrong_then_one_sentence_says_so_and_nothing_is_left(cast, caller, change, status):
    program = caller("a1")
    before = LedgerEntry.objects.count()
    got, detail = refusal(program.post({**NEW, **change}))
    assert (got, bool(detail)) == (status, True)
    assert (Signal.everything.count(), LedgerEntry.objects.count()) == (0, before)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[" * 100_000,
        "null",
        '"x"',
        '{"a":' * 50_000,
        "\x00",
        "\xed\xa0\x80",
    ],
)
def test_share_when_the_body_is_no_document_then_it_is_refused(cast, caller, text):
    status, _detail = refusal(caller("a1").post(text))
    assert status in {400, 422}


def test_share_when_the_body_is_fifty_megabytes_then_it_is_refused(cast, caller):
    assert refusal(caller("a1").post('{"title": "' + "x" * 50_000_000))[0] == 413


@pytest.mark.parametrize(("name", "status"), [("a_reader", 403), ("bank_b", 403), ("sup", 403)])
def test_share_when_the_holder_may_not_share_then_it_is_refused(cast, caller, name, status):
    assert refusal(caller(name).post(NEW))[0] == status
    assert Signal.everything.count() == 0


def test_answers_when_given_and_read_then_they_are_numbers_names_and_the_own(cast, share, caller):
    signal = share("a1", tlp=TLP.GREEN)
    for name in ("i1", "t1", "s1"):
        actions.take_stance(cast.actor(name), signal, kind="affected")
    bank = caller("b1")
    noted = [
        bank.program.put(f"/signals/{signal.pk}/stance", {"kind": kind, "named": True})
        for kind in ("checking", "checking", "perhaps")
    ]
    assert [answer.status_code for answer in noted] == [200, 200, 422]
    assert [answer.json()["new"] for answer in noted[:2]] == [True, False]
    assert bank.program.post(f"/signals/{signal.pk}/seen").json() == {"new": True}
    answers = caller("o1").get(f"/{signal.pk}/answers").json()
    nobody = {"organisations": None, "named": []}
    assert answers == {
        "seen": nobody,
        "stances": {
            "affected": {"organisations": 3, "named": []},
            "checking": {"organisations": None, "named": ["bank_b"]},
            "patched": nobody,
            "not_affected": nobody,
        },
        "own": None,
    }
    actions.withdraw_signal(cast.actor("a1"), signal, reason="false alarm")
    assert caller("o1").get(f"/{signal.pk}/answers").status_code == 404


def test_stance_when_by_an_organisation_s_token_then_it_is_refused(cast, share, caller):
    signal, machine = share("a1", tlp=TLP.GREEN), caller("bank_b")
    assert machine.program.put(f"/signals/{signal.pk}/stance", {"kind": "affected"}).status_code == 403
