"""Servers of others that the own organisation reads."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.errors import InvalidInput
from noroshi.intel import actions, lists, policy, queries
from noroshi.intel.forms import FeedForm, RemoteForm
from noroshi.intel.models import Feed
from noroshi.intel.wording import trouble_of
from noroshi.kit.http import ActorRequest
from noroshi.kit.lists import respond


def feeds(request: ActorRequest) -> HttpResponseBase:
    """List the own organisation's feeds and how they are."""
    policy.require_feed_keeper(request.actor)
    return respond(
        request,
        lists.FEEDS,
        actor=request.actor,
        rows=queries.feeds_for(request.actor),
        template="intel/feeds.html",
    )


def feed(request: ActorRequest, feed_id: UUID) -> HttpResponse:
    """Show a feed: how it is, when it was last good, what it brought."""
    policy.require_feed_keeper(request.actor)
    found = queries.feed_for(request.actor, feed_id)
    return render(request, "intel/feed.html", {"feed": found, "trouble": trouble_of(found) if found.trouble else ""})


def add_feed(request: ActorRequest) -> HttpResponse:
    """Name a feed."""
    policy.require_feed_keeper(request.actor)
    return _form(request, None)


def change_feed(request: ActorRequest, feed_id: UUID) -> HttpResponse:
    """Say something else of a feed."""
    policy.require_feed_keeper(request.actor)
    return _form(request, queries.feed_for(request.actor, feed_id))


def _form(request: ActorRequest, known: Feed | None) -> HttpResponse:
    form = FeedForm.of(request.POST or None, known)

    def save() -> HttpResponse:
        said = form.said()
        kept = known or actions.add_feed(request.actor, said=said)
        if known is not None:
            actions.change_feed(request.actor, known, said=said)
        return redirect("intel:feed", feed_id=kept.pk)

    return filled_in(request, form, save, "intel/edit_feed.html", {"feed": known})


def filled_in(
    request: ActorRequest, form: RemoteForm, save: Callable[[], HttpResponse], template: str, context: dict[str, Any]
) -> HttpResponse:
    """Save what a form says of a server, or show it with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            return save()
        except InvalidInput as error:
            form.blame(error)
    return render(request, template, {**context, "form": form}, status=422 if form.errors else 200)


@require_POST
def look_at_feed(request: ActorRequest, feed_id: UUID) -> HttpResponse:
    """Have a feed looked at soon."""
    policy.require_feed_keeper(request.actor)
    actions.ask_for_look(request.actor, queries.feed_for(request.actor, feed_id))
    messages.success(request, _("The feed is looked at within a minute."))
    return redirect("intel:feed", feed_id=feed_id)


@require_POST
def pause_feed(request: ActorRequest, feed_id: UUID) -> HttpResponse:
    """Look at a feed no more for a while, or again."""
    policy.require_feed_keeper(request.actor)
    found = queries.feed_for(request.actor, feed_id)
    actions.pause_feed(request.actor, found, paused=not found.paused)
    return redirect("intel:feed", feed_id=feed_id)


@require_POST
def remove_feed(request: ActorRequest, feed_id: UUID) -> HttpResponse:
    """Forget a feed."""
    policy.require_feed_keeper(request.actor)
    actions.remove_feed(request.actor, queries.feed_for(request.actor, feed_id))
    messages.success(request, _("The feed is removed; what it brought stays."))
    return redirect("intel:feeds")
