"""The form that invites a guest."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core import clock
from noroshi.sharing.forms.audience import BlamingForm


class GuestForm(BlamingForm):
    """Somebody to invite to one signal, by the exact mail address; the day named is the last."""

    email = forms.EmailField(label=_("Mail address"), max_length=254)
    until = forms.DateField(
        label=_("Until the end of"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def clean_until(self) -> datetime | None:
        """Turn the last day into the moment it ends, in the installation's time."""
        day: Any = self.cleaned_data["until"]
        if day is None:
            return None
        return clock.midnight(day + timedelta(days=1))
