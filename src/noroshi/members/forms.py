"""Forms of the members room: they hold what a person typed; the actions judge it."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.domain.membership import CEILINGS, MembershipClass, Role
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.members.actions.meters import LONGEST_LIFT
from noroshi.members.domain.groups import MAX_CHARTER, Charter, Terms
from noroshi.members.models import ClassChoices, GroupKind, InstitutionKind, Joining, Person, RoleChoices
from noroshi.members.wording import SCOPES

OUTSIDE = frozenset({MembershipClass.SUPERVISOR.value, MembershipClass.VENDOR.value})
TLP_CHOICES = [(level.value, level.label) for level in TLP]


class ActionForm(forms.Form):
    """A form whose values an action judges; what the action refuses is shown at its field."""

    def carry_out(self, verb: Callable[..., Any], **more: Any) -> bool:
        """Call `verb` with the cleaned values; return whether it was done."""
        if not self.is_valid():
            return False
        try:
            self.result = verb(**{**self.cleaned_data, **more})
        except InvalidInput as error:
            self.add_error(error.field if error.field in self.fields else None, error.message)
            return False
        return True


class OrganisationForm(ActionForm):
    """A new organisation."""

    slug = forms.SlugField(label=_("Short name"), max_length=60, help_text=_("Letters, digits, hyphens."))
    name_ja = forms.CharField(label=_("Name in Japanese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind of institution"), choices=InstitutionKind.choices)
    membership = forms.ChoiceField(
        label=_("Class of membership"),
        choices=[choice for choice in ClassChoices.choices if choice[0] != MembershipClass.HUB],
        initial=ClassChoices.REGULAR,
    )


class MembershipForm(ActionForm):
    """Another class for an organisation."""

    membership = OrganisationForm.base_fields["membership"]


def _lines(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
    )


class MarksForm(ActionForm):
    """By what the organisation is known in a text."""

    names = _lines(_("Other names"), _("Short forms, brands, systems: one a line. The registered names are known."))
    domains = _lines(_("Domains"), _("One a line; what lies under them is meant too."))
    ranges = _lines(_("Address ranges"), _("One a line: 198.51.100.0/24"))
    usual_tlp = forms.ChoiceField(
        label=_("Level from which your people start"),
        help_text=_("Whoever shares can choose another."),
        choices=[("", _("as everywhere: TLP:AMBER")), *(pair for pair in TLP_CHOICES if pair[0] != TLP.CLEAR)],
        required=False,
    )


class LiftForm(ActionForm):
    """For how many days an account may do as much as it likes."""

    days = forms.IntegerField(label=_("Days"), min_value=1, max_value=LONGEST_LIFT, initial=1)


class ReasonForm(ActionForm):
    """Why access is taken away; it goes into the ledger."""

    reason = forms.CharField(label=_("Reason"), max_length=400)


class InvitationForm(ActionForm):
    """Somebody to invite; `roles` are those the actor may give."""

    email = forms.EmailField(label=_("Mail address"), max_length=254)
    name = forms.CharField(label=_("Name"), max_length=120)
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("Without a role, a person reads what is for everybody."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, roles: Iterable[Role], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].choices = role_choices(roles)  # type: ignore[attr-defined]


class AcceptanceForm(ActionForm):
    """What an invited person fills in."""

    name = forms.CharField(label=_("Name"), max_length=120)
    language = forms.ChoiceField(label=_("Language"), choices=Person._meta.get_field("language").flatchoices)
    password = forms.CharField(
        label=_("Password"),
        help_text=_("At least 12 characters; a sentence of a few words is best."),
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class ProfileForm(ActionForm):
    """One's own name and language, and whether single keys do something."""

    name = AcceptanceForm.base_fields["name"]
    language = AcceptanceForm.base_fields["language"]
    single_keys = forms.BooleanField(
        label=_("Single keys (/ j k c ?) work on the pages"),
        required=False,
        help_text=_("Turn them off if you speak to the computer, or press keys by mistake."),
    )


class TokenForm(ActionForm):
    """A new token."""

    label = forms.CharField(label=_("Label"), max_length=120, help_text=_("Where it is used."))
    scopes = forms.MultipleChoiceField(label=_("Scopes"), choices=SCOPES, widget=forms.CheckboxSelectMultiple)
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=366, initial=90)
    machine = forms.BooleanField(
        label=_("For a machine of the organisation, not for me"),
        required=False,
    )
    certificate = forms.CharField(
        label=_("Client certificate of that machine"),
        max_length=200,
        required=False,
        help_text=_("SHA-256 fingerprint. Whoever shows the certificate needs no secret. Left empty: none."),
    )

    def __init__(self, *args: Any, administers: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not administers:
            del self.fields["machine"], self.fields["certificate"]


class GroupForm(ActionForm):
    """A group: its names, what it is for, who may join."""

    slug = OrganisationForm.base_fields["slug"]
    kind = forms.ChoiceField(label=_("Kind of group"), choices=GroupKind.choices)
    name_ja = OrganisationForm.base_fields["name_ja"]
    name_en = OrganisationForm.base_fields["name_en"]
    purpose_ja = forms.CharField(label=_("Purpose in Japanese"), max_length=300, required=False)
    purpose_en = forms.CharField(label=_("Purpose in English"), max_length=300, required=False)
    default_tlp = forms.ChoiceField(
        label=_("Usual marking"),
        choices=TLP_CHOICES,
        initial=TLP.AMBER,
        help_text=_("Offered first to whoever shares something with the group."),
    )
    joining = forms.ChoiceField(
        label=_("How one joins"), choices=Joining.choices, initial=Joining.REQUEST, widget=forms.RadioSelect
    )
    open_to = forms.MultipleChoiceField(
        label=_("Open to"),
        choices=[choice for choice in (*ClassChoices.choices, *InstitutionKind.choices) if choice[0] not in OUTSIDE],
        help_text=_("For an open group: these classes and kinds come in by themselves. None chosen: all members."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    confidential = forms.BooleanField(
        label=_("Confidential: only its members and the hub's operators may know that it exists"), required=False
    )

    def of_group(self) -> dict[str, Any]:
        """Return what the actions want: the names and the terms."""
        data = dict(self.cleaned_data)
        terms = Terms(
            purpose_ja=data.pop("purpose_ja"),
            purpose_en=data.pop("purpose_en"),
            joining=data.pop("joining"),
            open_to=tuple(data.pop("open_to")),
            confidential=data.pop("confidential"),
        )
        return {**data, "terms": terms}

    def settle(self, verb: Callable[..., Any], **more: Any) -> bool:
        """Call `verb` with the names and the terms; return whether it was done."""
        return self.carry_out(lambda **_values: verb(**self.of_group(), **more))


class GroupChangeForm(GroupForm):
    """A group as it is to be from now on; its short name and its kind stay."""

    slug = None  # type: ignore[assignment]
    kind = None  # type: ignore[assignment]


class CharterForm(ActionForm):
    """A charter in both languages."""

    text_ja = forms.CharField(
        label=_("Charter in Japanese"),
        help_text=_("Markdown."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "maxlength": MAX_CHARTER}),
    )
    text_en = forms.CharField(
        label=_("Charter in English"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 14, "maxlength": MAX_CHARTER}),
    )

    members_add_documents = forms.BooleanField(
        label=_("Every member adds documents"),
        help_text=_("Otherwise the coordinators alone do."),
        required=False,
    )

    def charter(self) -> Charter:
        """Return what is to hold."""
        data = self.cleaned_data
        return Charter(data["text_ja"], data["text_en"], data["members_add_documents"])


class AskForm(ActionForm):
    """A request to join."""

    sentence = forms.CharField(
        label=_("Why you would like to join"),
        max_length=400,
        help_text=_("Its coordinators and the hub's operators read it."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 400}),
    )


class JoinForm(ActionForm):
    """Somebody to let into a group, by the exact mail address: a group's coordinator sees no other directory."""

    email = forms.EmailField(label=_("Mail address"), max_length=254)
    coordinator = forms.BooleanField(label=_("As a coordinator"), required=False)

    def __init__(self, *args: Any, appoints: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not appoints:
            del self.fields["coordinator"]


class CeilingForm(ActionForm):
    """How high one class sees by community grants; empty is the default."""

    membership = forms.ChoiceField(
        choices=[choice for choice in ClassChoices.choices if CEILINGS[MembershipClass(choice[0])].community],
        widget=forms.HiddenInput,
    )
    community = forms.TypedChoiceField(
        label=_("Community ceiling"), choices=[("", _("Default")), *TLP_CHOICES], required=False, empty_value=None
    )


def role_choices(roles: Iterable[Role]) -> list[tuple[str, Any]]:
    """Return the choices of these roles, in the usual order."""
    chosen = set(roles)
    return [choice for choice in RoleChoices.choices if choice[0] in chosen]
