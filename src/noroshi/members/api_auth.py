"""Bearer tokens (RFC 6750) for the APIs of the rooms above: `auth=TokenAuth(Scope.SIGNALS_READ)`."""

from typing import Any

from ninja.security import HttpBearer

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.members.domain.scopes import Scope
from noroshi.members.tokens import address_of, authenticate_token


class TokenAuth(HttpBearer):
    """Asks for a usable token with one scope. The actor it gives is `request.auth`, and `request.actor` from then on.

    The session cookie does not count here: an API answers tokens alone, so no other site can make a browser call it.
    """

    def __init__(self, scope: Scope, channel: Channel = Channel.API) -> None:
        super().__init__()
        self.scope = scope
        self.channel = channel

    def authenticate(self, request: Any, token: str) -> Actor | None:
        """Return the actor behind `token`, or None, which ninja answers with 401."""
        actor = authenticate_token(token, self.channel, scope=self.scope, address=address_of(request))
        if actor is not None:
            request.actor = actor
        return actor
