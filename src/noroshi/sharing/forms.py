"""Forms of the sharing room: they turn what a person typed into `Content` and `Marking`; the actions judge it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.members.models import Group, Organisation
from noroshi.members.queries import active_people
from noroshi.sharing.actions import default_profile
from noroshi.sharing.domain.content import MAX_BODY, MAX_COMMENT, MAX_REASON, MAX_TITLE, Content, Marking
from noroshi.sharing.models import Kind, Signal, SignalObservable, Target
from noroshi.sharing.queries import entries_of_people, groups_on_offer, organisations_on_offer
from noroshi.sharing.wording import TLP_CHOICES

MAX_PEOPLE = 500


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


def _title() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Title"), max_length=MAX_TITLE)


def _text(label: Any, rows: int, longest: int, **options: Any) -> forms.CharField:
    """A text over several lines. The action measures it, after line ends have become what they are stored as."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": longest})
    return forms.CharField(label=label, widget=widget, **options)


def _several(label: Any, rows: Any, **options: Any) -> Any:
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
    groups = _several(gettext_lazy("Groups"), Group.objects.none())
    organisations = _several(gettext_lazy("Organisations"), Organisation.objects.none())
    people = _text(
        gettext_lazy("People"), 2, 10_000, help_text=gettext_lazy("Mail addresses, one a line."), required=False
    )
    excluded = _several(
        gettext_lazy("All but these organisations"),
        Organisation.objects.none(),
        help_text=gettext_lazy("They will not see it by any way, and will not learn that they were left out."),
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
        self.actor = actor
        self._offer("tlp", "choices", [(level.value, text) for level, text in TLP_CHOICES[default_profile()].items()])
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
            author_mode=AuthorMode.ANONYMOUS if data["anonymous"] else AuthorMode.NAMED,
            embargo_until=data["embargo_until"],
            expires_at=data["expires_at"],
        )

    def _entries(self) -> Iterator[Entry]:
        data = self.cleaned_data
        yield from data["people"]
        yield from (Entry(EntryKind.GROUP, row.pk) for row in data["groups"])
        yield from (Entry(EntryKind.ORGANISATION, row.pk) for row in data["organisations"])
        yield from (Entry(EntryKind.EXCLUDED_ORGANISATION, row.pk) for row in data["excluded"])
        if data["community"]:
            yield Entry(EntryKind.COMMUNITY)


class ComposeForm(AudienceForm):
    """A signal being written: the words, the marking, the audience."""

    title = _title()
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    target = forms.ChoiceField(label=gettext_lazy("What is struck"), choices=Target.choices, widget=forms.RadioSelect)
    body = _text(
        gettext_lazy("Text"),
        14,
        MAX_BODY,
        help_text=gettext_lazy("Markdown. Paste a report as it is: addresses, domains and hashes are recognised next."),
        required=False,
    )

    def content(self) -> Content:
        """Return the words."""
        data = self.cleaned_data
        return Content(data["kind"], data["target"], data["title"], data["body"])


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


class SendForm(forms.Form):
    """What was looked over: which of the proposed values go, and the moment of the draft that was shown.

    The page names a value by its place in the text: the number of its row would tell how much others have written.
    """

    observable = forms.TypedMultipleChoiceField(required=False)
    looked_at = forms.DateTimeField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, proposed: list[SignalObservable], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["observable"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared so above
        field.choices = [(str(place), "") for place in range(len(proposed))]
        field.coerce = lambda place: proposed[int(place)].pk


class AmendForm(BlamingForm):
    """New words for a published signal."""

    title = _title()
    body = _text(gettext_lazy("Text"), 14, MAX_BODY, required=False)
    reason = forms.CharField(label=gettext_lazy("What changed, and why"), max_length=MAX_REASON)


class ReasonForm(BlamingForm):
    """A sentence that says why."""

    reason = _text(gettext_lazy("Why"), 2, MAX_REASON)


class CommentForm(BlamingForm):
    """A comment."""

    body = _text(gettext_lazy("Comment"), 3, MAX_COMMENT)
    anonymous = forms.BooleanField(label=gettext_lazy("Without my name"), required=False)
