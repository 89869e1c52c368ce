"""What is typed about inventories and tasks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.inventory.texts import MOST_BYTES
from noroshi.advisories.domain.vex import MOST_BYTES as MOST_VEX_BYTES
from noroshi.sharing.forms.audience import BlamingForm


class InventoryForm(BlamingForm):
    """A list of what an organisation runs."""

    name = forms.CharField(
        label=_("Name of the list"),
        max_length=100,
        help_text=_("Read in again by the same name, it takes the place of the one before."),
    )
    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        max_length=1000,
        help_text=_(
            "CSV with headings in Japanese or English, CycloneDX, SPDX, or what dpkg, rpm, pip, npm or Windows list."
        ),
    )

    def body(self) -> bytes:
        """Return the bytes of the file, no more of them than are read."""
        read: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return read


class VexForm(BlamingForm):
    """A VEX document."""

    file = forms.FileField(
        label=_("VEX document"), max_length=1000, help_text=_("CSAF, CycloneDX or OpenVEX, as JSON.")
    )

    def body(self) -> bytes:
        """Return the bytes of the file, no more of them than are read."""
        read: bytes = self.cleaned_data["file"].read(MOST_VEX_BYTES + 1)
        return read


class DecisionForm(BlamingForm):
    """Why, and until when where that is asked."""

    reason = forms.CharField(label=_("Why"), max_length=400, required=False)
    until = forms.DateField(
        label=_("Until the day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def said(self) -> dict[str, Any]:
        """Return what was typed."""
        return dict(self.cleaned_data)
