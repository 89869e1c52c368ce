"""Addresses of MISP: the feeds that this installation serves, and the page of those that it follows."""

from django.urls import path

from noroshi.sharing import views

app_name = "misp"

urlpatterns = [
    path("", views.misp_feeds, name="feeds"),
    path("feeds/<uuid:misp_feed_id>/<slug:verb>", views.misp_feed_verb, name="feed-verb"),
    path("<slug:collection>/manifest.json", views.misp_manifest, name="manifest"),
    path("<slug:collection>/hashes.csv", views.misp_hashes, name="hashes"),
    path("<slug:collection>/<uuid:signal_id>.json", views.misp_event, name="event"),
]
