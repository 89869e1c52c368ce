"""Forms of the release desk and of what readers answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.actor import Actor
from noroshi.sharing.actions.inquiries import MAX_INQUIRY, MAX_TITLE_OF_REQUEST
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.models import CannedRequest, RelationKind, Signal, StanceKind
from noroshi.sharing.queries import named_by, requests_on_offer


def _area(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(label=label, widget=forms.Textarea(attrs={"rows": 3, "maxlength": MAX_INQUIRY}), **options)


class SeenForm(BlamingForm):
    """Whether those who see the signal may know which organisation saw it too."""

    named = forms.BooleanField(required=False)


class StanceForm(BlamingForm):
    """Where the organisation stands; the button that is pressed says which."""

    kind = forms.ChoiceField(choices=StanceKind.choices)
    named = forms.BooleanField(
        label=gettext_lazy("Name our organisation to everybody who sees this signal"), required=False
    )


class HubForm(BlamingForm):
    """Which other hub is meant; the button that is pressed says it."""

    hub = forms.UUIDField()


class AskForm(BlamingForm):
    """What the hub asks: one of its requests, own words, or both."""

    request = forms.ModelChoiceField(
        label=gettext_lazy("Request"),
        queryset=CannedRequest.objects.none(),
        required=False,
        empty_label=gettext_lazy("in own words"),
    )
    text = _area(gettext_lazy("In own words"), required=False)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chooser: Any = self.fields["request"]
        chooser.queryset = requests_on_offer()


class ExplainForm(BlamingForm):
    """What the author answers the hub."""

    text = _area(gettext_lazy("Answer"))


class RelateForm(BlamingForm):
    """Another signal, by its address, and how the two belong together."""

    other = forms.CharField(label=gettext_lazy("Address of the other signal"), max_length=300)
    kind = forms.ChoiceField(label=gettext_lazy("The later one is"), choices=RelationKind.choices, required=False)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor = actor

    def clean_other(self) -> Signal:
        """Return the signal, as far as the reader sees it."""
        found = named_by(self.actor, self.cleaned_data["other"])
        if found is None:
            raise forms.ValidationError(_("Give the address of another signal that you see."))
        return found


class RequestForm(BlamingForm):
    """A request that the hub asks again and again."""

    title_ja = forms.CharField(label=gettext_lazy("Title in Japanese"), max_length=MAX_TITLE_OF_REQUEST)
    text_ja = _area(gettext_lazy("Text in Japanese"))
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=MAX_TITLE_OF_REQUEST)
    text_en = _area(gettext_lazy("Text in English"))
