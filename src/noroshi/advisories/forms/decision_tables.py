"""What is typed about decision tables."""

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import MOST_TABLE_BYTES
from noroshi.sharing.forms.audience import BlamingForm


class TableForm(BlamingForm):
    """A version of an own table."""

    name = forms.CharField(label=_("Name of the table"), max_length=60)
    version = forms.CharField(
        label=_("Version"),
        max_length=30,
        help_text=_("A version by which tasks were decided never changes: what is new gets a new one."),
    )
    file = forms.FileField(label=_("File"), max_length=1000, help_text=_("CSV or JSON in UTF-8."))

    def body(self) -> bytes:
        """Return the bytes of the file, no more of them than are read."""
        read: bytes = self.cleaned_data["file"].read(MOST_TABLE_BYTES + 1)
        return read
