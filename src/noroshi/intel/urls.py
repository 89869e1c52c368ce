"""Addresses of the intel room."""

from django.urls import path

from noroshi.intel.views import triage

app_name = "intel"

urlpatterns = [
    path("", triage.parcels, name="parcels"),
    path("send", triage.send, name="send"),
    path("parcels/<uuid:parcel_id>/", triage.parcel, name="parcel"),
    path("parcels/<uuid:parcel_id>/refused", triage.refused, name="refused"),
    path("parcels/<uuid:parcel_id>/replay", triage.replay, name="replay"),
    path("parcels/<uuid:parcel_id>/objects/<int:position>/", triage.stix_object, name="object"),
]
