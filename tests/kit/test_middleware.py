"""Request numbers: a caller's own where it looks like one, else a fresh one, on the answer and nowhere else after."""

from uuid import UUID

import pytest
from django.http import HttpResponse  # noqa: TID251 - the middleware speaks HTTP
from django.test import Client, RequestFactory

from noroshi.kit import logs
from noroshi.kit.middleware import RequestIdMiddleware


def number_of(given: str) -> str:
    return Client().get("/healthz", headers={"X-Request-ID": given}).headers["X-Request-ID"]


@pytest.mark.parametrize("given", ["12345678", "a" * 64, "01a201a1-5f70-7379-aeff-f43f55c5f6b5"])
def test_number_of_the_caller_is_kept_where_it_looks_like_one(given):
    assert number_of(given) == given


@pytest.mark.parametrize(
    "given", ["", "short", "a" * 65, 'x" onload="alert(1)', "line\u2028break", "a b c d e f", "番号番号番号番号"]
)
def test_number_of_the_caller_is_replaced_where_it_does_not(given):
    assert UUID(number_of(given)).version == 7


def test_number_of_two_requests_differs():
    assert number_of("") != number_of("")


def test_number_is_known_while_the_request_runs_and_forgotten_after():
    seen = []

    def view(request):
        seen.append((logs.request_id.get(), request.number))
        return HttpResponse()

    answer = RequestIdMiddleware(view)(RequestFactory().get("/"))
    number = answer.headers["X-Request-ID"]
    assert seen == [(number, number)]
    assert logs.request_id.get() == ""


def test_number_is_forgotten_when_the_request_breaks():
    def view(_request):
        raise ValueError("x")

    with pytest.raises(ValueError, match="x"):
        RequestIdMiddleware(view)(RequestFactory().get("/"))
    assert logs.request_id.get() == ""
