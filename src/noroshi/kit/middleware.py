"""Request numbers, answers that nobody keeps, and product errors turned into answers."""

import re
from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from noroshi.core import ids
from noroshi.core.errors import NoroshiError
from noroshi.kit import logs
from noroshi.kit.errors import answer_to

_GIVEN: Final = re.compile(r"[A-Za-z0-9-]{8,64}")

GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Gives each request a number that its log lines and its answer carry."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request; a caller's own number is kept where it looks like one."""
        given = request.headers.get("X-Request-ID", "")
        number = given if _GIVEN.fullmatch(given) else str(ids.new_id())
        request.number = number  # type: ignore[attr-defined] # for the lines that Django writes after the last middleware
        token = logs.request_id.set(number)
        try:
            response = self.get_response(request)
        finally:
            logs.request_id.reset(token)
        response["X-Request-ID"] = number
        return response


class UnkeptMiddleware:
    """Tells browsers and proxies to keep no answer, unless the answer says otherwise.

    What is marked would else be a press of "back" away from whoever sits down at the desk next (RFC 9111, 5.2.2.5).
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the answer; files of the style and the scripts are answered before this one is asked."""
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class ErrorMiddleware:
    """Answers a product error with its sentence and status. A missing thing never says more than that."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is in `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Translate; anything else is a bug and goes on to become a 500."""
        return answer_to(request, error) if isinstance(error, NoroshiError) else None
