"""Addresses that programs poll by a token: who is let in, and how they are answered."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput, NoroshiError
from noroshi.kit.errors import SENTENCES, problem, saying_when, sentence_of, status_of
from noroshi.members.credentials import CHALLENGES, open_request
from noroshi.members.domain.scopes import Scope

P = ParamSpec("P")
Answering = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]


def for_programs(
    scope: Scope, channel: Channel
) -> Callable[[Answering[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let programs in by a token with `scope`; whatever they are refused is a problem document (RFC 9457)."""

    def guarded(view: Answering[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            opened = open_request(request, channel, [scope])
            if opened is None:
                return _unknown()
            request.actor = actor = opened.actor  # type: ignore[attr-defined] # from here on, as the middleware sets it
            try:
                return view(request, actor, *args, **kwargs)
            except NoroshiError as error:
                status = status_of(error)
                field = {"field": error.field} if isinstance(error, InvalidInput) else {}
                return saying_when(problem(status, sentence_of(error) or str(SENTENCES[status]), **field), error)

        return login_not_required(require_safe(answered))

    return guarded


def _unknown() -> HttpResponse:
    answer = problem(HTTPStatus.UNAUTHORIZED, "Send a valid token with the scope this needs.")
    answer["WWW-Authenticate"] = CHALLENGES
    return answer


def known_tags(request: HttpRequest) -> list[str]:
    """Return the tags of the answers that a program has already."""
    return [tag.removeprefix("W/").strip('"') for tag in parse_etags(request.headers.get("If-None-Match", ""))]


def said_to_program(body: bytes | None, tag: str, media_type: str) -> HttpResponse:
    """Return the answer to a program that polls: with None as body, that it has it already."""
    answer = HttpResponseNotModified() if body is None else HttpResponse(body, content_type=media_type)
    answer["ETag"] = f'"{tag}"'
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "Authorization"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
