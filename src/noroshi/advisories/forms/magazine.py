"""What is typed about the mail magazine."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import ListSaid
from noroshi.advisories.domain.addresses import MOST_BYTES
from noroshi.advisories.domain.bulletins import Language
from noroshi.advisories.domain.magazine import CEILINGS, MOST_A_MINUTE
from noroshi.advisories.models import Bulletin, Category, MailingLanguage, MailingList
from noroshi.advisories.queries import categories_on_offer, mailable_bulletins
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.sharing.forms.audience import BlamingForm, several_field

LANGUAGES = ((Language.JA.value, _("Japanese")), (Language.EN.value, _("English")))
MOST_TRIED = 20


class MailingListForm(BlamingForm):
    """A list of addresses, or what becomes of it."""

    slug = forms.SlugField(
        label=_("Name in addresses"), max_length=40, help_text=_("Small letters, digits and hyphens, as in alerts.")
    )
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80)
    about_ja = forms.CharField(
        label=_("What it brings (Japanese)"), max_length=400, required=False, help_text=_("For the page to sign up at.")
    )
    about_en = forms.CharField(label=_("What it brings (English)"), max_length=400, required=False)
    categories: Any = several_field(
        _("Categories of bulletins"), Category.objects.none(), help_text=_("What of these goes out is mailed.")
    )
    ceiling = forms.ChoiceField(
        label=_("Up to which marking"),
        choices=[(level.value, level.label) for level in CEILINGS],
        initial=TLP.CLEAR.value,
        help_text=_("TLP:GREEN: only what is for all members, to addresses that you know belong to them."),
    )
    language = forms.ChoiceField(label=_("Language of the mails"), choices=MailingLanguage.choices)
    is_open = forms.BooleanField(
        label=_("Anybody may sign up"), required=False, help_text=_("On a public page; only up to TLP:CLEAR.")
    )
    per_minute = forms.IntegerField(label=_("Mails a minute at most"), min_value=1, max_value=MOST_A_MINUTE, initial=60)
    is_retired = forms.BooleanField(
        label=_("Nothing new goes to it"),
        required=False,
        help_text=_("New versions and withdrawals of what was mailed still do."),
    )

    def __init__(self, data: Any = None, *, row: MailingList | None = None) -> None:
        super().__init__(data, initial=_initial(row))
        chosen: Any = self.fields["categories"]
        chosen.queryset, chosen.required = categories_on_offer(), True
        self.fields["slug"].disabled = row is not None

    def clean_slug(self) -> str:
        """Return it in small letters."""
        return str(self.cleaned_data["slug"]).lower()

    def said(self) -> ListSaid:
        """Return what a valid form says."""
        return ListSaid(**{**self.cleaned_data, "categories": list(self.cleaned_data["categories"])})


def _initial(row: MailingList | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = [name for name in MailingListForm.base_fields if name != "categories"]
    return {**{name: getattr(row, name) for name in names}, "categories": list(row.categories.all())}


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("How you know that they want it"),
        max_length=400,
        help_text=_("Kept with the address: who asked for it, when and how."),
    )


class SubscriberForm(BlamingForm):
    """An address that an operator puts on a list."""

    address = forms.CharField(label=_("Mail address"), max_length=300)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)
    reason = _reason()
    ask = forms.BooleanField(
        label=_("Ask the address first"),
        required=False,
        help_text=_("It gets a link to confirm by, and nothing else before it has."),
    )


class JoinForm(BlamingForm):
    """An address that somebody puts on lists by its own word."""

    lists: Any = several_field(_("What you want"), MailingList.everything.none())
    address = forms.EmailField(label=_("Mail address"), max_length=300)
    language = forms.ChoiceField(label=_("Language"), choices=LANGUAGES)

    def __init__(self, *args: Any, lists: QuerySet[MailingList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["lists"]
        chosen.queryset, chosen.required = lists, True
        chosen.label_from_instance = lambda row: f"{row}: {row.about}" if row.about else str(row)


class ImportForm(BlamingForm):
    """A file of addresses."""

    file = forms.FileField(
        label=_("File of addresses"),
        allow_empty_file=True,
        max_length=1000,
        help_text=_("CSV: one address a line in the first column, ja or en in the second or nothing."),
    )
    language = forms.ChoiceField(label=_("Language where the file names none"), choices=LANGUAGES)
    reason = _reason()

    def body(self) -> bytes:
        """Return the bytes of the file, no more of them than are read."""
        read: bytes = self.cleaned_data["file"].read(MOST_BYTES + 1)
        return read


class TryForm(BlamingForm):
    """A bulletin in force, to be mailed to oneself."""

    bulletin: Any = forms.ModelChoiceField(label=_("Bulletin to try"), queryset=Bulletin.everything.none())

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = mailable_bulletins(actor)
        self.fields["bulletin"].queryset = rows  # type: ignore[attr-defined]
        self.fields["bulletin"].choices = [  # type: ignore[attr-defined]
            (row.pk, f"{row.reference} {row.title}") for row in rows[:MOST_TRIED]
        ]
