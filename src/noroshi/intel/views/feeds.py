"""Servers of others that the own organisation reads."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.errors import InvalidInput
from noroshi.intel import actions, lists, policy, queries
from noroshi.intel.forms import FeedForm
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
    return _filled_in(request, None)


def change_feed(request: ActorRequest, feed_id: UUID) -> HttpResponse:
    """Say something else of a feed."""
    policy.require_feed_keeper(request.actor)
    return _filled_in(request, queries.feed_for(request.actor, feed_id))


def _filled_in(request: ActorRequest, known: Feed | None) -> HttpResponse:
    shown = ("title", "api_root", "collection", "auth", "username", "minutes")
    form = FeedForm(request.POST or None, initial={name: getattr(known, name) for name in shown} if known else None)
    if request.method == "POST" and form.is_valid():
        try:
            if known is None:
                known = actions.add_feed(request.actor, said=form.said())
            else:
                actions.change_feed(request.actor, known, said=form.said())
            return redirect("intel:feed", feed_id=known.pk)
        except InvalidInput as error:
            form.blame(error)
    context = {"form": form, "feed": known}
    return render(request, "intel/edit_feed.html", context, status=422 if form.errors else 200)


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
