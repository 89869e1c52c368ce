"""The one place where the product's errors become HTTP: a page for people, problem JSON (RFC 9457) for machines."""

from http import HTTPStatus
from typing import Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import Conflict, InvalidInput, NoroshiError, NotAllowed, NotFound, TooLarge, TooMany

STATUS: Final[dict[type[NoroshiError], HTTPStatus]] = {
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
}

SENTENCES: Final = {
    HTTPStatus.BAD_REQUEST: _("The request could not be read."),
    HTTPStatus.FORBIDDEN: _("You may not do this."),
    HTTPStatus.NOT_FOUND: _("There is no such page, or not for you."),
    HTTPStatus.CONFLICT: _("Somebody changed this in the meantime. Load it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("That is too large."),
    HTTPStatus.TOO_MANY_REQUESTS: _("Too many requests. Wait a minute."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something broke on our side. It was written to the log; nothing was saved."),
}


def status_of(error: NoroshiError) -> HTTPStatus:
    """Return the HTTP status of a product error."""
    return STATUS.get(type(error), HTTPStatus.BAD_REQUEST)


def problem(status: HTTPStatus, detail: str, **members: str) -> JsonResponse:
    """Return a problem document (RFC 9457)."""
    body = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status.value,
        "detail": detail,
        **members,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


def error_page(request: HttpRequest, status: HTTPStatus, message: str = "") -> HttpResponse:
    """Return the page that says in one sentence what went wrong."""
    sentence = message or SENTENCES.get(status, SENTENCES[HTTPStatus.BAD_REQUEST])
    if request.path.startswith("/api/"):
        return problem(status, str(sentence))
    return render(request, "kit/error.html", {"status": status, "message": sentence}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400; 413 where Django stopped reading because there was too much."""
    too_much = isinstance(exception, RequestDataTooBig)
    return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE if too_much else HTTPStatus.BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    del exception
    return error_page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: not there and not for you are one answer."""
    del exception
    return error_page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500."""
    return error_page(request, HTTPStatus.INTERNAL_SERVER_ERROR)
