"""Addresses of bulletins as CSAF documents."""

from django.urls import path, register_converter

from noroshi.advisories.views import csaf as views

app_name = "csaf"


class FileName:
    """What a document's file is called (CSAF 2.0, 5.1)."""

    regex = r"[+\-_a-z0-9]{1,60}\.json"

    def to_python(self, value: str) -> str:
        """Return it as it is."""
        return value

    def to_url(self, value: str) -> str:
        """Return it as it is."""
        return value


register_converter(FileName, "csaf_file")

urlpatterns = [
    path("provider-metadata.json", views.metadata, name="metadata"),
    path("feed-tlp-<slug:label>.json", views.feed, name="feed"),
    path("<int:year>/<csaf_file:file_name>", views.document, name="document"),
    path("<int:year>/<csaf_file:file_name>.sha512", views.document_hash, name="hash"),
]
