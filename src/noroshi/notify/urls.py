"""Addresses of the notify room."""

from django.urls import path

from noroshi.notify import views

app_name = "notify"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("subscriptions", views.subscriptions, name="subscriptions"),
    path("subscriptions/new", views.subscribe, name="subscribe"),
    path("subscriptions/settle", views.settle, name="settle"),
    path("subscriptions/<uuid:subscription_id>/", views.subscription, name="subscription"),
    *(
        path(f"subscriptions/<uuid:subscription_id>/{verb}", views.change, {"verb": verb}, name=verb)
        for verb in ("pause", "wake", "delete")
    ),
    path("read", views.read, name="read"),
    path("<uuid:notice_id>/", views.open_notice, name="open"),
]
