"""From the text of a token to the actor behind it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.members.actions.token_uses import known_uses, note_refusal, note_use
from noroshi.members.domain import secrets
from noroshi.members.domain.meters import origin_of
from noroshi.members.models import Token
from noroshi.members.queries import actor_of_token

REMEMBERED: Final = timedelta(seconds=5)
"""How long it is remembered what a token opens, where nobody has done anything since: a tool asks page by page."""

MOST_REMEMBERED: Final = 1_000


@dataclass(frozen=True)
class Opened:
    """What a token opens: who asks with it, and for which uses."""

    actor: Actor
    scopes: frozenset[str]


@dataclass(frozen=True)
class Use:
    """How a token is used: by which channel, for one of which scopes (any where none is named), from which address.

    With `alone`, a token that opens more than `scopes` opens nothing: what stands in an address is soon read by others.
    """

    channel: Channel = Channel.API
    scopes: frozenset[str] = frozenset()
    alone: bool = False
    address: str = ""


def authenticate_token(
    raw: str, channel: Channel = Channel.API, *, scope: str = "", alone: bool = False, address: str = ""
) -> Actor | None:
    """Return who a token speaks for by `channel`, or None if it opens nothing; see `open_by_secret`."""
    scopes = frozenset({scope} if scope else ())
    opened = open_by_secret(raw, Use(channel, scopes, alone=alone, address=address))
    return opened.actor if opened else None


def open_by_secret(raw: str, use: Use, *, name: str | None = None) -> Opened | None:
    """Return what a token opens for `use`, or None.

    None where it is unknown, revoked, too old, without the scope, its holder takes no part or is not called `name`, or
    it has been used from too many addresses.

    What is looked up is the hash, so the time of the answer says nothing about the secret.
    """
    if not raw.startswith(secrets.TOKEN_PREFIX) or len(raw) > secrets.LONGEST:
        return None
    return _open(use, name, token_hash=secrets.digest(raw))


def open_by_certificate(fingerprint: str, use: Use) -> Opened | None:
    """Return what the token opens that a client's certificate stands for; None as `open_by_secret`."""
    return _open(use, certificate=fingerprint, revoked_at__isnull=True)


@dataclass(frozen=True)
class _Remembered:
    """What a token opened, from when until when, and the newest entry of the ledger before it was looked up."""

    opened: Opened
    since: datetime
    until: datetime
    newest: int


_remembered: dict[tuple[object, ...], _Remembered] = {}


def _open(use: Use, name: str | None = None, **key: Any) -> Opened | None:
    """Return what was remembered, or look it up: what takes a right away is a date, or an entry of the ledger."""
    asked = (use, name, *key.items())
    newest, now = ledger.newest(), clock.now()
    known = _remembered.get(asked)
    if known is not None and known.newest == newest and known.since <= now < known.until:  # clocks are set back too
        return known.opened
    found = _looked_up(use, name, key)
    if found is None:
        return None
    opened, expires_at = found
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[asked] = _Remembered(opened, now, min(now + REMEMBERED, expires_at), newest)
    return opened


def _looked_up(use: Use, name: str | None, key: dict[str, Any]) -> tuple[Opened, datetime] | None:
    """Return what the token opens, and until when."""
    origin = origin_of(use.address)
    token = _token_of(key, origin)
    if token is None:
        return None
    actor = actor_of_token(token, use.channel)
    if rule := _rule_against(token, actor, use, name):
        note_refusal(actor, token, rule=rule)
        return None
    opens = token.is_noted or note_use(actor, token, origin=origin)
    return (Opened(actor, frozenset(token.scopes)), token.expires_at) if opens else None


def address_of(request: Any) -> str:
    """Return the address that a request comes from, as sign-in reads it: behind proxies, what they say (`PROXIES`)."""
    try:
        return str(get_adapter(request).get_client_ip(request))
    except PermissionDenied:  # none, as on a socket of this machine
        return ""


def _token_of(key: dict[str, Any], origin: str) -> Any:
    """Return the token, with `is_noted`: whether a use from there was noted a moment ago."""
    noted = Exists(known_uses(origin).filter(token=OuterRef("pk")))
    rows = Token.objects.select_related("organisation", "person__organisation").annotate(is_noted=noted)
    return rows.filter(**key).first()


def _rule_against(token: Token, actor: Actor, use: Use, name: str | None) -> str:
    """Return by which rule a token opens nothing; empty where it opens."""
    if not token.is_usable:
        return "revoked" if token.revoked_at is not None else "expired"
    if not actor.is_active:
        return "standing"
    if use.scopes and use.scopes.isdisjoint(token.scopes):
        return "scope"
    if name is not None and name.strip().lower() != token.holder_name:
        return "name"
    return "alone" if use.alone and set(token.scopes) != use.scopes else ""
