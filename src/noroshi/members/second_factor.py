"""The forms that ask for a code: one opens once, for as long as it could open anything (RFC 6238, section 5.2)."""

from typing import Any, Final

from allauth.mfa.adapter import get_adapter
from allauth.mfa.app_settings import TOTP_PERIOD, TOTP_TOLERANCE
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from django.core.cache import cache

LIFE: Final = TOTP_PERIOD * (2 * TOTP_TOLERANCE + 1)
"""Seconds in which a code is accepted: its own step and those around it. allauth remembers it for one step alone."""


class _OnceMixin:
    """Refuses a code that has opened something, though its time is not over."""

    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def clean_code(self) -> str:
        """Return the code that is right and new."""
        code: str = super().clean_code()  # type: ignore[misc] # of the form that it is mixed into
        totp = self.authenticator.type == Authenticator.Type.TOTP
        if totp and not cache.add(f"members.code-used:{self.authenticator.pk}:{code}", "y", timeout=LIFE):
            raise get_adapter().validation_error("incorrect_code")
        return code


class SignInCodeForm(_OnceMixin, AuthenticateForm):  # type: ignore[misc] # allauth has no types
    """Asks for the code after the password."""


class AgainCodeForm(_OnceMixin, ReauthenticateForm):  # type: ignore[misc] # allauth has no types
    """Asks for a code again before what is sensitive."""
