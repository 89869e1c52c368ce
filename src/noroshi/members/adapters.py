"""How sign-in (allauth) fits this house: accounts come from invitations and administrators, never from the street."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Nobody signs up by oneself."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Accounts are made from invitations."""
        del request
        return False


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """An outside identity opens the account of the same mail address; it never makes one."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Accounts are made from invitations."""
        del request, sociallogin
        return False


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors."""
