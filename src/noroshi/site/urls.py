"""The addresses of the installation: each room has its own."""

from django.urls import include, path

from noroshi.kit import health

urlpatterns = [
    path("", include("noroshi.portal.urls")),
    path("signals/", include("noroshi.sharing.urls")),
    path("hunting/", include("noroshi.hunting.urls")),
    path("inbox/", include("noroshi.notify.urls")),
    path("members/", include("noroshi.members.urls")),
    path("account/", include("allauth.urls")),
    path("language/", include("django.conf.urls.i18n")),
    path("healthz", health.alive),
    path("readyz", health.ready),
    path("metrics", health.metrics),
]

handler400 = "noroshi.kit.errors.bad_request"
handler403 = "noroshi.kit.errors.forbidden"
handler404 = "noroshi.kit.errors.not_found"
handler500 = "noroshi.kit.errors.server_error"
