"""Forms of the sharing room: they turn what a person typed into `Content` and `Marking`; the actions judge it."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.membership import MembershipClass, Standing
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.members.models import Group, Organisation
from noroshi.members.queries import active_people
from noroshi.sharing.actions import default_profile
from noroshi.sharing.domain.content import MAX_BODY, MAX_TITLE, Content, Marking
from noroshi.sharing.models import Kind, Signal, Target

TLP_CHOICES = [
    (TLP.CLEAR.value, gettext_lazy("TLP:CLEAR: anybody, the public too")),
    (TLP.GREEN.value, gettext_lazy("TLP:GREEN: the community")),
    (TLP.AMBER.value, gettext_lazy("TLP:AMBER: who needs to know, to protect members' systems")),
    (TLP.AMBER_STRICT.value, gettext_lazy("TLP:AMBER+STRICT: the named groups and organisations alone")),
    (TLP.RED.value, gettext_lazy("TLP:RED: the named people alone")),
]


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


class ComposeForm(forms.Form):
    """A signal being written: the words, the marking, the audience."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=MAX_TITLE)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    target = forms.ChoiceField(label=gettext_lazy("What is struck"), choices=Target.choices, widget=forms.RadioSelect)
    body = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy("Markdown. Paste a report as it is: addresses, domains and hashes are recognised next."),
        max_length=MAX_BODY,
        required=False,
        widget=forms.Textarea(attrs={"rows": 14}),
    )
    tlp = forms.ChoiceField(label=gettext_lazy("Marking"), choices=TLP_CHOICES, widget=forms.RadioSelect)
    community = forms.BooleanField(label=gettext_lazy("The whole community"), required=False)
    groups = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Groups"), queryset=Group.objects.none(), required=False, widget=forms.CheckboxSelectMultiple
    )
    organisations = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Organisations"), queryset=Organisation.objects.none(), required=False
    )
    people = forms.CharField(
        label=gettext_lazy("People"),
        help_text=gettext_lazy("Mail addresses, one a line."),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    excluded = forms.ModelMultipleChoiceField(
        label=gettext_lazy("All but these organisations"),
        help_text=gettext_lazy("They will not see it by any way, and will not learn that they were left out."),
        queryset=Organisation.objects.none(),
        required=False,
    )
    anonymous = forms.BooleanField(
        label=gettext_lazy("Post without my name and my organisation's"),
        help_text=gettext_lazy("A hub operator reads it before it goes out, without seeing who wrote it."),
        required=False,
    )
    embargo_until = _moment(gettext_lazy("Embargo until"), gettext_lazy("Before that, only the people named see it."))
    expires_at = _moment(gettext_lazy("Valid until"), gettext_lazy("After that it is shown as expired."))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organisations = Organisation.objects.filter(standing=Standing.ACTIVE).exclude(
            membership=MembershipClass.SUPERVISOR
        )
        self._choices("organisations", organisations.order_by("slug"))
        self._choices("excluded", organisations.exclude(pk=actor.acting_organisation).order_by("slug"))
        groups = Group.objects.filter(closed_at__isnull=True).order_by("slug")
        self._choices("groups", groups if actor.is_hub_operator else groups.filter(pk__in=actor.groups))

    def _choices(self, name: str, rows: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ModelMultipleChoiceField)  # noqa: S101 - declared so above
        field.queryset = rows

    def clean_people(self) -> list[Entry]:
        """Turn mail addresses into lines of the audience; unknown ones are named."""
        wanted = {line.strip().lower() for line in self.cleaned_data["people"].replace(",", "\n").split("\n")} - {""}
        known = {person.email.lower(): person for person in active_people().filter(email__in=wanted)}
        if missing := sorted(wanted - set(known)):
            raise forms.ValidationError(_("Nobody here has the address: %(names)s") % {"names": ", ".join(missing)})
        return [Entry(EntryKind.PERSON, person.pk, person.organisation_id) for person in known.values()]

    def content(self) -> Content:
        """Return the words."""
        data = self.cleaned_data
        return Content(data["kind"], data["target"], data["title"], data["body"])

    def marking(self) -> Marking:
        """Return the marking and the audience."""
        data = self.cleaned_data
        entries = {
            *data["people"],
            *(Entry(EntryKind.GROUP, row.pk) for row in data["groups"]),
            *(Entry(EntryKind.ORGANISATION, row.pk) for row in data["organisations"]),
            *(Entry(EntryKind.EXCLUDED_ORGANISATION, row.pk) for row in data["excluded"]),
            *([Entry(EntryKind.COMMUNITY)] if data["community"] else []),
        }
        return Marking(
            tlp=TLP(data["tlp"]),
            profile=default_profile(),
            entries=frozenset(entries),
            author_mode=AuthorMode.ANONYMOUS if data["anonymous"] else AuthorMode.NAMED,
            embargo_until=data["embargo_until"],
            expires_at=data["expires_at"],
        )

    def blame(self, error: InvalidInput) -> None:
        """Show the actions' refusal at the field it names."""
        field = error.field if error.field in self.fields else None
        self.add_error(field, error.message)


def initial_of(signal: Signal) -> dict[str, Any]:
    """Return the form's initial values for a draft."""
    item = signal.as_item()
    targets: dict[EntryKind, list[Any]] = {kind: [] for kind in EntryKind}
    for entry in item.audience:
        targets[entry.kind].append(entry.target)
    people = active_people().filter(pk__in=targets[EntryKind.PERSON]).order_by("email")
    return {
        "title": signal.title,
        "kind": signal.kind,
        "target": signal.target,
        "body": signal.body,
        "tlp": signal.tlp,
        "community": bool(targets[EntryKind.COMMUNITY]),
        "groups": targets[EntryKind.GROUP],
        "organisations": targets[EntryKind.ORGANISATION],
        "people": "\n".join(people.values_list("email", flat=True)),
        "excluded": targets[EntryKind.EXCLUDED_ORGANISATION],
        "anonymous": item.author_mode is not AuthorMode.NAMED,
        "embargo_until": signal.embargo_until,
        "expires_at": signal.expires_at,
    }


class AmendForm(forms.Form):
    """New words for a published signal."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=MAX_TITLE)
    body = forms.CharField(
        label=gettext_lazy("Text"), max_length=MAX_BODY, required=False, widget=forms.Textarea(attrs={"rows": 14})
    )
    reason = forms.CharField(label=gettext_lazy("What changed, and why"), max_length=400)

    def blame(self, error: InvalidInput) -> None:
        """Show the actions' refusal at the field it names."""
        self.add_error(error.field if error.field in self.fields else None, error.message)


class ReasonForm(forms.Form):
    """A sentence that says why."""

    reason = forms.CharField(label=gettext_lazy("Why"), max_length=400, widget=forms.Textarea(attrs={"rows": 2}))


class CommentForm(forms.Form):
    """A comment."""

    body = forms.CharField(label=gettext_lazy("Comment"), max_length=10_000, widget=forms.Textarea(attrs={"rows": 3}))
    anonymous = forms.BooleanField(label=gettext_lazy("Without my name"), required=False)
