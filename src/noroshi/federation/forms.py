"""Forms of the federation room: they hold what a person typed; the actions judge it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass
from noroshi.federation.models import PeerKind
from noroshi.members.forms import ActionForm
from noroshi.members.models import Organisation
from noroshi.members.queries import organisations_for


class InviteForm(ActionForm):
    """Whom to invite: the node of a member, or another hub by its name."""

    kind = forms.ChoiceField(
        label=_("With"), choices=[(PeerKind.NODE, PeerKind.NODE.label), (PeerKind.PARTNER, PeerKind.PARTNER.label)]
    )
    organisation: forms.ModelChoiceField[Organisation] = forms.ModelChoiceField(
        label=_("Of this member"), queryset=None, required=False, help_text=_("For a member's node.")
    )
    name = forms.CharField(
        label=_("Name of the other hub"), max_length=200, required=False, help_text=_("For another hub.")
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        members = organisations_for(actor).exclude(membership__in=(MembershipClass.HUB, MembershipClass.SUPERVISOR))
        self.fields["organisation"].queryset = members  # type: ignore[attr-defined]


class PairForm(ActionForm):
    """A code that the other side showed."""

    url = forms.CharField(
        label=_("Address of the other side"), max_length=2000, help_text=_("It begins with https://.")
    )
    code = forms.CharField(label=_("Code"), max_length=100, help_text=_("As the other side shows it, once."))
