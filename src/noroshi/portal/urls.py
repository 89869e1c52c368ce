"""Addresses of the portal."""

from django.urls import path

from noroshi.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("home/acknowledgements", views.acknowledgements, name="acknowledgements"),
    path("search", views.search, name="search"),
    path("why/<uuid:signal_id>/", views.why, name="why"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/check", views.check_ledger, name="ledger-check"),
]
