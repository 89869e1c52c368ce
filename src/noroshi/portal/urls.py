"""Addresses of the portal."""

from django.urls import path

from noroshi.portal import views

app_name = "portal"

urlpatterns = [
    path("", views.home, name="home"),
    path("home/acknowledgements", views.acknowledgements, name="acknowledgements"),
    path("search", views.search, name="search"),
    path("search/saved/", views.searches, name="searches"),
    path("search/save", views.save_search, name="search-save"),
    path("search/saved/<uuid:saved_search_id>/", views.saved_search, name="saved-search"),
    path("search/saved/<uuid:saved_search_id>/open", views.open_search, name="search-open"),
    path("search/saved/<uuid:saved_search_id>/delete", views.delete_search, name="search-delete"),
    path("observables/<slug:digest>/", views.value, name="value"),
    path("observables/<slug:digest>/vote", views.vote, name="value-vote"),
    path("observables/<slug:digest>/vote/withdraw", views.withdraw_vote, name="value-vote-withdraw"),
    path("why/<uuid:signal_id>/", views.why, name="why"),
    path("ledger/", views.ledger, name="ledger"),
    path("ledger/check", views.check_ledger, name="ledger-check"),
]
