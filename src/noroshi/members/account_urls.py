"""Addresses of sign-in: allauth's, without the doors by which accounts would be made or renamed from outside.

The closed addresses keep their names, which allauth's pages ask for.
"""

from typing import Any, NoReturn

from django.urls import include, path

from noroshi.core.errors import NotFound


def closed(_request: Any, **_parts: str) -> NoReturn:
    """Answer 404: accounts come from invitations, and the mail address is the account."""
    raise NotFound


urlpatterns = [
    path("signup/", closed, name="account_signup"),
    path("email/", closed, name="account_email"),
    path("confirm-email/", closed, name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", closed, name="account_confirm_email"),
    path("3rdparty/", closed, name="socialaccount_connections"),
    path("3rdparty/signup/", closed, name="socialaccount_signup"),
    path("", include("allauth.urls")),
]
