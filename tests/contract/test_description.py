"""The API's description: complete enough to write a program from it, and true."""

import re
from typing import Any, Final

import pytest

from factories.program import program_of
from noroshi.members.domain.scopes import Scope
from noroshi.site.api import api

SCHEMA: Final[dict[str, Any]] = api.get_openapi_schema()
CALLS: Final = {
    f"{method.upper()} {path}": call for path, methods in SCHEMA["paths"].items() for method, call in methods.items()
}
WITH_BODY: Final = {
    name: call["requestBody"]["content"]["application/json"]["schema"]
    for name, call in CALLS.items()
    if "application/json" in call.get("requestBody", {}).get("content", {})
}
NOBODY: Final = "00000000-0000-7000-8000-000000000000"
PAPERLESS: Final = frozenset(
    {
        "POST /api/v1/signals/{signal_id}/receipt-file",
        "GET /api/v1/attachments/{attachment_id}",
        "GET /api/v1/documents/{document_id}/versions/{version}",
    }
)
"""Calls that answer with a file."""


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference names."""
    return SCHEMA["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def shown(schema: dict[str, Any]) -> list[Any]:
    """The examples of a schema; of a page those of its lines, of alternatives those of each."""
    found = resolved(schema)
    if "anyOf" in found:
        return [each for one in found["anyOf"] for each in shown(one)]
    if set(found.get("properties", {})) == {"items", "next"}:
        return shown(found["properties"]["items"]["items"])
    return found.get("examples", [])


def successes(call: dict[str, Any]) -> dict[int, dict[str, Any]]:
    return {status: answer for status, answer in call["responses"].items() if status < 300}


def test_description_when_read_by_anybody_then_it_is_the_same_and_there_is_no_other_page(client):
    assert client.get("/api/v1/openapi.json").json()["paths"].keys() == SCHEMA["paths"].keys()
    assert client.get("/api/v1/docs").status_code == 404


def test_calls_when_named_then_each_has_a_name_of_its_own_a_sentence_and_one_scope():
    names = [call["operationId"] for call in CALLS.values()]
    assert [name for name in names if not re.fullmatch(r"[a-z]+(_[a-z]+)+", name) or names.count(name) > 1] == []
    assert [name for name, call in CALLS.items() if not call.get("description", "").strip().endswith(".")] == []
    scopes = {name: [scope for each in call["security"] for scope in each["TokenAuth"]] for name, call in CALLS.items()}
    assert {name: found for name, found in scopes.items() if len(found) != 1 or found[0] not in set(Scope)} == {}


def test_calls_when_they_only_read_then_their_scope_does_not_write():
    """But who manages a group, and who writes answers, reads by the same scope what is managed and written."""
    reading = {call["security"][0]["TokenAuth"][0] for name, call in CALLS.items() if name.startswith("GET")}
    assert {scope for scope in reading if not scope.endswith(".read")} == {"answers.write", "groups.manage"}
    writing = {call["security"][0]["TokenAuth"][0] for name, call in CALLS.items() if not name.startswith("GET")}
    assert {scope for scope in writing if scope.endswith(".read")} == {
        "receipts.read",  # a file is taken, on the record
        "hunting.read",  # what was asked for stands in no address
    }


def test_lists_when_there_are_any_then_each_is_a_page_with_cursor_and_limit():
    for name, call in CALLS.items():
        for answer in successes(call).values():
            schema = resolved(answer.get("content", {}).get("application/json", {}).get("schema", {}))
            assert schema.get("type") != "array", name
            if "next" in schema.get("properties", {}):
                asked = {parameter["name"] for parameter in call["parameters"] if parameter["in"] == "query"}
                assert asked >= {"cursor", "limit"}, name


def test_refusals_when_described_then_each_call_has_its_own_as_problem_documents():
    always = {401, 403, 404, 422, 429, 500}
    for name, call in CALLS.items():
        refused = {status: answer for status, answer in call["responses"].items() if status >= 400}
        writing = set() if name.startswith("GET") else {400, 409, 413, 415}
        assert set(refused) >= always | writing, name
        for status, answer in refused.items():
            (kind,) = answer["content"]
            example = answer["content"][kind]["example"]
            assert (kind, example["status"], bool(answer["description"])) == ("application/problem+json", status, True)
            assert set(example) <= set(SCHEMA["components"]["schemas"]["Problem"]["properties"])


def test_keys_when_described_then_every_call_that_changes_something_takes_one():
    keyed = {name for name, call in CALLS.items() if "Idempotency-Key" in {each["name"] for each in call["parameters"]}}
    assert keyed == {name for name in CALLS if not name.startswith("GET")}


def test_examples_when_looked_for_then_every_body_and_every_answer_has_one():
    assert {name for name, schema in WITH_BODY.items() if not shown(schema)} == set()
    without = {
        name
        for name, call in CALLS.items()
        for status, answer in successes(call).items()
        if status != 204 and not shown(answer["content"]["application/json"]["schema"])
    }
    assert without == PAPERLESS


def test_examples_when_sent_then_every_body_is_taken_for_what_it_is(cast):
    """What is refused is that there is no such thing, never a value of the example."""
    program = program_of(cast, "a1")
    for name, schema in WITH_BODY.items():
        method, path = name.split()
        for body in shown(schema):
            answer = program.call(method, re.sub(r"{\w+}", NOBODY, path), body)
            told = answer.json() if answer.content else {}
            assert answer.status_code != 400, (name, told)
            assert answer.status_code != 422 or told["field"] in {"organisations", "groups", "signal_kinds"}, (
                name,
                told,
            )


@pytest.mark.parametrize("name", sorted(SCHEMA["components"]["schemas"]))
def test_examples_when_compared_with_their_schema_then_they_have_its_properties_and_its_words(name):
    schema = SCHEMA["components"]["schemas"][name]
    for example in schema.get("examples", []):
        properties = schema["properties"]
        assert set(example) <= set(properties)
        assert set(example) >= set(schema.get("required", [])), set(schema.get("required", [])) - set(example)
        for field, value in example.items():
            allowed = resolved(properties[field]).get("enum")
            assert allowed is None or value in allowed, (field, value)
