"""What people fill in in the intel room."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SendForm(forms.Form):
    """A file of STIX to send in."""

    file = forms.FileField(
        label=_("STIX file"),
        help_text=_("STIX 2.1 as JSON: a bundle, an envelope, a list or one object; plain or gzip."),
        max_length=1000,
    )
