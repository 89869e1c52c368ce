"""From the text of a token to the actor behind it."""

from datetime import timedelta
from typing import Final

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.members.domain import secrets
from noroshi.members.models import Token
from noroshi.members.queries import actor_of_token

USE_NOTED_EVERY: Final = timedelta(minutes=1)


def authenticate_token(
    raw: str, channel: Channel = Channel.API, *, scope: str = "", alone: bool = False
) -> Actor | None:
    """Return who a token speaks for by `channel`, or None if it opens nothing.

    With `alone`, a token that opens more than `scope` opens nothing: what stands in an address is soon read by others.
    None where the token is unknown, revoked, too old, without `scope`, or its holder takes no part. What is looked up
    is the hash, so the time of the answer says nothing about the secret. Its use is noted once a minute at most.
    """
    if not raw.startswith(secrets.TOKEN_PREFIX) or len(raw) > secrets.LONGEST:
        return None
    token = (
        Token.objects.select_related("organisation", "person__organisation")
        .filter(token_hash=secrets.digest(raw))
        .first()
    )
    if token is None or not token.is_usable or (scope and scope not in token.scopes):
        return None
    if alone and set(token.scopes) != {scope}:
        return None
    actor = actor_of_token(token, channel)
    if not actor.is_active:
        return None
    _note_use(token)
    return actor


def _note_use(token: Token) -> None:
    now = clock.now()
    if token.last_used_at is None or now - token.last_used_at >= USE_NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(last_used_at=now)
