"""The form in which an organisation chooses who reads mail in plain words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.members.models import Organisation, Person
from noroshi.sharing.actions.plain_mail import MAX_CONTACT
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.queries.plain_mail import people_on_offer


class PlainMailForm(BlamingForm):
    """Who gets the mail, and whom they call."""

    people: forms.ModelMultipleChoiceField[Person] = forms.ModelMultipleChoiceField(
        label=_("Who gets the mails"),
        queryset=Person.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Whoever is missing needs an account here, but need not sign in to read these mails."),
    )
    contact = forms.CharField(
        label=_("Whom they call"),
        max_length=MAX_CONTACT,
        required=False,
        help_text=_("A name and a telephone number: of whoever looks after your systems, for instance."),
    )

    def __init__(self, *args: Any, organisation: Organisation, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["people"].queryset = people_on_offer(organisation)  # type: ignore[attr-defined]
