"""How far a call may go, as operators fill it in."""

from ipaddress import ip_network
from typing import Final

from django import forms
from django.utils.translation import gettext as _

MOST_PORT: Final = 65_535
MOST_PORTS: Final = 10


def ports_in(text: str) -> tuple[int, ...]:
    """Return the ports that are typed. Raises ValidationError."""
    parts = _parted(text)
    known = all(part.isascii() and part.isdigit() and 0 < int(part) <= MOST_PORT for part in parts)
    if not known or len(parts) > MOST_PORTS:
        raise forms.ValidationError(_("Give ports as in 8080, 8443."))
    return tuple(map(int, parts))


def networks_in(text: str) -> tuple[str, ...]:
    """Return the networks that are typed. Raises ValidationError."""
    try:
        return tuple(str(ip_network(part)) for part in _parted(text))
    except ValueError as error:
        raise forms.ValidationError(_("Give networks as in 10.1.2.0/24.")) from error


def _parted(text: str) -> list[str]:
    return [part for part in text.replace(",", " ").split() if part]
