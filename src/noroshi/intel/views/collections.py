"""The page of the collections: what a program is to be told, and when whose program last asked."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from noroshi.core.errors import NotFound
from noroshi.intel import queries
from noroshi.intel.queries import Collection
from noroshi.kit.http import ActorRequest
from noroshi.members.domain.scopes import Scope
from noroshi.members.queries import tokens_for


def collections(request: ActorRequest) -> HttpResponse:
    """Show the collections that the actor's programs may read, and what they last did there."""
    found = queries.collections_for(request.actor)
    if not found:
        raise NotFound
    context = {
        "discovery": _absolute(request, reverse("taxii-discovery")),
        "root": _absolute(request, reverse("taxii-root")),
        "rows": [(each, _absolute(request, reverse("taxii-collection", args=[each.id]))) for each in found],
        "programs": _programs(request, found),
    }
    return render(request, "intel/collections.html", context)


def _absolute(request: HttpRequest, path: str) -> str:
    return request.build_absolute_uri(path)


def _programs(request: ActorRequest, found: list[Collection]) -> list[dict[str, Any]]:
    """Return the tokens that open TAXII, each with when it asked which collection, and for how many objects."""
    titles = {each.id: each.title for each in found}
    polls: dict[Any, list[dict[str, Any]]] = {}
    for poll in queries.polls_for(request.actor).order_by("-last_at"):
        line = {"title": titles.get(poll.collection, ""), "at": poll.last_at, "objects": poll.objects_given}
        polls.setdefault(poll.token_id, []).append(line)
    tokens = tokens_for(request.actor).filter(revoked_at__isnull=True).order_by("-created_at")
    return [
        {"token": token, "polls": polls.get(token.pk, [])}
        for token in tokens
        if not {Scope.TAXII_READ, Scope.TAXII_WRITE}.isdisjoint(token.scopes)
    ]
