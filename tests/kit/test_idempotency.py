"""A call that is repeated under its key: one effect, one answer, for a day, for its token alone."""

import threading

import pytest
from django.db import connection
from django.http import HttpResponse  # noqa: TID251 - what an API answers with
from django.test import RequestFactory

from noroshi.core.errors import InvalidInput
from noroshi.kit import idempotency
from noroshi.kit.models import AnsweredCall, WorkerBeat


def asked(body=b'{"a": 1}', path="/api/v1/x", method="POST"):
    return RequestFactory().generic(method, path, body, content_type="application/json")


class Effect:
    """A call that does something each time it is really made."""

    def __init__(self, status=201):
        self.status = status

    def __call__(self):
        number = WorkerBeat.objects.count() + 1
        WorkerBeat.objects.create(worker=f"w{number}", seen_at="2026-11-22T00:00:00Z")
        return HttpResponse(f"done {number}", status=self.status, content_type="text/plain")


def times():
    return WorkerBeat.objects.count()


def test_call_when_repeated_then_it_has_one_effect_and_the_same_answer(db):
    first, second = (idempotency.answer_once(asked(), "holder", "key", Effect()) for _ in range(2))
    assert (first.content, first.status_code, second.content, second.status_code) == (b"done 1", 201, b"done 1", 201)
    assert second[idempotency.REPLAYED] == "true"
    assert times() == 1


def test_call_when_another_token_has_the_same_key_then_it_is_another_call(db):
    answers = [idempotency.answer_once(asked(), holder, "key", Effect()).content for holder in ("one", "other")]
    assert answers == [b"done 1", b"done 2"]


@pytest.mark.parametrize(
    "other",
    [asked(b'{"a": 2}'), asked(path="/api/v1/y"), asked(path="/api/v1/x?z=1"), asked(method="PUT")],
    ids=["body", "address", "question", "method"],
)
def test_call_when_the_key_was_used_for_another_then_it_is_refused(db, other):
    idempotency.answer_once(asked(), "holder", "key", Effect())
    with pytest.raises(InvalidInput) as refused:
        idempotency.answer_once(other, "holder", "key", Effect())
    assert (refused.value.field, times()) == ("Idempotency-Key", 1)


def test_call_when_it_was_refused_then_nothing_is_kept_and_the_key_is_free(db):
    assert idempotency.answer_once(asked(), "holder", "key", Effect(status=422)).status_code == 422
    assert (times(), AnsweredCall.objects.count()) == (0, 0)
    assert idempotency.answer_once(asked(), "holder", "key", Effect()).content == b"done 1"


def test_call_when_it_broke_then_nothing_is_kept_and_the_key_is_free(db):
    def broken():
        Effect()()
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        idempotency.answer_once(asked(), "holder", "key", broken)
    assert (times(), AnsweredCall.objects.count()) == (0, 0)


def test_call_when_a_day_has_passed_then_the_key_is_free(db, stopped_clock):
    idempotency.answer_once(asked(), "holder", "key", Effect())
    stopped_clock.advance(days=1, seconds=1)
    assert idempotency.answer_once(asked(b"{}"), "holder", "key", Effect()).content == b"done 2"
    stopped_clock.advance(days=1, seconds=1)
    assert (idempotency.forget_calls(), AnsweredCall.objects.count()) == (1, 0)


def test_form_when_its_file_differs_then_it_is_another_call(db):
    def form(content, boundary):
        text = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
            f"Content-Type: text/plain\r\n\r\n{content}\r\n--{boundary}--\r\n"
        )
        kind = f"multipart/form-data; boundary={boundary}"
        return RequestFactory().generic("POST", "/x", text.encode(), content_type=kind)

    prints = [idempotency.fingerprint_of(form(*each)) for each in (("one", "A"), ("one", "B"), ("two", "A"))]
    assert (prints[0] == prints[1], prints[0] == prints[2]) == (True, False)


@pytest.mark.parametrize("key", ["x" * 201, "a b", "é", "\t"])
def test_key_when_it_is_none_then_it_is_refused(key):
    with pytest.raises(InvalidInput):
        idempotency.key_of(RequestFactory().post("/", headers={"Idempotency-Key": key}))


def test_twins_when_they_call_at_the_same_moment_then_one_of_them_does_it(db):
    if connection.vendor != "postgresql":
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"  # there writers stand in line
        return
    start, answers, found = threading.Barrier(4), [], []

    def call():
        start.wait()
        answers.append(idempotency.answer_once(asked(), "holder", "key", Effect()).content)
        connection.close()

    def count_and_clear():
        found.extend([times(), AnsweredCall.objects.count()])
        AnsweredCall.objects.all().delete()
        WorkerBeat.objects.all().delete()
        connection.close()

    in_threads(*[call] * 4)  # each has a connection of its own, outside this test's transaction
    in_threads(count_and_clear)
    assert (answers, found) == ([b"done 1"] * 4, [1, 1])


def in_threads(*functions):
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
