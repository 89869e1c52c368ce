"""How sign-in (allauth) fits this house: accounts come from invitations and administrators, never from the street."""

import re
import time
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.app_settings import REAUTHENTICATION_TIMEOUT
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from noroshi.kit.sealing import opened, sealed
from noroshi.members.middleware import SET_UP, lacks_second_factor

_XML_DECLARATION: Final = re.compile(r"^<\?xml[^>]*\?>\s*")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made from invitations."""
        del request
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Lead whoever lacks a second factor to its set-up, and everybody else home."""
        home: str = super().get_login_redirect_url(request)
        return reverse(SET_UP) if lacks_second_factor(request) else home

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Ask for the password again before what is sensitive; not of a newcomer who has just typed it.

        Without a second factor nothing but its set-up is open, so the sign-in a moment ago is proof enough.
        """
        if lacks_second_factor(self.request) and _has_just_signed_in(self.request):
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))


def _has_just_signed_in(request: HttpRequest) -> bool:
    records = get_authentication_records(request, request.user)
    return bool(records) and time.time() - records[-1]["at"] < REAUTHENTICATION_TIMEOUT


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An outside identity opens the account of the same mail address; it never makes one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Accounts are made from invitations."""
        del request, sociallogin
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors: their secrets are encrypted in the database, and the QR code is inline SVG."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret under the installation's key: a stolen database alone opens no account."""
        return sealed("second factors", text.encode())

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret."""
        return opened("second factors", encrypted_text).decode()

    def build_totp_svg(self, url: str) -> SafeString:
        """Return the QR code as an element: the content security policy allows no `data:` image."""
        return mark_safe(_XML_DECLARATION.sub("", super().build_totp_svg(url)))  # noqa: S308 - drawn here, holds no text
