"""Subscriptions and webhooks over REST: `/api/v1/subscriptions`, `/api/v1/webhooks`. Both need a person's own token."""

from datetime import datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from ninja import Field, Query, Router, Schema, Status

from noroshi.kit.api import Page, Paged, example, listed, with_offset
from noroshi.kit.cursors import page_of
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.notify import actions, queries
from noroshi.notify.actions import Wanted
from noroshi.notify.models import Dispatch, Subscription, Webhook

NUMBER: Final = "0199f3c2-7c00-7a3e-9d51-0f2b6c1e8a44"
CHOICE: Final[dict[str, Any]] = {
    "notices": ["signal"],
    "label": "Our VPN",
    "signal_kinds": ["vulnerability"],
    "groups": [],
    "sectors": [],
    "words": "FortiGate",
    "values": "",
    "names_assets": False,
    "delivery": "at_once",
    "at": "08:00:00",
    "weekday": 0,
}
HOOK: Final[dict[str, Any]] = {
    "id": NUMBER,
    "label": "SIEM",
    "url": "https://siem.example/hook",
    "paused": False,
    "pause_reason": "",
}

subscriptions = Router(tags=["subscriptions"])
webhooks = Router(tags=["webhooks"])
ROUTERS: Final[dict[str, Router]] = {"/subscriptions": subscriptions, "/webhooks": webhooks}

Names = Annotated[list[str], Field(default_factory=list, max_length=100)]


class WantedSubscription(Schema):
    """What to hear of, and when. `values` is text in which addresses, domains and hashes stand."""

    model_config = example(**CHOICE)

    notices: Names
    label: str = ""
    signal_kinds: Names
    groups: Annotated[list[UUID], Field(default_factory=list, max_length=100)]
    sectors: Names
    words: str = ""
    values: str = ""
    names_assets: bool = False
    delivery: str = "at_once"
    at: time = time(8)
    weekday: int = 0


class SubscriptionLine(Schema):
    """A subscription. `last_30_days` is of how many notices it would have told."""

    model_config = example(**{**CHOICE, "id": NUMBER, "values": [], "paused": False, "last_30_days": 4})

    id: UUID
    label: str
    notices: list[str]
    signal_kinds: list[str]
    groups: list[UUID]
    sectors: list[str]
    words: str
    values: list[str]
    names_assets: bool
    delivery: str
    at: time
    weekday: int
    paused: bool
    last_30_days: int


class Rest(Schema):
    """Whether it rests."""

    model_config = example(paused=True)

    paused: bool


class NewWebhook(Schema):
    """An https address to tell."""

    model_config = example(label="SIEM", url="https://siem.example/hook")

    label: str
    url: str


class WebhookLine(Schema):
    """A webhook. `secret` is there once, in the answer that made it."""

    model_config = example(**HOOK, secret=None)

    id: UUID
    label: str
    url: str
    paused: bool
    pause_reason: str
    secret: str | None = None


class Try(Schema):
    """One attempt; `status` is null where nobody answered."""

    at: datetime
    status: int | None
    error: str


class MessageLine(Schema):
    """A message, by its number, with its attempts."""

    model_config = example(
        id=NUMBER,
        type="signal.published",
        state="delivered",
        created_at="2026-11-22T03:00:00Z",
        attempts=[{"at": "2026-11-22T03:00:01Z", "status": 204, "error": ""}],
    )

    id: UUID
    type: str
    state: str
    created_at: datetime
    attempts: list[Try]


class Span(Schema):
    """Which messages to send again: one, or those of a span."""

    model_config = example(since="2026-11-21T15:00:00Z", until="2026-11-22T15:00:00Z")

    message: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Replayed(Schema):
    """How many are sent again."""

    model_config = example(messages=3)

    messages: int


@subscriptions.get("", response=Page[SubscriptionLine], auth=TokenAuth(Scope.SUBSCRIPTIONS_READ))
def list_subscriptions(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the subscriptions of the token's holder, the oldest first; not those that hold because nobody chose."""
    rows = queries.own_subscriptions(request.actor)
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="created_at", newest_first=False)
    return listed(found, lambda row: _line(request, row))


@subscriptions.post("", response={201: SubscriptionLine}, auth=TokenAuth(Scope.SUBSCRIPTIONS_WRITE))
def add_subscription(request: ActorRequest, wanted: WantedSubscription) -> Status[dict[str, Any]]:
    """Subscribe to something."""
    row = actions.add_subscription(request.actor, wanted=Wanted(**wanted.dict()))
    return Status(201, _line(request, row))


@subscriptions.put("/{uuid:number}", response=SubscriptionLine, auth=TokenAuth(Scope.SUBSCRIPTIONS_WRITE))
def change_subscription(request: ActorRequest, number: UUID, wanted: WantedSubscription) -> dict[str, Any]:
    """Make a subscription what is described."""
    row = queries.subscription_of(request.actor, number)
    return _line(request, actions.change_subscription(request.actor, row, wanted=Wanted(**wanted.dict())))


@subscriptions.patch("/{uuid:number}", response=SubscriptionLine, auth=TokenAuth(Scope.SUBSCRIPTIONS_WRITE))
def rest_subscription(request: ActorRequest, number: UUID, rest: Rest) -> dict[str, Any]:
    """Let a subscription rest, or wake it."""
    row = queries.subscription_of(request.actor, number)
    return _line(request, actions.pause_subscription(request.actor, row, paused=rest.paused))


@subscriptions.delete("/{uuid:number}", response={204: None}, auth=TokenAuth(Scope.SUBSCRIPTIONS_WRITE))
def delete_subscription(request: ActorRequest, number: UUID) -> Status[None]:
    """End a subscription."""
    actions.delete_subscription(request.actor, queries.subscription_of(request.actor, number))
    return Status(204, None)


@webhooks.get("", response=Page[WebhookLine], auth=TokenAuth(Scope.WEBHOOKS_READ))
def list_webhooks(request: ActorRequest, wanted: Query[Paged]) -> dict[str, Any]:
    """List the webhooks of the organisation that the token's holder administers."""
    rows = queries.webhooks_for(request.actor)
    found = page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="created_at", newest_first=False)
    return listed(found, _hook)


@webhooks.post("", response={201: WebhookLine}, auth=TokenAuth(Scope.WEBHOOKS_WRITE))
def add_webhook(request: ActorRequest, new: NewWebhook) -> Status[dict[str, Any]]:
    """Register an address; the answer holds its secret, this once."""
    row, secret = actions.add_webhook(request.actor, label=new.label, url=new.url)
    return Status(201, {**_hook(row), "secret": secret})


@webhooks.patch("/{uuid:number}", response=WebhookLine, auth=TokenAuth(Scope.WEBHOOKS_WRITE))
def rest_webhook(request: ActorRequest, number: UUID, rest: Rest) -> dict[str, Any]:
    """Let a webhook rest, or wake it."""
    row = queries.webhook_for(request.actor, number)
    return _hook(actions.pause_webhook(request.actor, row, paused=rest.paused))


@webhooks.delete("/{uuid:number}", response={204: None}, auth=TokenAuth(Scope.WEBHOOKS_WRITE))
def remove_webhook(request: ActorRequest, number: UUID) -> Status[None]:
    """Take a webhook away, with what waits for it."""
    actions.remove_webhook(request.actor, queries.webhook_for(request.actor, number))
    return Status(204, None)


@webhooks.get("/{uuid:number}/messages", response=Page[MessageLine], auth=TokenAuth(Scope.WEBHOOKS_READ))
def list_messages(request: ActorRequest, number: UUID, wanted: Query[Paged]) -> dict[str, Any]:
    """List the messages of a webhook with their attempts, newest first."""
    rows = queries.dispatches_of(queries.webhook_for(request.actor, number))
    return listed(page_of(rows, cursor=wanted.cursor, limit=wanted.limit, by="created_at"), _message)


@webhooks.post("/{uuid:number}/replay", response=Replayed, auth=TokenAuth(Scope.WEBHOOKS_WRITE))
def replay_messages(request: ActorRequest, number: UUID, span: Span) -> dict[str, Any]:
    """Send one message again, or those of a span, under their own ids and composed anew."""
    row = queries.webhook_for(request.actor, number)
    moments = {name: with_offset(name, getattr(span, name)) for name in ("since", "until")}
    return {"messages": actions.replay_dispatches(request.actor, row, dispatch=span.message, **moments)}


def _line(request: ActorRequest, row: Subscription) -> dict[str, Any]:
    names = ("id", "label", "notices", "signal_kinds", "groups", "sectors", "words", "values", "names_assets")
    more = {"delivery": row.delivery, "at": row.at, "weekday": row.weekday, "paused": row.paused_at is not None}
    number = queries.would_have_sent(request.actor, row)
    return {**{name: getattr(row, name) for name in names}, **more, "last_30_days": number}


def _hook(row: Webhook) -> dict[str, Any]:
    return {
        "id": row.pk,
        "label": row.label,
        "url": row.url,
        "paused": row.paused_at is not None,
        "pause_reason": row.pause_reason,
    }


def _message(row: Dispatch) -> dict[str, Any]:
    attempts = [{"at": each.at, "status": each.status, "error": each.error} for each in row.attempts.all()]
    return {**{name: getattr(row, name) for name in ("id", "type", "state", "created_at")}, "attempts": attempts}
