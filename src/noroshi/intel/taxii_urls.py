"""Addresses of the TAXII 2.1 server, at the root of the installation (TAXII 2.1, 8.2.1): each ends in a slash."""

from django.urls import include, path

from noroshi.intel.views import taxii

_collection = [
    path("", taxii.endpoint(GET=taxii.one_collection), name="taxii-collection"),
    path("manifest/", taxii.endpoint(GET=taxii.manifest)),
    path("objects/", taxii.endpoint(GET=taxii.objects, POST=taxii.add_objects)),
    path("objects/<str:stix_id>/", taxii.endpoint(GET=taxii.stix_object, DELETE=taxii.delete_object)),
    path("objects/<str:stix_id>/versions/", taxii.endpoint(GET=taxii.versions)),
]

urlpatterns = [
    path("", taxii.endpoint(GET=taxii.discovery), name="taxii-discovery"),
    path("root/", taxii.endpoint(GET=taxii.api_root), name="taxii-root"),
    path("root/status/<uuid:status_id>/", taxii.endpoint(GET=taxii.status)),
    path("root/collections/", taxii.endpoint(GET=taxii.collections)),
    path("root/collections/<str:collection>/", include(_collection)),
]
