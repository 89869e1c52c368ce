"""From the text of a token to the actor behind it."""

from typing import Any

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.members.actions.token_uses import known_uses, note_refusal, note_use
from noroshi.members.domain import secrets
from noroshi.members.domain.meters import origin_of
from noroshi.members.models import Token
from noroshi.members.queries import actor_of_token


def authenticate_token(
    raw: str, channel: Channel = Channel.API, *, scope: str = "", alone: bool = False, address: str = ""
) -> Actor | None:
    """Return who a token speaks for by `channel`, or None if it opens nothing.

    With `alone`, a token that opens more than `scope` opens nothing: what stands in an address is soon read by others.
    None where the token is unknown, revoked, too old, without `scope`, its holder takes no part, or it has been used
    from too many addresses; `address` is whence it is used now. What is looked up is the hash, so the time of the
    answer says nothing about the secret.
    """
    origin = origin_of(address)
    token = _token_of(raw, origin)
    if token is None:
        return None
    actor = actor_of_token(token, channel)
    if rule := _rule_against(token, actor, scope, alone=alone):
        note_refusal(actor, token, rule=rule)
        return None
    return actor if token.is_noted or note_use(actor, token, origin=origin) else None


def address_of(request: Any) -> str:
    """Return the address that a request comes from, as sign-in reads it: behind proxies, what they say (`PROXIES`)."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:  # none, as on a socket of this machine
        return ""


def _token_of(raw: str, origin: str) -> Any:
    """Return the token, with `is_noted`: whether a use from there was noted a moment ago."""
    if not raw.startswith(secrets.TOKEN_PREFIX) or len(raw) > secrets.LONGEST:
        return None
    noted = Exists(known_uses(origin).filter(token=OuterRef("pk")))
    rows = Token.objects.select_related("organisation", "person__organisation").annotate(is_noted=noted)
    return rows.filter(token_hash=secrets.digest(raw)).first()


def _rule_against(token: Token, actor: Actor, scope: str, *, alone: bool) -> str:
    """Return by which rule a token opens nothing; empty where it opens."""
    if not token.is_usable:
        return "revoked" if token.revoked_at is not None else "expired"
    if not actor.is_active:
        return "standing"
    if scope and scope not in token.scopes:
        return "scope"
    return "alone" if alone and set(token.scopes) != {scope} else ""
