"""Subscriptions and webhooks over REST."""

import json

import pytest

from factories.program import program_of
from noroshi.notify.models import Subscription, Webhook

NOTHING = {"items": [], "next": None}


@pytest.fixture
def program(cast):
    def of(name, *scopes):
        caller = program_of(cast, name, *scopes)

        def call(method, path, body=None):
            answer = caller.call(method, path, body)
            return answer.status_code, json.loads(answer.content or b"null")

        return call

    return of


def test_subscriptions_when_made_read_changed_and_deleted_then_they_are_one_s_own(cast, program):
    call = program("b1", "subscriptions.read", "subscriptions.write")
    other = program("b2", "subscriptions.read", "subscriptions.write")
    status, made = call("POST", "/subscriptions", {"notices": ["signal"], "words": "zebra", "delivery": "weekly"})
    address = f"/subscriptions/{made['id']}"
    assert (status, made["words"], made["delivery"], made["paused"]) == (201, "zebra", "weekly", False)
    assert made["id"] in {row["id"] for row in call("GET", "/subscriptions")[1]["items"]}
    assert other("GET", "/subscriptions") == (200, NOTHING)
    assert call("PATCH", address, {"paused": True})[1]["paused"]
    assert call("PUT", address, {"notices": ["comment"]})[1]["notices"] == ["comment"]
    assert [
        other(verb, address, {"notices": ["signal"], "paused": True})[0] for verb in ("PUT", "PATCH", "DELETE")
    ] == [
        404,
        404,
        404,
    ]
    assert call("POST", "/subscriptions", {"notices": ["gossip"]})[0] == 422
    assert call("DELETE", address)[0] == 204
    assert not Subscription.objects.filter(pk=made["id"]).exists()


def test_webhooks_when_an_admin_s_program_manages_them_then_the_secret_is_there_once(cast, program):
    call = program("b_admin", "webhooks.read", "webhooks.write")
    status, made = call("POST", "/webhooks", {"label": "SIEM", "url": "https://siem.example/"})
    address = f"/webhooks/{made['id']}"
    assert (status, made["secret"][:6]) == (201, "whsec_")
    assert [row["secret"] for row in call("GET", "/webhooks")[1]["items"]] == [None]
    assert call("PATCH", address, {"paused": True})[1]["paused"]
    assert call("GET", f"{address}/messages") == (200, NOTHING)
    assert call(
        "POST", f"{address}/replay", {"since": "2026-11-01T00:00:00+09:00", "until": "2026-11-02T00:00:00Z"}
    ) == (
        200,
        {"messages": 0},
    )
    assert call("POST", f"{address}/replay", {})[0] == 422
    assert call("POST", "/webhooks", {"label": "x", "url": "http://siem.example/"})[0] == 422
    for name in ("b1", "a_admin"):
        assert program(name, "webhooks.read", "webhooks.write")("DELETE", address)[0] == 404
    assert program("b1", "webhooks.write")("POST", "/webhooks", {"label": "x", "url": "https://x.example/"})[0] == 403
    assert call("DELETE", address)[0] == 204
    assert not Webhook.objects.exists()
