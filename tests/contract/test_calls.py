"""What holds for every call of the API, whichever room it belongs to: read from the API's own description."""

import json
import re
from typing import Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factories.program import Program, program_of
from noroshi.core.models import LedgerEntry
from noroshi.members.actions import issue_token, suspend_organisation
from noroshi.members.domain.scopes import Scope
from noroshi.sharing.models import Comment, Signal
from noroshi.site.api import api

NOBODY: Final = "00000000-0000-7000-8000-000000000000"
PATHS: Final = {
    re.sub(r"{\w+}", NOBODY, path.replace("{version}", "1")): {
        method: {**call, "responses": {str(status) for status in call["responses"]}} for method, call in methods.items()
    }
    for path, methods in api.get_openapi_schema()["paths"].items()
}
CALLS: Final = [(method.upper(), path) for path, methods in PATHS.items() for method in methods]
WRITING: Final = [call for call in CALLS if call[0] != "GET"]


def takes_json(method, path):
    content = PATHS[path][method.lower()].get("requestBody", {}).get("content", {})
    return content.keys() <= {"application/json"}


JSON_CALLS: Final = [call for call in WRITING if takes_json(*call)]


class Caller(Program):
    """A program all of whose answers are of those that the description promises."""

    def call(self, method, path, body=b"{}", kind="application/json", **headers):
        answer = super().call(method, path, body, kind, **headers)
        promised = PATHS.get(path, {}).get(method.lower())
        if promised:
            assert str(answer.status_code) in promised["responses"], (method, path, answer.content)
        return answer


@pytest.fixture
def program(cast):
    """A program of somebody, with these scopes."""

    def make(name="a1", *scopes, **more):
        made = Caller()
        made.client = program_of(cast, name, *scopes, **more).client
        return made

    return make


def told(answer):
    """The status of a refusal, which must be a problem document with one sentence."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    body = answer.json()
    assert (body["type"], body["status"], bool(body["title"])) == ("about:blank", answer.status_code, True)
    assert isinstance(body["detail"], str), body
    assert len(body["detail"].splitlines()) == 1, body
    return answer.status_code


def test_every_call_when_no_usable_token_comes_with_it_then_it_is_401(cast, program, stopped_clock):
    old = program("a1", days=1)
    stopped_clock.advance(days=2)
    wrong = program("a1", Scope.TAXII_READ)
    signed_in = Caller()
    signed_in.client = cast.client("a1")
    before = set(LedgerEntry.objects.values_list("pk", flat=True))
    for method, path in CALLS:
        for caller in (Caller(), Caller("nrs_" + "x" * 43), old, wrong, signed_in):
            answer = caller.call(method, path, Idempotency_Key="one")
            assert (told(answer), answer["WWW-Authenticate"]) == (401, "Bearer"), (method, path)
    written = LedgerEntry.objects.exclude(pk__in=before).values_list("action", flat=True)
    assert sorted(written) == ["members.alarm.raised"] * 2 + ["members.token.refused"] * 2, "once for each known token"


def test_every_call_when_its_token_lacks_the_one_scope_then_it_is_401_and_with_that_alone_it_is_not(cast, program):
    without = {scope: program("a1", *(other for other in Scope if other != scope)) for scope in Scope}
    alone = {scope: program("a1", scope) for scope in Scope}
    for method, path in CALLS:
        ((needed,),) = PATHS[path][method.lower()]["security"][0].values()
        assert told(without[needed].call(method, path)) == 401, (method, path)
        assert alone[needed].call(method, path).status_code != 401, (method, path)


@pytest.mark.parametrize("name", ["sup", "supervisor"])
def test_every_call_when_a_supervisor_asks_then_nothing_is_there(cast, program, name):
    behind_the_wall = program(name)
    for method, path in CALLS:
        answer = behind_the_wall.call(method, path)
        if answer.status_code == 200:
            assert answer.json() == {"items": [], "next": None}, path
        else:
            assert told(answer) in {403, 404, 415, 422}, (method, path)


def test_every_address_when_the_method_is_another_then_it_is_405_and_names_those_there_are(program):
    caller = program()
    for _method, path in CALLS:
        answer = caller.call("TRACE", path)  # which no call takes
        assert told(answer) == 405
        assert set(answer["Allow"].split(", ")) >= {method for method, other in CALLS if other == path}


def test_every_json_call_when_the_body_is_of_another_type_then_it_is_415(program):
    caller = program()
    for method, path in JSON_CALLS:
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml"):
            assert told(caller.call(method, path, b"<a/>", kind)) == 415, (method, path)


@pytest.mark.parametrize("path", ["/api/v1/nowhere", "/api/v1/", "/api/v2/signals", "/api/v1/signals/x", "/api/"])
def test_address_when_there_is_none_then_it_is_404_in_the_same_words(program, path):
    assert told(program().call("GET", path)) == 404


def test_call_when_it_breaks_then_it_is_500_and_says_nothing_of_why(program, monkeypatch):
    def broken(*_args, **_values):
        raise RuntimeError("secret of the house")

    monkeypatch.setattr("noroshi.sharing.queries.published_for", broken)
    answer = program().call("GET", "/api/v1/signals")
    assert (told(answer), b"secret" in answer.content) == (500, False)


JSON_VALUES: Final = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
FIELDS: Final = ("kind", "target", "title", "body", "tlp", "grants", "anonymous", "reason", "expires_at", "observables")
BODIES: Final = (
    st.binary(max_size=80)
    | JSON_VALUES.map(lambda value: json.dumps(value).encode())
    | st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES).map(lambda value: json.dumps(value).encode())
)


@given(call=st.sampled_from(JSON_CALLS), body=BODIES)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_call_when_the_body_makes_no_sense_then_it_is_refused_and_leaves_nothing(cast, call, body):
    if "caller" not in vars(cast):
        secret = issue_token(cast.actor("a1"), person=cast.a1, label="x", scopes=list(Scope))[1]
        vars(cast)["caller"] = Caller(secret)
    answer = vars(cast)["caller"].call(*call, body)
    assert told(answer) in {400, 404, 409, 422}, (call, body)
    assert (Signal.everything.count(), Comment.everything.count()) == (0, 0)


# Keys: one effect, one answer, for one token

NEW: Final = {
    "kind": "phishing",
    "target": "customer",
    "title": "偽のログイン画面",
    "tlp": "AMBER",
    "grants": {"community": True},
}


def test_share_when_repeated_under_its_key_then_one_signal_is_out(cast, program):
    caller, body = program(), json.dumps(NEW).encode()
    answers = [caller.call("POST", "/api/v1/signals", body, Idempotency_Key="first") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {201}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert [answer.headers.get("Idempotency-Replayed") for answer in answers] == [None, "true", "true"]
    assert Signal.everything.count() == 1
    other = json.dumps({**NEW, "title": "別の件"}).encode()
    assert told(caller.call("POST", "/api/v1/signals", other, Idempotency_Key="first")) == 422
    assert Signal.everything.count() == 1


def test_share_when_another_token_has_the_key_then_it_is_told_nothing_of_the_first(cast, program):
    body = json.dumps(NEW).encode()
    callers = [program(name) for name in ("a1", "b1", "a1")]
    answers = [caller.call("POST", "/api/v1/signals", body, Idempotency_Key="same").json() for caller in callers]
    assert len({answer["id"] for answer in answers}) == 3


def test_share_when_the_token_was_revoked_then_its_kept_answers_are_gone(cast, program):
    caller, body = program(), json.dumps(NEW).encode()
    caller.call("POST", "/api/v1/signals", body, Idempotency_Key="same")
    suspend_organisation(cast.actor("hub_op"), organisation=cast.bank_a, reason="left")
    assert told(caller.call("POST", "/api/v1/signals", body, Idempotency_Key="same")) == 401


def test_share_when_refused_then_its_key_is_free_for_the_mended_call(cast, program):
    caller = program()
    wrong = json.dumps({**NEW, "title": ""}).encode()
    assert told(caller.call("POST", "/api/v1/signals", wrong, Idempotency_Key="key")) == 422
    assert caller.call("POST", "/api/v1/signals", json.dumps(NEW).encode(), Idempotency_Key="key").status_code == 201


@pytest.mark.parametrize("key", ["two words", "x" * 201])
def test_share_when_the_key_is_none_then_it_is_refused(cast, program, key):
    answer = program().call("POST", "/api/v1/signals", json.dumps(NEW).encode(), Idempotency_Key=key)
    assert (told(answer), answer.json()["field"], Signal.everything.count()) == (422, "Idempotency-Key", 0)
