"""Addresses of the federation room."""

from django.urls import path

from noroshi.federation import views

app_name = "federation"

urlpatterns = [
    path("", views.peers, name="peers"),
    path("pair", views.pair, name="pair"),
    path("v1/pair", views.introduce, name="introduce"),
    path("v1/exchange", views.exchange, name="exchange"),
    path("<uuid:peer_id>/", views.peer, name="peer"),
    path("<uuid:peer_id>/arrivals", views.arrivals, name="arrivals"),
    *(
        path(f"<uuid:peer_id>/{verb}", views.switch, {"verb": verb}, name=verb)
        for verb in ("cut", "retry", "community")
    ),
]
