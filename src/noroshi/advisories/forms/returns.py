"""What operators fill in about the mailbox to which mail of the magazine comes back."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import ReturnBoxSaid
from noroshi.advisories.forms.reach import ReachingForm, secret_field, shown_reach
from noroshi.advisories.models import ReturnBox


class ReturnBoxForm(ReachingForm):
    """Where the mailbox is, and how often it is read."""

    url = forms.CharField(
        label=_("Mailbox"),
        max_length=2000,
        help_text=_("As in imaps://bounces@mail.example.com/INBOX; an @ in the user's name is written %40."),
    )
    secret = secret_field(_("Password"))
    minutes = forms.IntegerField(label=_("Every so many minutes"), min_value=1, max_value=1_440, initial=5)
    ports = forms.CharField(
        label=_("Ports"), max_length=100, required=False, help_text=_("Open besides 993, as in 10993.")
    )
    networks = forms.CharField(
        label=_("Networks inside"),
        max_length=500,
        required=False,
        help_text=_("Open to this mailbox alone, as in 10.1.2.0/24. Empty: public addresses only."),
    )

    def __init__(self, data: Any = None, *, row: ReturnBox | None = None) -> None:
        super().__init__(data, initial=_initial(row))

    def said(self) -> ReturnBoxSaid:
        """Return what a valid form says."""
        return ReturnBoxSaid(**self.cleaned_data)


def _initial(row: ReturnBox | None) -> dict[str, Any]:
    return {"url": row.url, "minutes": row.minutes, **shown_reach(row)} if row is not None else {}
