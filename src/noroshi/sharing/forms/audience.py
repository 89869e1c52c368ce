"""Whom something is for, how far it may go and when: typed, turned into a `Marking`; and back."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind, Item
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.members.models import Group, Organisation
from noroshi.members.queries import active_people
from noroshi.sharing.actions import default_profile
from noroshi.sharing.domain.content import Downgrade, Marking
from noroshi.sharing.domain.handling import Caveat, Handling, Pap
from noroshi.sharing.queries import entries_of_people, groups_on_offer, organisations_on_offer
from noroshi.sharing.wording import CAVEATS, PAP, TLP_CHOICES

MAX_PEOPLE: Final = 500


def moment_field(label: Any, help_text: Any) -> forms.DateTimeField:
    """A moment of the wall clock of whoever types it."""
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


def text_field(label: Any, rows: int, longest: int, **options: Any) -> forms.CharField:
    """A text over several lines. The action measures it, after line ends have become what they are stored as."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": longest})
    return forms.CharField(label=label, widget=widget, **options)


def several_field(label: Any, rows: Any, **options: Any) -> Any:
    """Several of `rows`, each with a box to tick."""
    return forms.ModelMultipleChoiceField(
        label=label, queryset=rows, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


class BlamingForm(forms.Form):
    """A form that shows the actions' refusal at the field it names."""

    def blame(self, error: InvalidInput) -> None:
        """Add the sentence of `error` to its field, or to the form where it has no such field."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class AudienceForm(BlamingForm):
    """How far a signal may go, in whose name, and when."""

    tlp = forms.ChoiceField(label=gettext_lazy("Marking"), widget=forms.RadioSelect)
    community = forms.BooleanField(label=gettext_lazy("The whole community"), required=False)
    groups = several_field(gettext_lazy("Groups"), Group.objects.none())
    organisations = several_field(gettext_lazy("Organisations"), Organisation.objects.none())
    people = text_field(
        gettext_lazy("People"), 2, 10_000, help_text=gettext_lazy("Mail addresses, one a line."), required=False
    )
    excluded = several_field(
        gettext_lazy("All but these organisations"),
        Organisation.objects.none(),
        help_text=gettext_lazy("They will not see it by any way, and will not learn that they were left out."),
    )
    anonymous = forms.BooleanField(
        label=gettext_lazy("Post without my name and my organisation's"),
        help_text=gettext_lazy(
            "Neither members nor the hub operators who read it before it goes out see who wrote it; a trusted operator"
            " may look with a reason, which is recorded. Your text can still give you away: the next page checks it"
            " for your own names."
        ),
        required=False,
        widget=forms.CheckboxInput(attrs={"aria-keyshortcuts": "Alt+Shift+A"}),
    )
    pap = forms.ChoiceField(label=gettext_lazy("Permissible actions (PAP)"), required=False)
    caveats = forms.MultipleChoiceField(
        label=gettext_lazy("Caveats"),
        choices=[(caveat.value, text) for caveat, text in CAVEATS.items()],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    downgrade_at = moment_field(
        gettext_lazy("Lower the level by itself on"),
        gettext_lazy("From then on, whoever the lower level reaches sees it."),
    )
    downgrade_tlp = forms.ChoiceField(
        label=gettext_lazy("to the level"),
        choices=[
            ("", gettext_lazy("do not lower it")),
            *((level.value, level.label) for level in reversed(TLP) if level is not TLP.RED),
        ],
        required=False,
    )
    embargo_until = moment_field(
        gettext_lazy("Embargo until"), gettext_lazy("Before that, only the people named see it.")
    )
    expires_at = moment_field(gettext_lazy("Valid until"), gettext_lazy("After that it is shown as expired."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        self._offer("tlp", "choices", [(level.value, text) for level, text in TLP_CHOICES[default_profile()].items()])
        if "pap" in self.fields:
            self._offer(
                "pap", "choices", [("", _("not said")), *((p.value, f"{p.label} — {t}") for p, t in PAP.items())]
            )
        self._offer("groups", "queryset", groups_on_offer(actor))
        self._offer("organisations", "queryset", organisations_on_offer())
        self._offer("excluded", "queryset", organisations_on_offer().exclude(pk=actor.acting_organisation))

    def _offer(self, name: str, what: str, offered: Any) -> None:
        setattr(self.fields[name], what, offered)

    def clean_people(self) -> list[Entry]:
        """Turn mail addresses into lines of the audience; unknown ones are named."""
        wanted = {line.strip().lower() for line in self.cleaned_data["people"].replace(",", "\n").split("\n")} - {""}
        if len(wanted) > MAX_PEOPLE:
            raise forms.ValidationError(_("Name at most %(limit)s people.") % {"limit": MAX_PEOPLE})
        try:
            return entries_of_people(wanted)
        except InvalidInput as error:
            raise forms.ValidationError(error.message) from error

    def marking(self) -> Marking:
        """Return the marking and the audience."""
        data = self.cleaned_data
        return Marking(
            tlp=TLP(data["tlp"]),
            profile=default_profile(),
            entries=frozenset(self._entries()),
            author_mode=AuthorMode.ANONYMOUS if data.get("anonymous") else AuthorMode.NAMED,
            embargo_until=data.get("embargo_until"),
            expires_at=data.get("expires_at"),
            downgrade=Downgrade(data["downgrade_at"], TLP(data["downgrade_tlp"])) if data.get("downgrade_at") else None,
            handling=Handling(
                Pap(data["pap"]) if data.get("pap") else None, frozenset(map(Caveat, data.get("caveats", ())))
            ),
        )

    def clean(self) -> dict[str, Any]:
        """Refuse half of a downgrade: a moment without a level, or a level without a moment."""
        data: dict[str, Any] = super().clean() or {}
        if "downgrade_at" in data and bool(data["downgrade_at"]) != bool(data.get("downgrade_tlp")):
            self.add_error("downgrade_at", _("Give both the moment and the level."))
        return data

    def _entries(self) -> Iterator[Entry]:
        data = self.cleaned_data
        yield from data["people"]
        yield from (Entry(EntryKind.GROUP, row.pk) for row in data["groups"])
        yield from (Entry(EntryKind.ORGANISATION, row.pk) for row in data["organisations"])
        yield from (Entry(EntryKind.EXCLUDED_ORGANISATION, row.pk) for row in data["excluded"])
        if data["community"]:
            yield Entry(EntryKind.COMMUNITY)


def initial_audience(item: Item) -> dict[str, Any]:
    """Return the initial values of the fields that say whom `item` is for."""
    targets: dict[EntryKind, list[Any]] = {kind: [] for kind in EntryKind}
    for entry in item.audience:
        targets[entry.kind].append(entry.target)
    people = active_people().filter(pk__in=targets[EntryKind.PERSON]).order_by("email")
    return {
        "community": bool(targets[EntryKind.COMMUNITY]),
        "groups": targets[EntryKind.GROUP],
        "organisations": targets[EntryKind.ORGANISATION],
        "people": "\n".join(people.values_list("email", flat=True)),
        "excluded": targets[EntryKind.EXCLUDED_ORGANISATION],
    }
