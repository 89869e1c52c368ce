"""Subscriptions and webhooks over REST: `/api/v1/subscriptions`, `/api/v1/webhooks`. Both need a person's own token."""

from datetime import datetime, time
from typing import Annotated, Any, Final
from uuid import UUID

from ninja import Field, Router, Schema, Status

from noroshi.core.errors import InvalidInput
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope
from noroshi.notify import actions, queries
from noroshi.notify.actions import Wanted
from noroshi.notify.models import Subscription, Webhook

MOST: Final = 200

subscriptions = Router(tags=["subscriptions"])
webhooks = Router(tags=["webhooks"])
ROUTERS: Final[dict[str, Router]] = {"/subscriptions": subscriptions, "/webhooks": webhooks}

Names = Annotated[list[str], Field(default_factory=list, max_length=100)]


class WantedSubscription(Schema):
    """What to hear of, and when. `values` is text in which addresses, domains and hashes stand."""

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

    paused: bool


class NewWebhook(Schema):
    """An https address to tell."""

    label: str
    url: str


class WebhookLine(Schema):
    """A webhook. `secret` is there once, in the answer that made it."""

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

    id: UUID
    type: str
    state: str
    created_at: datetime
    attempts: list[Try]


class Span(Schema):
    """Which messages to send again: one, or those of a span."""

    message: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


class Replayed(Schema):
    """How many are sent again."""

    messages: int


@subscriptions.get("", response=list[SubscriptionLine], auth=TokenAuth(Scope.SUBSCRIPTIONS_READ))
def list_subscriptions(request: ActorRequest) -> list[dict[str, Any]]:
    """List the subscriptions of the token's holder; not those that hold because nobody chose."""
    rows = queries.subscriptions_of(request.actor)
    return [_line(request, row) for row in rows if not row.is_usual]


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


@webhooks.get("", response=list[WebhookLine], auth=TokenAuth(Scope.WEBHOOKS_READ))
def list_webhooks(request: ActorRequest) -> list[dict[str, Any]]:
    """List the webhooks of the organisation that the token's holder administers."""
    return [_hook(row) for row in queries.webhooks_for(request.actor)]


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


@webhooks.get("/{uuid:number}/messages", response=list[MessageLine], auth=TokenAuth(Scope.WEBHOOKS_READ))
def list_messages(request: ActorRequest, number: UUID, offset: int = 0) -> list[dict[str, Any]]:
    """List the messages of a webhook with their attempts, newest first, 200 at a time."""
    if not 0 <= offset <= actions.MOST_REPLAYED:
        raise InvalidInput("offset", f"0 to {actions.MOST_REPLAYED}")
    rows = queries.dispatches_of(queries.webhook_for(request.actor, number))[offset : offset + MOST]
    return [
        {
            **{name: getattr(row, name) for name in ("id", "type", "state", "created_at")},
            "attempts": [{"at": each.at, "status": each.status, "error": each.error} for each in row.attempts.all()],
        }
        for row in rows
    ]


@webhooks.post("/{uuid:number}/replay", response=Replayed, auth=TokenAuth(Scope.WEBHOOKS_WRITE))
def replay_messages(request: ActorRequest, number: UUID, span: Span) -> dict[str, Any]:
    """Send one message again, or those of a span, under their own ids and composed anew."""
    row = queries.webhook_for(request.actor, number)
    for name in ("since", "until"):
        moment = getattr(span, name)
        if moment is not None and moment.tzinfo is None:
            raise InvalidInput(name, "Give the moment with its offset from UTC.")
    return {
        "messages": actions.replay_dispatches(
            request.actor, row, dispatch=span.message, since=span.since, until=span.until
        )
    }


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
