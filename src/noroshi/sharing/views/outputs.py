"""Outputs for tools: the page that says which there are, and the outputs themselves, opened by a token."""

from collections.abc import Callable
from datetime import UTC
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_safe

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput, NoroshiError, NotFound
from noroshi.intel.domain.outputs.formats import FORMATS
from noroshi.kit import lists
from noroshi.kit.errors import SENTENCES, problem, saying_when, sentence_of, status_of
from noroshi.kit.http import ActorRequest
from noroshi.members.domain.scopes import Scope
from noroshi.members.tokens import program_of
from noroshi.sharing import actions, queries
from noroshi.sharing.lists.outputs import DEPLOYMENTS
from noroshi.sharing.queries.outputs import EVERYTHING

P = ParamSpec("P")
Answering = Callable[Concatenate[HttpRequest, Actor, P], HttpResponse]

REALM: Final = 'Basic realm="Noroshi", charset="UTF-8"'


def for_programs(
    scope: Scope, channel: Channel
) -> Callable[[Answering[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """Let programs in by a token with `scope`; whatever they are refused is a problem document (RFC 9457)."""

    def guarded(view: Answering[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def answered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            actor = program_of(request, scope, channel)
            if actor is None:
                return _unknown()
            request.actor = actor  # type: ignore[attr-defined] # from here on, as the middleware sets it
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
    answer["WWW-Authenticate"] = REALM
    return answer


@for_programs(Scope.TOOLS_READ, Channel.TOOLS)
def output(request: HttpRequest, actor: Actor, collection: str, output_format: str) -> HttpResponse:
    """Answer with an output as it is for the token's holder now; `type` narrows it to one type of value."""
    wanted = actions.Wanted(collection, output_format, request.GET.get("type", ""))
    known = parse_etags(request.headers.get("If-None-Match", ""))
    said = actions.fetch_output(actor, wanted, known_tags=[tag.removeprefix("W/").strip('"') for tag in known])
    if said.body is None:
        answer: HttpResponse = HttpResponseNotModified()
    else:
        answer = HttpResponse(said.body, content_type=wanted.format.media_type)
        answer["X-Content-Type-Options"] = "nosniff"
    answer["ETag"] = f'"{said.tag}"'
    answer["Last-Modified"] = http_date(said.changed_at.astimezone(UTC).timestamp())
    answer["Cache-Control"] = "private, no-cache"
    answer["Vary"] = "Authorization"
    return answer


def outputs(request: ActorRequest) -> HttpResponse:
    """Show the addresses of the outputs, and what the tools of the reader's organisation have reported."""
    if request.actor.is_supervisor:
        raise NotFound
    listing = lists.read_list(DEPLOYMENTS, request.GET, queries.deployments_for(request.actor))
    collections = [
        EVERYTHING,
        *queries.groups_with_outputs(request.actor).order_by("slug").values_list("slug", flat=True),
    ]
    context = {
        "listing": listing,
        "everything": EVERYTHING,
        "collections": [(name, _addresses(request, name)) for name in collections],
        "types": sorted({kind for form in FORMATS.values() for kind in form.types}),
    }
    partial = request.headers.get("HX-Target") == listing.id
    return render(request, "kit/list_results.html" if partial else "sharing/outputs.html", context)


def _addresses(request: ActorRequest, collection: str) -> list[tuple[str, str]]:
    return [
        (form.title, request.build_absolute_uri(reverse("outputs:output", args=[collection, name])))
        for name, form in FORMATS.items()
    ]
