"""Product errors as answers: one sentence, the right status, and not a word more about what is not for the reader."""

import json
import re
from http import HTTPStatus

import pytest
from django.core.exceptions import SuspiciousOperation, TooManyFieldsSent
from django.db import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from noroshi.core.errors import (
    Conflict,
    InvalidInput,
    NoroshiError,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
    UnscopedRead,
)
from noroshi.core.ids import new_id
from noroshi.kit import errors
from noroshi.kit.middleware import ErrorMiddleware
from noroshi.sharing.models import Signal

SENTENCE = re.compile(r'class="error-sentence">([^<]*)<')


class NotHere(NotFound):
    """A room's own kind of missing thing."""


def sentence(response) -> str:
    found = SENTENCE.search(response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (NotAllowed("Only the author."), 403, "Only the author."),
        (NotFound("signal 7 of bank_b"), 404, "There is no such page, or not for you."),
        (NotHere("signal 7 of bank_b"), 404, "There is no such page, or not for you."),
        (Conflict("It has been sent."), 409, "It has been sent."),
        (InvalidInput("tlp", "RED has no community."), 422, "RED has no community."),
        (TooLarge("At most 5."), 413, "At most 5."),
        (TooMany("Wait a minute."), 429, "Wait a minute."),
        (Unavailable("The disk is full."), 500, "The disk is full."),
        (NoroshiError("Something else."), 400, "Something else."),
    ],
)
def test_product_error_becomes_its_sentence_and_status(db, error, status, said):
    middleware = ErrorMiddleware(lambda _: None)  # type: ignore[arg-type, return-value]
    for path, words in (
        ("/signals/", sentence),
        ("/api/signals/", lambda answer: json.loads(answer.content)["detail"]),
    ):
        request = RequestFactory().get(path)
        request.user = None  # type: ignore[assignment]
        response = middleware.process_exception(request, error)
        assert response is not None
        assert (response.status_code, words(response)) == (status, said)


def test_mistake_in_the_program_is_no_product_error():
    middleware = ErrorMiddleware(lambda _: None)  # type: ignore[arg-type, return-value]
    for mistake in (UnscopedRead("Signal"), ValueError("x"), OperationalError("x")):
        assert middleware.process_exception(RequestFactory().get("/"), mistake) is None


def test_problem_is_a_document_of_the_standard():
    answer = errors.problem(HTTPStatus.NOT_FOUND, "Nothing there.", field="id")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "Nothing there.",
        "field": "id",
    }


def what_it_says(response) -> str:
    """The page without what is drawn anew for each answer, and without the address that was asked for."""
    drawn = r'nonce="[^"]*"|csrfmiddlewaretoken" value="[^"]*"|X-CSRFToken": "[^"]*"'
    return re.sub(drawn, "", response.content.decode()).replace(response.wsgi_request.path, "ADDRESS")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_page_of_what_is_not_for_the_reader_is_the_page_of_what_does_not_exist(cast, language):
    hidden = Signal.everything.create(
        owner=cast.bank_a, author=cast.a1, tlp="RED", state="published", title="秘", kind="fraud", target="customer"
    )
    client = cast.client("b1", language)
    same = {"X-Request-ID": "the-same-number"}
    answers = [client.get(reverse("sharing:detail", args=[pk]), headers=same) for pk in (hidden.pk, new_id())]
    pages = [what_it_says(answer) for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert pages[0] == pages[1]
    assert sorted(answers[0].headers) == sorted(answers[1].headers)
    assert cast.client("a1").get(reverse("sharing:detail", args=[hidden.pk])).status_code == 200


def test_page_of_an_error_carries_the_number_of_the_request(cast):
    answer = cast.client("b1").get("/no/such/page", headers={"X-Request-ID": "number-12345"})
    assert answer.status_code == 404
    assert "number-12345" in answer.content.decode()


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "That is too large: at most 3 MB can be sent in one form."),
        ("ja", "大きすぎます。一度に送信できるのは 3 MB までです。"),
    ],
)
def test_paste_of_fifty_megabytes_is_refused_in_a_clear_sentence(cast, language, said):
    answer = cast.client("a1", language).post(
        reverse("sharing:compose"), {"title": "火", "body": "a" * (50 * 1024 * 1024)}
    )
    assert (answer.status_code, sentence(answer)) == (413, said)
    assert Signal.everything.count() == 0


def test_paste_just_within_the_bound_is_read(cast, settings):
    body = "a" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 1024)
    answer = cast.client("a1").post(
        reverse("sharing:compose"), f"body={body}", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code != 413


def test_form_of_too_many_fields_is_too_large(cast, settings):
    fields = {f"field{number}": "x" for number in range(settings.DATA_UPLOAD_MAX_NUMBER_FIELDS + 1)}
    answer = cast.client("a1").post(reverse("sharing:compose"), fields)
    assert (answer.status_code, sentence(answer)) == (413, "That is too large.")


@pytest.mark.parametrize(
    ("exception", "status"), [(SuspiciousOperation("x"), 400), (TooManyFieldsSent("x"), 413), (ValueError("x"), 400)]
)
def test_bad_request_says_the_status_of_its_cause(db, exception, status):
    request = RequestFactory().get("/")
    request.user = None  # type: ignore[assignment]
    assert errors.bad_request(request, exception).status_code == status


def test_broken_page_is_answered_with_a_sentence_and_no_detail(cast, monkeypatch):
    client = cast.client("a1")
    client.raise_request_exception = False
    monkeypatch.setattr(Signal.objects, "visible_to", lambda _: 1 / 0)
    answer = client.get(reverse("sharing:detail", args=[new_id()]))
    assert answer.status_code == 500
    said = "Something broke on our side. It was written to the log; nothing was saved."
    assert said in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()


def test_broken_page_with_nothing_left_to_draw_it_is_a_bare_sentence(db, monkeypatch):
    def no_database(*_args: object, **_more: object) -> None:
        raise OperationalError("no database")

    monkeypatch.setattr(errors, "render", no_database)
    answer = errors.server_error(RequestFactory().get("/"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (500, "text/plain; charset=utf-8")
    assert "no database" not in answer.content.decode()


def test_forged_form_is_answered_by_the_page_of_the_product(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.a1)
    assert client.post(reverse("sharing:compose"), {"title": "x"}).status_code == 403
