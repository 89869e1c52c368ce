"""The form of an address to which somebody mails drafts."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.members.models import Group
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.queries import groups_on_offer


class MailAddressForm(BlamingForm):
    """For whom the drafts are to be."""

    group = forms.ModelChoiceField(
        label=_("Drafts are for"), queryset=Group.objects.none(), required=False, empty_label=_("The whole community")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups_on_offer(actor)  # type: ignore[attr-defined]
