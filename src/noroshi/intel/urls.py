"""Addresses of the intel room."""

from django.urls import path

from noroshi.intel.views import collections, feeds, pushes, triage

app_name = "intel"

urlpatterns = [
    path("", triage.parcels, name="parcels"),
    path("send", triage.send, name="send"),
    path("collections/", collections.collections, name="collections"),
    path("parcels/<uuid:parcel_id>/", triage.parcel, name="parcel"),
    path("parcels/<uuid:parcel_id>/refused", triage.refused, name="refused"),
    path("parcels/<uuid:parcel_id>/replay", triage.replay, name="replay"),
    path("parcels/<uuid:parcel_id>/objects/<int:position>/", triage.stix_object, name="object"),
    path("feeds/", feeds.feeds, name="feeds"),
    path("feeds/add", feeds.add_feed, name="add-feed"),
    path("feeds/<uuid:feed_id>/", feeds.feed, name="feed"),
    path("feeds/<uuid:feed_id>/change", feeds.change_feed, name="change-feed"),
    path("feeds/<uuid:feed_id>/look", feeds.look_at_feed, name="look-at-feed"),
    path("feeds/<uuid:feed_id>/pause", feeds.pause_feed, name="pause-feed"),
    path("feeds/<uuid:feed_id>/remove", feeds.remove_feed, name="remove-feed"),
    path("pushes/", pushes.pushes, name="pushes"),
    path("pushes/add", pushes.add_push, name="add-push"),
    path("pushes/<uuid:push_id>/", pushes.push, name="push"),
    path("pushes/<uuid:push_id>/change", pushes.change_push, name="change-push"),
    path("pushes/<uuid:push_id>/now", pushes.push_now, name="push-now"),
    path("pushes/<uuid:push_id>/again", pushes.push_again, name="push-again"),
    path("pushes/<uuid:push_id>/pause", pushes.pause_push, name="pause-push"),
    path("pushes/<uuid:push_id>/remove", pushes.remove_push, name="remove-push"),
]
