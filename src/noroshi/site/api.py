"""The REST API of the installation: each room's routers under `/api/v1/`.

What holds for every call is here, once, so that a later endpoint has it by being mounted: tokens alone count, a body
has the type that its endpoint reads, every refusal is a problem document (RFC 9457), and a call with an
`Idempotency-Key` has one effect and one answer.
"""

from collections.abc import Callable, Iterator
from functools import wraps
from http import HTTPStatus
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import URLPattern, URLResolver
from django.utils.translation import gettext_lazy as _
from ninja.errors import AuthenticationError, HttpError, ValidationError

from noroshi.core.errors import InvalidInput, NoroshiError
from noroshi.hunting.api import ROUTERS as HUNTING
from noroshi.kit import idempotency
from noroshi.kit.errors import SENTENCES, problem, saying_when, sentence_of, status_of
from noroshi.members.api import ROUTERS as MEMBERS
from noroshi.members.domain.secrets import digest
from noroshi.members.tokens import address_of, authenticate_token
from noroshi.notify.api import ROUTERS as NOTIFY
from noroshi.sharing.api import ROUTERS as SHARING
from noroshi.site.openapi import PROBLEM, SAFE, Described

JSON: Final = "application/json"
FORM: Final = "multipart/form-data"

Run = Callable[..., HttpResponseBase]

api = Described(
    title="Noroshi",
    version="1",
    description=(
        "Every call needs a token (`Authorization: Bearer nrs_...`): its holder and scopes decide what opens. "
        "Every refusal is a problem document (RFC 9457). A call that changes something may carry an "
        "`Idempotency-Key`: for a day, the same key and the same call have one effect and one answer. "
        "Lists are paged by `cursor`: give the `next` of the page before, until it is null."
    ),
    docs_url=None,
    urls_namespace="api",
)


def guarded(run: Run) -> Run:
    """Return the operation with what holds for every call around it."""
    operation = getattr(run, "__self__", None)
    reads = _types_read_by(operation)

    @wraps(run)
    def call(request: HttpRequest, **values: Any) -> HttpResponseBase:
        if request.method in SAFE:
            return run(request, **values)
        if _has_body(request) and request.content_type not in reads and _is_let_in(operation, request):
            sentence = str(SENTENCES[HTTPStatus.UNSUPPORTED_MEDIA_TYPE])
            return problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, sentence, accepted=", ".join(sorted(reads)))
        try:
            return _once(request, lambda: run(request, **values))
        except InvalidInput as error:
            return _refused(request, error)

    return call


def _once(request: HttpRequest, run: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run under the idempotency key, if there is one and the token opens anything; else ninja answers by itself."""
    key = idempotency.key_of(request)
    secret = request.headers.get("Authorization", "").partition(" ")[2]
    if not key or authenticate_token(secret, address=address_of(request)) is None:
        return run()
    return idempotency.answer_once(request, digest(secret), key, run)


def _is_let_in(operation: Any, request: HttpRequest) -> bool:
    """Whether the operation's own guards let the caller in: whoever is not is told that, and nothing else."""
    return any(guard(request) for guard in getattr(operation, "auth_callbacks", ()))


def _has_body(request: HttpRequest) -> bool:
    return request.headers.get("Content-Length", "0") not in {"", "0"} or "Transfer-Encoding" in request.headers


def _types_read_by(operation: Any) -> frozenset[str]:
    """Return the types of body that an operation reads: those it names, a form where it takes a file, else JSON."""
    described = (getattr(operation, "openapi_extra", None) or {}).get("requestBody", {})
    if described:
        return frozenset(described["content"])
    sources = {model.__ninja_param_source__ for model in getattr(operation, "models", ())}
    return frozenset({FORM} if sources & {"file", "form"} else {JSON})


api.add_decorator(guarded, mode="view")
for _prefix, _router in (*SHARING.items(), *NOTIFY.items(), *MEMBERS.items(), *HUNTING.items()):
    api.add_router(_prefix, _router)


@api.exception_handler(NoroshiError)
def _refused(request: HttpRequest, error: NoroshiError) -> HttpResponse:
    del request
    status = status_of(error)
    field = {"field": error.field} if isinstance(error, InvalidInput) else {}
    return saying_when(problem(status, sentence_of(error) or str(SENTENCES[status]), **field), error)


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
        pattern.callback = in_problem_words(pattern.callback)
        pattern.callback.login_required = False  # type: ignore[attr-defined]
    return patterns, app_name, namespace


def in_problem_words(view: Run) -> Run:
    """Return the view whose every refusal is a problem document, those of the framework (405) too."""

    @wraps(view)
    def call(request: HttpRequest, *args: Any, **values: Any) -> HttpResponseBase:
        answer = view(request, *args, **values)
        if answer.status_code < HTTPStatus.BAD_REQUEST or answer.headers.get("Content-Type") == PROBLEM:
            return answer
        status = HTTPStatus(answer.status_code)
        told = problem(status, str(SENTENCES.get(status, _("The call was refused."))))
        if "Allow" in answer.headers:
            told["Allow"] = answer.headers["Allow"]
        return told

    return call


def _leaves(patterns: list[Any]) -> Iterator[URLPattern]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _leaves(pattern.url_patterns)
        else:
            yield pattern
