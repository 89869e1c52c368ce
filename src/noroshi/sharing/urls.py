"""Addresses of the sharing room."""

from django.urls import path

from noroshi.sharing import views

app_name = "sharing"

urlpatterns = [
    path("", views.signal_list, name="list"),
    path("withdrawn", views.withdrawn_list, name="withdrawn"),
    path("new", views.compose, name="compose"),
    path("preview", views.preview, name="preview"),
    path("drafts", views.drafts, name="drafts"),
    path("release", views.release_queue, name="release-queue"),
    path("<uuid:signal_id>/", views.detail, name="detail"),
    path("<uuid:signal_id>/edit", views.edit, name="edit"),
    path("<uuid:signal_id>/review", views.review, name="review"),
    path("<uuid:signal_id>/amend", views.amend, name="amend"),
    path("<uuid:signal_id>/unmask", views.unmask, name="unmask"),
    path("<uuid:signal_id>/<slug:verb>", views.act, name="act"),
]
