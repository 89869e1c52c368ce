"""How the watch stands: how far arriving logs have been looked at, and for how much."""

from django.http import HttpResponse
from django.shortcuts import render

from noroshi.hunting import policy, queries
from noroshi.kit.http import ActorRequest

LAST_HITS = 10


def watch(request: ActorRequest) -> HttpResponse:
    """Show the watch of the own logs to a member, and how far each lake's has come to the hub's operators."""
    policy.require_onlooker(request.actor)
    may_hunt = policy.may_hunt(request.actor)
    context = {
        "may_hunt": may_hunt,
        "may_count": policy.may_count(request.actor),
        "own": queries.own_watch(request.actor),
        "lines": queries.watched_sources(request.actor),
        "hits": queries.shared_hits_for(request.actor)[:LAST_HITS] if may_hunt else [],
        "standings": queries.watch_by_organisation(request.actor),
    }
    return render(request, "hunting/watch.html", context)
