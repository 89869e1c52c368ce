"""Outputs for tools: the page that says which there are, and the outputs themselves, opened by a token."""

from datetime import UTC

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import http_date

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotFound
from noroshi.intel.domain.outputs.formats import FORMATS
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, queries
from noroshi.sharing.lists.outputs import DEPLOYMENTS
from noroshi.sharing.views.programs import for_programs, known_tags, said_to_program


@for_programs(Scope.TOOLS_READ, Channel.TOOLS)
def output(request: HttpRequest, actor: Actor, collection: str, output_format: str) -> HttpResponse:
    """Answer with an output as it is for the token's holder now; `type` narrows it to one type of value."""
    wanted = actions.Wanted(collection, output_format, request.GET.get("type", ""))
    said = actions.fetch_output(actor, wanted, known_tags=known_tags(request))
    answer = said_to_program(said.body, said.tag, wanted.format.media_type)
    answer["Last-Modified"] = http_date(said.changed_at.astimezone(UTC).timestamp())
    return answer


def outputs(request: ActorRequest) -> HttpResponse:
    """Show the addresses of the outputs, and what the tools of the reader's organisation have reported."""
    if request.actor.is_supervisor:
        raise NotFound
    listing = lists.read_list(DEPLOYMENTS, request.GET, queries.deployments_for(request.actor))
    context = {
        "listing": listing,
        "collections": [
            (each, _addresses(request, each.alias)) for each in queries.collections_of_signals(request.actor)
        ],
        "types": sorted({kind for form in FORMATS.values() for kind in form.types}),
    }
    partial = request.headers.get("HX-Target") == listing.id
    return render(request, "kit/list_results.html" if partial else "sharing/outputs.html", context)


def _addresses(request: ActorRequest, collection: str) -> list[tuple[str, str]]:
    return [
        (form.title, request.build_absolute_uri(reverse("outputs:output", args=[collection, name])))
        for name, form in FORMATS.items()
    ]
