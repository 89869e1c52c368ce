"""Feeds of MISP: those that are served, opened by a token, and the page of those that somebody follows."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit.http import ActorRequest, posted
from noroshi.members.domain.scopes import Scope
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.misp import MispFeedForm
from noroshi.sharing.views.programs import for_programs, known_tags, said_to_program

JSON = "application/json"


@for_programs(Scope.MISP_READ, Channel.MISP)
def misp_manifest(request: HttpRequest, actor: Actor, collection: str) -> HttpResponse:
    """Answer with the list of a feed's events."""
    tag, body = actions.fetch_manifest(actor, collection, known_tags=known_tags(request))
    return said_to_program(body, tag, JSON)


@for_programs(Scope.MISP_READ, Channel.MISP)
def misp_hashes(request: HttpRequest, actor: Actor, collection: str) -> HttpResponse:
    """Answer with the digests of a feed's values."""
    tag, body = actions.fetch_hashes(actor, collection, known_tags=known_tags(request))
    return said_to_program(body, tag, "text/csv; charset=utf-8")


@for_programs(Scope.MISP_READ, Channel.MISP)
def misp_event(request: HttpRequest, actor: Actor, collection: str, signal_id: UUID) -> HttpResponse:
    """Answer with one event of a feed."""
    tag, body = actions.fetch_event(actor, collection, signal_id, known_tags=known_tags(request))
    return said_to_program(body, tag, JSON)


def misp_feeds(request: ActorRequest) -> HttpResponse:
    """Show the addresses of the feeds served here, and the feeds that the reader follows; follow one more."""
    if request.actor.is_supervisor:
        raise NotFound
    form = MispFeedForm(posted(request))
    if policy.may_share(request.actor) and form.is_valid():
        try:
            actions.follow_feed(request.actor, **form.cleaned_data)
        except InvalidInput as error:
            form.blame(error)
        else:
            messages.success(request, _("You follow the feed. Its events become drafts of yours."))
            return redirect("misp:feeds")
    context = {
        "served": [
            (
                each,
                request.build_absolute_uri(reverse("misp:manifest", args=[each.alias])).removesuffix("manifest.json"),
            )
            for each in queries.collections_of_signals(request.actor)
        ],
        "feeds": queries.misp_feeds_of(request.actor),
        "form": form if policy.may_share(request.actor) else None,
    }
    return render(request, "sharing/misp_feeds.html", context, status=422 if form.errors else 200)


@require_POST
def misp_feed_verb(request: ActorRequest, misp_feed_id: UUID, verb: str) -> HttpResponse:
    """Read an own feed now, or follow it no more."""
    feed = queries.misp_feed_for(request.actor, misp_feed_id)
    if verb == "read":
        actions.read_feed_now(request.actor, feed)
        messages.success(request, _("The feed is read now."))
    elif verb == "leave":
        actions.leave_feed(request.actor, feed)
        messages.success(request, _("You follow the feed no more. Its drafts stay."))
    else:
        raise NotFound
    return redirect("misp:feeds")
