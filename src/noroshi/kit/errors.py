"""The one place where the product's errors become HTTP: a page for people, problem JSON (RFC 9457) for machines.

A protocol with a form of its own registers it for its addresses:

    @answers_below("/taxii2/")
    def taxii_error(status, sentence):
        return HttpResponse(...)
"""

import logging
from collections.abc import Callable
from http import HTTPStatus
from typing import Final, TypeVar

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import (
    Conflict,
    InvalidInput,
    NoroshiError,
    NotAllowed,
    NotFound,
    TooLarge,
    TooMany,
    Unavailable,
)
from noroshi.kit import logs
from noroshi.kit.uploads import FileTooBig

log = logging.getLogger(__name__)

STATUS: Final[dict[type[NoroshiError], HTTPStatus]] = {
    NotAllowed: HTTPStatus.FORBIDDEN,
    NotFound: HTTPStatus.NOT_FOUND,
    Conflict: HTTPStatus.CONFLICT,
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.INTERNAL_SERVER_ERROR,
}

SENTENCES: Final = {
    HTTPStatus.BAD_REQUEST: _("The request could not be read."),
    HTTPStatus.FORBIDDEN: _("You may not do this."),
    HTTPStatus.NOT_FOUND: _("There is no such page, or not for you."),
    HTTPStatus.METHOD_NOT_ALLOWED: _("This address does not take this method."),
    HTTPStatus.CONFLICT: _("Somebody changed this in the meantime. Load it again."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: _("That is too large."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: _("This address does not read a body of this type."),
    HTTPStatus.TOO_MANY_REQUESTS: _("Too many requests. Wait a minute."),
    HTTPStatus.INTERNAL_SERVER_ERROR: _("Something broke on our side. It was written to the log; nothing was saved."),
}


Form = Callable[[HTTPStatus, str], HttpResponse]
F = TypeVar("F", bound=Form)

_forms: Final[dict[str, Form]] = {}


def answers_below(prefix: str) -> Callable[[F], F]:
    """Register the decorated form of what goes wrong at addresses that begin with `prefix`."""

    def register(form: F) -> F:
        _forms[prefix] = form
        return form

    return register


def status_of(error: NoroshiError) -> HTTPStatus:
    """Return the HTTP status of a product error."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), HTTPStatus.BAD_REQUEST)


@answers_below("/api/")
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


def sentence_of(error: NoroshiError) -> str:
    """Return what the answer to a product error says; of what is missing never more than that."""
    if isinstance(error, Unavailable):
        return gettext(error.message)  # it comes from where no language is known
    return "" if isinstance(error, NotFound) else error.message


def saying_when(answer: HttpResponse, error: NoroshiError) -> HttpResponse:
    """Return the answer to a product error with when to try again, where that is known (RFC 9110, 10.2.3)."""
    if isinstance(error, TooMany) and error.retry_after:
        answer["Retry-After"] = str(error.retry_after)
    return answer


def answer_to(request: HttpRequest, error: NoroshiError) -> HttpResponse:
    """Return the page, or the problem document, that answers a product error."""
    return saying_when(error_page(request, status_of(error), sentence_of(error)), error)


def error_page(request: HttpRequest, status: HTTPStatus, message: str = "") -> HttpResponse:
    """Return the page that says in one sentence what went wrong."""
    sentence = message or SENTENCES.get(status, SENTENCES[HTTPStatus.BAD_REQUEST])
    for prefix, form in _forms.items():
        if request.path.startswith(prefix):
            return form(status, str(sentence))
    context = {"status": status, "message": sentence, "request_id": logs.request_id.get()}
    return render(request, "kit/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400; or 413 where Django refused the size of what was sent before any form saw it."""
    match exception:
        case FileTooBig():
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, str(exception))
        case RequestDataTooBig():
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, _too_large())
        case TooManyFieldsSent() | TooManyFilesSent():
            return error_page(request, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return error_page(request, HTTPStatus.BAD_REQUEST)


def _too_large() -> str:
    limit = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // (1024 * 1024)
    return gettext("That is too large: at most %(limit)s MB can be sent in one form.") % {"limit": limit}


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    del exception
    return error_page(request, HTTPStatus.FORBIDDEN)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404: not there and not for you are one answer."""
    del exception
    return error_page(request, HTTPStatus.NOT_FOUND)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; by the bare sentence where the page around it is what is broken, as without a database."""
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    try:
        return error_page(request, status)
    except Exception:  # isolation point: there is nobody left to answer after this
        log.exception("error page failed")
        return HttpResponse(str(SENTENCES[status]), status=status, content_type="text/plain; charset=utf-8")
