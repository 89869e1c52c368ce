"""Addresses of the hunting room."""

from django.urls import path

from noroshi.hunting import views

app_name = "hunting"

urlpatterns = [
    path("", views.hits, name="hits"),
    path("hits/<uuid:hit_id>/", views.hit, name="hit"),
    path("hits/<uuid:hit_id>/events", views.hit_events, name="hit-events"),
    path("signals/<uuid:signal_id>/", views.signal, name="signal"),
    path("searches/", views.searches, name="searches"),
    path("searches/new", views.new_search, name="new-search"),
    path("searches/<uuid:hunt_id>/", views.search, name="search"),
    path("lake/", views.lake, name="lake"),
    path("lake/send", views.send_log, name="send-log"),
    path("lake/files/<uuid:file_id>/", views.log_file, name="log-file"),
    path("lake/quarantine/<str:source>/", views.quarantine, name="quarantine"),
]
