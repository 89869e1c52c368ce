"""Addresses of sources and of what was read of them."""

from django.urls import path

from noroshi.advisories.views import sources, vulnerabilities

app_name = "advisories"

urlpatterns = [
    path("vulnerabilities/", vulnerabilities.vulnerability_list, name="vulnerabilities"),
    path("catalogues/", vulnerabilities.catalogue_changes, name="catalogue-changes"),
    path("vulnerabilities/<uuid:vulnerability_id>/", vulnerabilities.vulnerability_detail, name="vulnerability"),
    path("sources/", sources.sources, name="sources"),
    path("sources/add", sources.add_source, name="add-source"),
    path("sources/<uuid:source_id>/", sources.source, name="source"),
    path("sources/<uuid:source_id>/change", sources.change_source, name="change-source"),
    path("sources/<uuid:source_id>/switch", sources.switch_source, name="switch-source"),
    path("sources/<uuid:source_id>/now", sources.ask_now, name="ask-now"),
    path("sources/<uuid:source_id>/settle", sources.settle_source, name="settle-source"),
    path("sources/<uuid:source_id>/back-fill", sources.back_fill, name="back-fill"),
    path("sources/<uuid:source_id>/items/", sources.items, name="items"),
    path("items/<uuid:item_id>/", sources.item, name="item"),
    path("fetches/<uuid:fetch_id>/replay", sources.replay_fetch, name="replay-fetch"),
    path("letters/", sources.letters, name="letters"),
    path("letters/<uuid:letter_id>/", sources.letter, name="letter"),
]
