"""Addresses of the notify room."""

from django.urls import path

from noroshi.notify import views

app_name = "notify"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("rules", views.rules, name="rules"),
    path("read", views.read, name="read"),
    path("<uuid:notice_id>/", views.open_notice, name="open"),
]
