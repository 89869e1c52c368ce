"""How far a call may go, as operators fill it in."""

from ipaddress import ip_network
from typing import TYPE_CHECKING, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.advisories.models import ReturnBox, Source
from noroshi.sharing.forms.audience import BlamingForm

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

MOST_PORT: Final = 65_535
MOST_PORTS: Final = 10


class ReachingForm(BlamingForm):
    """A form with fields `ports` and `networks`."""

    def clean_ports(self) -> tuple[int, ...]:
        """Return the ports."""
        return _ports_in(self.cleaned_data["ports"])

    def clean_networks(self) -> tuple[str, ...]:
        """Return the networks."""
        return _networks_in(self.cleaned_data["networks"])


def shown_reach(row: Source | ReturnBox) -> dict[str, str]:
    """Return what a row has in these fields, as it is typed."""
    return {name: ", ".join(map(str, getattr(row, name))) for name in ("ports", "networks")}


def secret_field(label: "StrOrPromise") -> forms.CharField:
    """Return the field of what opens the place that is reached; what is known of it is not shown."""
    return forms.CharField(
        label=label,
        max_length=1000,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}),
        help_text=gettext_lazy("It is stored encrypted and never shown again. Empty: the one that is known."),
    )


def _ports_in(text: str) -> tuple[int, ...]:
    """Return the ports that are typed. Raises ValidationError."""
    parts = _parted(text)
    known = all(part.isascii() and part.isdigit() and 0 < int(part) <= MOST_PORT for part in parts)
    if not known or len(parts) > MOST_PORTS:
        raise forms.ValidationError(_("Give ports as in 8080, 8443."))
    return tuple(map(int, parts))


def _networks_in(text: str) -> tuple[str, ...]:
    """Return the networks that are typed. Raises ValidationError."""
    try:
        return tuple(str(ip_network(part)) for part in _parted(text))
    except ValueError as error:
        raise forms.ValidationError(_("Give networks as in 10.1.2.0/24.")) from error


def _parted(text: str) -> list[str]:
    return [part for part in text.replace(",", " ").split() if part]
