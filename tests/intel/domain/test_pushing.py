"""What is put into envelopes, and what a server says became of it."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noroshi.intel.domain import pushing
from noroshi.intel.domain.pushing import Fate, Reason, Root, envelopes, fates, message_of, read_status
from noroshi.intel.domain.remote import MEDIA_TYPE, RemoteError, Trouble, read_resource


@dataclass(frozen=True)
class Row:
    raw: bytes


def status(**said):
    return read_status(json.dumps({"id": "s-1", "status": "complete", **said}).encode(), MEDIA_TYPE)


@given(st.lists(st.integers(min_value=2, max_value=60), max_size=40), st.integers(min_value=20, max_value=120))
def test_every_object_is_in_one_envelope_in_its_order_and_none_is_too_large_but_for_one_object(sizes, room):
    rows = [Row(b"1" * size) for size in sizes]
    made = list(envelopes(rows, room))
    assert [row for each in made for row in each] == rows
    for each in made:
        body = pushing.envelope(row.raw for row in each)
        assert len(body) <= room or len(each) == 1
        assert len(json.loads(body)["objects"]) == len(each)


def test_an_envelope_has_at_most_a_thousand_objects():
    assert [len(each) for each in envelopes([Row(b"1")] * 2_001, pushing.MOST_BYTES)] == [1_000, 1_000, 1]


def test_what_a_server_says_of_each_object_is_what_became_of_it():
    refused = Fate(is_taken=False, reason=Reason.REFUSED, said="no pattern")
    unexplained = Fate(is_taken=False, reason=Reason.UNEXPLAINED)
    unnamed = Fate(is_taken=None, reason=Reason.UNNAMED)
    one = [{"id": "b", "version": "2026-01-01T00:00:00Z", "message": "no pattern"}]
    for said, expected in [
        ({}, {"a": pushing.TAKEN, "b": pushing.TAKEN}),
        ({"failure_count": 1, "failures": one}, {"a": pushing.TAKEN, "b": refused}),
        ({"failures": one}, {"a": pushing.TAKEN, "b": refused}),
        ({"failure_count": 1, "successes": [{"id": "a"}]}, {"a": pushing.TAKEN, "b": unexplained}),
        ({"failure_count": 2, "failures": one}, {"a": unnamed, "b": refused}),
        ({"failure_count": 1}, {"a": unnamed, "b": unnamed}),
    ]:
        assert fates(status(**said), ["a", "b"]) == expected, said


@pytest.mark.parametrize("name", ["../../admin", "a/b", "", "x" * 65, "a?b"])
def test_a_status_whose_name_could_lead_elsewhere_has_none(name):
    assert status(id=name).name == ""
    assert status(id="2d086da7-4bdc-4f91-900e-d77486753710").name == "2d086da7-4bdc-4f91-900e-d77486753710"


@pytest.mark.parametrize("body", [b"<html>", b'{"failure_count":"x"}', b"[" * 9_999, b'{"failures":{}}'])
def test_what_is_no_status_is_said_to_be_none(body):
    with pytest.raises(RemoteError) as refusal:
        read_status(body, MEDIA_TYPE)
    assert refusal.value.trouble is Trouble.NO_ENVELOPE


@pytest.mark.parametrize(("said", "room"), [(10, 10), (0, 8_388_608), (-1, 8_388_608), (10**12, 8_388_608)])
def test_a_server_takes_what_it_says_and_no_more_than_is_sent_anyway(said, room):
    body = json.dumps({"title": "T", "max_content_length": said}).encode()
    assert read_resource(Root, body, MEDIA_TYPE).room == room


def test_what_a_server_says_of_a_refusal_is_told_in_its_words():
    said = {"title": "Unprocessable", "description": "no such type", "details": {"id": "x"}}
    assert message_of(json.dumps(said).encode(), MEDIA_TYPE) == 'Unprocessable: no such type: {"id": "x"}'
    for body, kind in ((b"<html>", "text/html"), (b"[]", MEDIA_TYPE), (b'{"title":1}', MEDIA_TYPE)):
        assert message_of(body, kind) == ""
