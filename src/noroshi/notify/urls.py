"""Addresses of the notify room."""

from django.urls import path

from noroshi.notify.views import feeds, inbox, webhooks

app_name = "notify"

urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("subscriptions", inbox.subscriptions, name="subscriptions"),
    path("subscriptions/new", inbox.subscribe, name="subscribe"),
    path("subscriptions/settle", inbox.settle, name="settle"),
    path("subscriptions/<uuid:subscription_id>/", inbox.subscription, name="subscription"),
    *(
        path(f"subscriptions/<uuid:subscription_id>/{verb}", inbox.change, {"verb": verb}, name=verb)
        for verb in ("pause", "wake", "delete")
    ),
    path("feeds/", feeds.addresses, name="feeds"),
    *(path(f"feeds/<str:secret>/{kind}", feeds.feed, {"kind": kind}, name=f"feed-{kind}") for kind in ("rss", "atom")),
    path("feeds/<str:secret>/calendar.ics", feeds.calendar, name="calendar"),
    path("webhooks/", webhooks.webhooks, name="webhooks"),
    path("webhooks/<uuid:webhook_id>/", webhooks.webhook, name="webhook"),
    path("webhooks/<uuid:webhook_id>/messages/<uuid:dispatch_id>/replay", webhooks.replay, name="webhook-replay"),
    *(
        path(f"webhooks/<uuid:webhook_id>/{verb}", webhooks.switch, {"verb": verb}, name=f"webhook-{verb}")
        for verb in ("pause", "wake", "try", "remove")
    ),
    path("read", inbox.read, name="read"),
    path("<uuid:notice_id>/", inbox.open_notice, name="open"),
]
