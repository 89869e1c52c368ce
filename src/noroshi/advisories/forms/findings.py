"""What is typed about findings of configuration checks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.findings import MOST_BYTES, Unreadable
from noroshi.advisories.finding_wording import REFUSALS
from noroshi.sharing.forms.audience import BlamingForm


class FindingsForm(BlamingForm):
    """What a tool found."""

    file = forms.FileField(
        label=_("File of findings"),
        max_length=1000,
        allow_empty_file=True,
        help_text=_("OCSF as JSON: what Prowler writes with --output-formats json-ocsf, or one finding a line."),
    )
    is_whole = forms.BooleanField(
        label=_("It is the whole scan of its accounts"),
        required=False,
        initial=True,
        help_text=_("What an earlier scan of the same account found and this one does not name is closed."),
    )

    def clean_file(self) -> Any:
        """Refuse at once what would be refused unread."""
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(str(REFUSALS[Unreadable.TOO_LARGE]))
        return file
