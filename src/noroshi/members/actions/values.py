"""Checks of the values that verbs are given."""

from typing import TypeVar

from django.core.exceptions import ValidationError
from django.core.validators import validate_email, validate_slug
from django.db.models import Choices
from django.utils.translation import gettext as _

from noroshi.core.errors import InvalidInput

C = TypeVar("C", bound=Choices)

LONGEST_ADDRESS = 254


def address(email: str) -> str:
    """Return a mail address as it is stored: lower case. Raise InvalidInput on what is none."""
    lowered = email.strip().lower()
    try:
        validate_email(lowered)
    except ValidationError:
        raise InvalidInput("email", _("This is not a mail address.")) from None
    if len(lowered) > LONGEST_ADDRESS:
        raise InvalidInput("email", _("This is not a mail address."))
    return lowered


def short_name(slug: str, longest: int = 60) -> str:
    """Return a slug; raise InvalidInput on other characters than letters, digits, hyphen and underscore."""
    try:
        validate_slug(slug)
    except ValidationError:
        raise InvalidInput("slug", _("A short name has letters, digits, hyphens and underscores only.")) from None
    return text("slug", slug, longest)


def text(field: str, value: str, longest: int) -> str:
    """Return a line of text without blanks around it; raise InvalidInput if it is empty or too long."""
    stripped = value.strip()
    if not stripped:
        raise InvalidInput(field, _("This may not be empty."))
    if len(stripped) > longest:
        raise InvalidInput(field, _("This may have %(number)d characters at most.") % {"number": longest})
    return stripped


def at_most(field: str, value: str, longest: int) -> str:
    """Return a text without blanks around it, which may be empty; raise InvalidInput if it is too long."""
    return text(field, value, longest) if value.strip() else ""


def choice(field: str, value: str, choices: type[C]) -> C:
    """Return the member of `choices` that `value` names; raise InvalidInput if there is none."""
    try:
        return choices(value)
    except ValueError:
        known = ", ".join(str(known) for known in choices.values)
        raise InvalidInput(field, _("Choose one of: %(known)s.") % {"known": known}) from None
