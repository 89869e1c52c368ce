"""The request as views get it: with its actor; who that is later on; and pages that are open to the public."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase

from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound

P = ParamSpec("P")


class ActorRequest(HttpRequest):
    """A request that `members.middleware` has given its actor. For annotations only."""

    actor: Actor


def posted(request: ActorRequest) -> QueryDict | None:
    """Return what was posted, None for a page that is only asked for."""
    return request.POST if request.method == "POST" else None


Renewer = Callable[[Actor], Actor]

_renewers: Final[list[Renewer]] = []


def renews_actors(renewer: Renewer) -> Renewer:
    """Register the decorated function: it returns who an actor is now."""
    _renewers.append(renewer)
    return renewer


def renewed(actor: Actor) -> Actor:
    """Return who `actor` is now: what goes on for long must not outlast a suspension."""
    for renewer in _renewers:
        actor = renewer(actor)
    return actor


View = Callable[Concatenate[ActorRequest, P], HttpResponseBase]


def open_to_the_public(view: "View[P]") -> "View[P]":
    """Let visitors in. What is not there for them may be there for who they are: they are asked to sign in."""

    @wraps(view)
    def answered(request: ActorRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            return view(request, *args, **kwargs)
        except NotFound:
            if request.actor.is_visitor:
                return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
            raise

    answered_by: View[P] = login_not_required(answered)
    return answered_by
