"""The REST API of the installation: each room's router under `/api/v1/`, one shape of error for all (RFC 9457)."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from noroshi.core.errors import InvalidInput, NoroshiError, NotFound
from noroshi.kit.errors import SENTENCES, problem, status_of
from noroshi.sharing.api import router as signals

api = NinjaAPI(
    title="Noroshi",
    version="1",
    description="Every call needs a token (`Authorization: Bearer nrs_...`): its holder and scopes decide what opens.",
    docs_url=None,
    urls_namespace="api",
)
api.add_router("/signals", signals)


@api.exception_handler(NoroshiError)
def _refused(request: HttpRequest, error: NoroshiError) -> HttpResponse:
    del request
    status = status_of(error)
    sentence = error.message if error.message and not isinstance(error, NotFound) else str(SENTENCES[status])
    field = {"field": error.field} if isinstance(error, InvalidInput) else {}
    return problem(status, sentence, **field)


@api.exception_handler(AuthenticationError)
def _unknown(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Say that a usable token is missing, not what was wrong with the one there was."""
    del request, error
    answer = problem(HTTPStatus.UNAUTHORIZED, "Send a valid token with the scope this needs.")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


@api.exception_handler(ValidationError)
def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Name the first value that is not as the schema says."""
    del request
    first = error.errors[0]
    field = ".".join(str(part) for part in first["loc"][1:])
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"{field}: {first['msg']}", field=field)


@api.exception_handler(HttpError)
def _unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    del request
    return problem(HTTPStatus(error.status_code), str(error))


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """Return the addresses of the API, open to callers without a session: the token is all that counts there.

    Without the mark, the middleware that guards the pages would answer with a way to the sign-in page.
    """
    patterns, app_name, namespace = api.urls
    for pattern in _leaves(patterns):
        pattern.callback.login_required = False  # type: ignore[attr-defined]
    return patterns, app_name, namespace


def _leaves(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern
