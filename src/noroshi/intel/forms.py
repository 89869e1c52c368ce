"""What people fill in in the intel room."""

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.errors import InvalidInput
from noroshi.intel.actions import FeedSaid, PushSaid
from noroshi.intel.models import FeedAuth, Remote, Whose
from noroshi.intel.queries import Collection


class SendForm(forms.Form):
    """A file of STIX to send in."""

    file = forms.FileField(
        label=_("STIX file"),
        help_text=_("STIX 2.1 as JSON: a bundle, an envelope, a list or one object; plain or gzip."),
        max_length=1000,
    )


class RemoteForm(forms.Form):
    """A collection of a TAXII server, and how it knows the organisation."""

    title = forms.CharField(label=_("Name"), max_length=100)
    api_root = forms.CharField(
        label=_("API root"), max_length=1000, help_text=_("As in https://taxii.partner.example/api1/")
    )
    collection = forms.CharField(label=_("Collection"), max_length=100, help_text=_("Its identifier or alias."))
    auth = forms.ChoiceField(label=_("How the server knows you"), choices=FeedAuth.choices)
    username = forms.CharField(label=_("User name"), max_length=200, required=False)
    secret = forms.CharField(
        label=_("Password, token, or certificate with its key (PEM)"),
        help_text=_("It is stored encrypted and never shown again. Empty: the one that is known."),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false", "class": "mono"}),
    )
    minutes = forms.IntegerField(label=_("Every so many minutes"), min_value=5, max_value=10_080, initial=60)

    @classmethod
    def of(cls, data: Mapping[str, Any] | None, known: Remote | None, **options: Any) -> Self:
        """Return the form of what is known of a server; its secret is not shown."""
        shown = [name for name in cls.base_fields if name != "secret"]
        return cls(data, initial={name: getattr(known, name) for name in shown} if known else None, **options)

    def blame(self, error: InvalidInput) -> None:
        """Show a refusal at the field that it names."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class FeedForm(RemoteForm):
    """A collection that is read."""

    def said(self) -> FeedSaid:
        """Return what a valid form says."""
        return FeedSaid(**self.cleaned_data)


class PushForm(RemoteForm):
    """A collection into which something is sent, and what."""

    view = forms.ChoiceField(label=_("What is sent"), help_text=_("One of your organisation's collections."))
    whose = forms.ChoiceField(
        label=_("Whose system it is"),
        choices=Whose.choices,
        initial=Whose.OWN,
        widget=forms.RadioSelect,
        help_text=_(
            "To your organisation's own system goes what it could poll: up to TLP:AMBER. To anybody else goes "
            "TLP:CLEAR alone."
        ),
    )
    field_order = ("title", "view", "whose")

    def __init__(self, *args: Any, views: Iterable[Collection], **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["view"]
        chosen.choices = [(str(view.id), view.title) for view in views]

    def said(self) -> PushSaid:
        """Return what a valid form says."""
        return PushSaid(**self.cleaned_data)
