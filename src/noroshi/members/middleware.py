"""Puts the actor on every request."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.members.models import Person
from noroshi.members.queries import actor_of


def actor_of_request(request: HttpRequest) -> Actor:
    """Return who asks: the person signed in, or a visitor."""
    user = request.user
    return actor_of(user) if isinstance(user, Person) else Actor.visitor(Channel.PUBLIC)


class ActorMiddleware:
    """Sets `request.actor`, computed when it is first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the actor there."""
        request.actor = SimpleLazyObject(lambda: actor_of_request(request))  # type: ignore[attr-defined]
        return self.get_response(request)
