"""The addresses of the installation: each room has its own."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from noroshi.advisories.views import csaf
from noroshi.kit import health
from noroshi.site import api

urlpatterns = [
    path("", include("noroshi.portal.urls")),
    path("signals/", include("noroshi.sharing.urls")),
    path("outputs/", include("noroshi.sharing.output_urls")),
    path("misp/", include("noroshi.sharing.misp_urls")),
    path("advisories/", include("noroshi.advisories.urls")),
    path("bulletins/", include("noroshi.advisories.bulletin_urls")),
    path("explainers/", include("noroshi.advisories.explainer_urls")),
    path("csaf/", include("noroshi.advisories.csaf_urls")),
    path("magazine/", include("noroshi.advisories.magazine_urls")),
    path("inquiries/", include("noroshi.advisories.inquiry_urls")),
    path(".well-known/csaf/provider-metadata.json", csaf.metadata),
    path("hunting/", include("noroshi.hunting.urls")),
    path("intel/", include("noroshi.intel.urls")),
    path("inbox/", include("noroshi.notify.urls")),
    path("federation/", include("noroshi.federation.urls")),
    path("members/", include("noroshi.members.urls")),
    path("api/v1/", api.urls()),
    path("taxii2/", include("noroshi.intel.taxii_urls")),
    path("account/", include("noroshi.members.account_urls")),
    path("language/", login_not_required(set_language), name="set_language"),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]

handler400 = "noroshi.kit.errors.bad_request"
handler403 = "noroshi.kit.errors.forbidden"
handler404 = "noroshi.kit.errors.not_found"
handler500 = "noroshi.kit.errors.server_error"
