"""The request as views get it: with its actor and htmx's details."""

from django.http import HttpRequest

from noroshi.core.actor import Actor


class ActorRequest(HttpRequest):
    """A request that `members.middleware` has given its actor. For annotations only."""

    actor: Actor
