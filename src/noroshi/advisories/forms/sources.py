"""What operators fill in about sources."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Self

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import LONGEST_EDITED, SourceSaid
from noroshi.advisories.domain.presets import Preset
from noroshi.advisories.domain.records import Language
from noroshi.advisories.forms.reach import ReachingForm, secret_field, shown_reach
from noroshi.advisories.models import Source
from noroshi.advisories.queries import categories_on_offer
from noroshi.advisories.source_wording import KINDS


class SourceForm(ReachingForm):
    """A source: where it is, how it is read, how often it is asked."""

    name = forms.CharField(label=_("Name"), max_length=100)
    kind = forms.ChoiceField(label=_("Kind"), choices=[(kind.value, text) for kind, text in KINDS.items()])
    url = forms.CharField(
        label=_("Web address"),
        max_length=2000,
        required=False,
        help_text=_(
            "http or https, to a public host; a mailbox as in imaps://user@mail.example.com/INBOX, its password below."
            " Empty: only files are read into it."
        ),
    )
    minutes = forms.IntegerField(label=_("Every so many minutes"), min_value=5, max_value=44_640, initial=60)
    rhythm_hours = forms.IntegerField(
        label=_("Hours without anything new at most"),
        min_value=0,
        max_value=8_760,
        initial=0,
        help_text=_("After these it is called late. 0: nobody can say."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        required=False,
        choices=[("", _("Not known")), (Language.JA.value, _("Japanese")), (Language.EN.value, _("English"))],
    )
    zone = forms.CharField(
        label=_("Time zone"), max_length=60, initial="UTC", help_text=_("Of dates that name none, as in Asia/Tokyo.")
    )
    category = forms.ChoiceField(label=_("Usual category"), required=False)
    terms = forms.CharField(
        label=_("Licence or terms"), max_length=500, required=False, help_text=_("Or the address where they are.")
    )
    selector = forms.CharField(
        label=_("CSS selector"),
        max_length=200,
        required=False,
        help_text=_("Of a web page without a feed: of the links that are its items."),
    )
    secret = secret_field(_("Key"))
    most_mb = forms.IntegerField(label=_("Largest answer, in MB"), min_value=1, max_value=4_000, initial=20)
    gap_seconds = forms.IntegerField(
        label=_("Seconds between two questions"), min_value=0, max_value=600, initial=2, help_text=_("To its host.")
    )
    ports = forms.CharField(
        label=_("Ports"), max_length=100, required=False, help_text=_("Open besides 80 and 443, as in 8080, 8443.")
    )
    networks = forms.CharField(
        label=_("Networks inside"),
        max_length=500,
        required=False,
        help_text=_("Open to this source alone, as in 10.1.2.0/24. Empty: public addresses only."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        chosen: Any = self.fields["category"]
        chosen.choices = [("", "–"), *((row.series, str(row)) for row in categories_on_offer())]

    @classmethod
    def of(cls, data: Mapping[str, Any] | None, known: Source | None, preset: Preset | None) -> Self:
        """Return the form of a source, or of what one begins with; a key is not shown."""
        if known is not None:
            initial = {name: getattr(known, name) for name in cls.base_fields if name != "secret"}
            initial |= shown_reach(known)
        else:
            initial = asdict(preset) if preset else {}
        return cls(data, initial=initial)

    def said(self) -> SourceSaid:
        """Return what a valid form says."""
        return SourceSaid(**self.cleaned_data)


class BackFillForm(forms.Form):
    """What a source missed: a file of it, or the day from which it is asked again."""

    file = forms.FileField(
        label=_("File"),
        required=False,
        max_length=1000,
        help_text=_("As the source sends it; plain, gzip, zip or tar. Larger ones: noroshi advisories load."),
    )
    since = forms.DateField(label=_("Ask again from"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, has_pages: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not has_pages:
            del self.fields["since"]

    def clean(self) -> dict[str, Any]:
        """Ask for one of them."""
        said = {name: value for name, value in self.cleaned_data.items() if value}
        if not said and not self.errors:
            raise forms.ValidationError(gettext("Give a file or a day."))
        return said


class LetterForm(forms.Form):
    """A document that could not be read, to be mended."""

    text = forms.CharField(
        label=_("What came"),
        max_length=LONGEST_EDITED,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "mono"}),
    )
