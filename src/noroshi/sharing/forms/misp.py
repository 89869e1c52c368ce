"""The form of a feed of MISP to follow."""

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.sharing.forms.audience import BlamingForm


class MispFeedForm(BlamingForm):
    """Where the feed is, and what it asks for."""

    label = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(
        label=_("URL"),
        max_length=2_000,
        help_text=_("The https address of the folder in which manifest.json lies."),
    )
    authorization = forms.CharField(
        label=_("Authorization"),
        max_length=500,
        required=False,
        help_text=_("The header of that name, where the feed asks for one: for example Bearer and a token."),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )
