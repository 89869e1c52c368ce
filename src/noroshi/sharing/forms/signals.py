"""What is typed about signals, turned into `Content` and `Marking`."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput
from noroshi.intel.domain.grading import Grading
from noroshi.intel.wording import CREDIBILITY, RELIABILITY
from noroshi.members.models import Group, Organisation
from noroshi.members.queries import active_people, usual_tlp_of
from noroshi.sharing.actions import Upload, default_profile
from noroshi.sharing.domain.content import (
    MAX_BODY,
    MAX_COMMENT,
    MAX_REASON,
    MAX_TITLE,
    Content,
    Downgrade,
    Marking,
)
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Caveat, Handling, Objective, Pap
from noroshi.sharing.domain.outline import MAX_ANSWER, Form, Outline
from noroshi.sharing.domain.plain_words import MAX_PLAIN
from noroshi.sharing.models import Kind, Signal, SignalObservable, Target
from noroshi.sharing.queries import entries_of_people, groups_on_offer, organisations_on_offer
from noroshi.sharing.wording import CAVEATS, FORMS, OBJECTIVES, OUTLINE, PAP, TLP_CHOICES

MAX_PEOPLE = 500

_ANSWER_HELP: Final = {
    "source": gettext_lazy("Addresses, domains, accounts, mail headers: as far as known."),
    "technique": gettext_lazy("How it went, in the order it went."),
    "purpose": gettext_lazy("What they were after: money, data, disruption."),
    "measure": gettext_lazy("What you did about it."),
    "outcome": gettext_lazy("What it brought, and what it did not."),
}


def _moment(label: Any, help_text: Any) -> forms.DateTimeField:
    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, help_text=help_text, required=False, widget=widget)


def _title() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Title"), max_length=MAX_TITLE)


def _text(label: Any, rows: int, longest: int, **options: Any) -> forms.CharField:
    """A text over several lines. The action measures it, after line ends have become what they are stored as."""
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": longest})
    return forms.CharField(label=label, widget=widget, **options)


def _plain_words() -> forms.CharField:
    return _text(
        gettext_lazy("In plain words"),
        6,
        MAX_PLAIN,
        help_text=gettext_lazy(
            "For members without technical staff: what happened, what to do today, by when. Left empty, it is composed"
            " of what you chose above; the next page shows how."
        ),
        required=False,
    )


def _judgement(label: Any, words: Mapping[Any, Any]) -> forms.ChoiceField:
    choices = [("", gettext_lazy("not said")), *((str(value), text) for value, text in words.items())]
    return forms.ChoiceField(label=label, choices=choices, required=False)


def _several(label: Any, rows: Any, **options: Any) -> Any:
    return forms.ModelMultipleChoiceField(
        label=label, queryset=rows, required=False, widget=forms.CheckboxSelectMultiple, **options
    )


def _answer(name: str) -> forms.CharField:
    return _text(OUTLINE[name], 3, MAX_ANSWER, help_text=_ANSWER_HELP[name], required=False)


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
    downgrade_at = _moment(
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
    embargo_until = _moment(gettext_lazy("Embargo until"), gettext_lazy("Before that, only the people named see it."))
    expires_at = _moment(gettext_lazy("Valid until"), gettext_lazy("After that it is shown as expired."))

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


class OutlineForm(BlamingForm):
    """The five questions of the fixed form."""

    source = _answer("source")
    technique = _answer("technique")
    purpose = _answer("purpose")
    measure = _answer("measure")
    outcome = _answer("outcome")

    @property
    def questions(self) -> list[forms.BoundField]:
        """The questions, in their order."""
        return [self[name] for name in Outline.names()]

    @property
    def has_answers(self) -> bool:
        """Whether any question is answered, as the page shows it."""
        return any(question.value() for question in self.questions)

    def outline(self) -> Outline:
        """Return the answers."""
        return Outline(**{name: self.cleaned_data[name] for name in Outline.names()})


class _Names(forms.MultipleChoiceField):
    """Names of tags: there are some ten thousand, and the action knows them."""

    def valid_value(self, value: Any) -> bool:  # noqa: ARG002 - Django's
        return True


class CalledForm(OutlineForm):
    """What a signal is called, and how sure its author is of it."""

    reliability = _judgement(gettext_lazy("How reliable its source is"), RELIABILITY)
    credibility = _judgement(gettext_lazy("How credible what it says is"), CREDIBILITY)
    tags = _Names(label=gettext_lazy("Tags"), required=False)
    tag = forms.CharField(label=gettext_lazy("Find a tag"), max_length=100, required=False)

    @property
    def is_called(self) -> bool:
        """Whether anything is chosen, typed or wrong: then the page shows it from the start."""
        names = ("tags", "tag", "reliability", "credibility")
        return any(self[name].value() or self[name].errors for name in names)

    def grading(self) -> Grading:
        """Return how sure the author is."""
        return Grading.of(self.cleaned_data["reliability"], self.cleaned_data["credibility"])

    def typed(self) -> dict[str, Any]:
        """Return what stands in the form, unread, to show it again without a verdict."""
        return {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }


class ComposeForm(CalledForm, AudienceForm):
    """A signal being written: the words, the marking, the audience."""

    title = _title()
    form = forms.ChoiceField(
        label=gettext_lazy("How you write it"),
        choices=[(form.value, text) for form, text in FORMS.items()],
        initial=Form.FREE,
        required=False,
        widget=forms.RadioSelect,
    )
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=Kind.choices)
    target = forms.ChoiceField(label=gettext_lazy("What is struck"), choices=Target.choices, widget=forms.RadioSelect)
    body = _text(
        gettext_lazy("Text"),
        14,
        MAX_BODY,
        help_text=gettext_lazy("Markdown. Paste a report as it is: addresses, domains and hashes are recognised next."),
        required=False,
    )
    plain_words = _plain_words()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        if self.initial.get("kind") == "":  # a draft that came by mail: nothing is chosen for its author
            self._offer("kind", "choices", [("", _("choose what it is about")), *Kind.choices])

    @property
    def has_times(self) -> bool:
        """Whether any moment is given or wrong: then the page shows them from the start."""
        times = [self[name] for name in ("embargo_until", "expires_at", "downgrade_at", "downgrade_tlp")]
        return any(time.value() or time.errors for time in times)

    def content(self) -> Content:
        """Return the words."""
        data = self.cleaned_data
        form = Form(data["form"] or Form.FREE)
        return Content(
            kind=data["kind"],
            target=data["target"],
            title=data["title"],
            body=data["body"],
            form=form,
            outline=self.outline(),
            plain_words=data["plain_words"],
            grading=self.grading(),
            tags=frozenset(data["tags"]),
        )


def usual_marking(actor: Actor) -> dict[str, Any]:
    """Return what a new signal starts from: a level for members alone, and what the community's reading asks for."""
    return {
        "tlp": usual_tlp_of(actor) or TLP.AMBER,
        "pap": Pap.GREEN,
        "caveats": [Caveat.PROTECTION] if default_profile() is Profile.F_ISAC_JP else [],
    }


def typed_words(typed: Mapping[str, str]) -> list[str]:
    """Return the words of a form that is still being written, as far as they go out."""
    outlined = typed.get("form") == Form.OUTLINE
    limits = {"title": MAX_TITLE, **(dict.fromkeys(Outline.names(), MAX_ANSWER) if outlined else {}), "body": MAX_BODY}
    limits["plain_words"] = MAX_PLAIN
    return [typed.get(name, "")[:limit] for name, limit in limits.items()]


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
        "plain_words": signal.plain_words,
        "tlp": signal.tlp,
        "community": bool(targets[EntryKind.COMMUNITY]),
        "groups": targets[EntryKind.GROUP],
        "organisations": targets[EntryKind.ORGANISATION],
        "people": "\n".join(people.values_list("email", flat=True)),
        "excluded": targets[EntryKind.EXCLUDED_ORGANISATION],
        "anonymous": item.author_mode is not AuthorMode.NAMED,
        "embargo_until": signal.embargo_until,
        "expires_at": signal.expires_at,
        "downgrade_at": signal.downgrade_at,
        "downgrade_tlp": signal.downgrade_tlp,
        "pap": signal.pap,
        "caveats": signal.caveats,
        "reliability": signal.reliability,
        "credibility": signal.credibility,
        "form": signal.form,
        **signal.outline,
    }


class SendForm(forms.Form):
    """What was looked over: which of the proposed values go, to which other hubs, the moment of the draft shown.

    The page names a value by its place in the text: the number of its row would tell how much others have written.
    """

    observable = forms.TypedMultipleChoiceField(required=False)
    objective = forms.ChoiceField(
        choices=[(objective.value, text) for objective, text in OBJECTIVES.items()], required=False
    )
    looked_at = forms.DateTimeField(widget=forms.HiddenInput)
    own_names_confirmed = forms.BooleanField(required=False)
    hub = forms.TypedMultipleChoiceField(required=False, coerce=UUID)

    def __init__(
        self, *args: Any, proposed: list[SignalObservable], hubs: Collection[UUID] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hub"].choices = [(str(number), "") for number in hubs]  # type: ignore[attr-defined]
        field = self.fields["observable"]
        assert isinstance(field, forms.TypedMultipleChoiceField)  # noqa: S101 - declared so above
        field.choices = [(str(place), "") for place in range(len(proposed))]
        field.coerce = lambda place: proposed[int(place)].pk
        self._proposed = proposed

    @property
    def usual(self) -> Objective:
        """What the values are given for that have nothing of their own."""
        return Objective(self.cleaned_data["objective"] or USUAL_OBJECTIVE)

    @property
    def own(self) -> dict[int, Objective]:
        """What single values are given for, by the numbers of their rows."""
        known = set(Objective)
        chosen = {row.pk: self.data.get(f"objective-{place}") for place, row in enumerate(self._proposed)}
        return {row: Objective(text) for row, text in chosen.items() if text in known}


class AmendForm(CalledForm):
    """New words for a published signal, what it is called and how sure its author is."""

    title = _title()
    body = _text(gettext_lazy("Text"), 14, MAX_BODY, required=False)
    plain_words = _plain_words()
    reason = forms.CharField(label=gettext_lazy("What changed, and why"), max_length=MAX_REASON)


class ReasonForm(BlamingForm):
    """A sentence that says why."""

    reason = _text(gettext_lazy("Why"), 2, MAX_REASON)


class LowerForm(BlamingForm):
    """A lower level, and why."""

    tlp = forms.ChoiceField(
        label=gettext_lazy("to the level"),
        choices=[(level.value, level.label) for level in reversed(TLP) if level is not TLP.RED],
    )
    reason = _text(gettext_lazy("Why"), 2, MAX_REASON)


class RaiseForm(AudienceForm):
    """A higher level with the audience that fits it, and why."""

    anonymous = None  # type: ignore[assignment]  # stays as it was, like all below
    pap = None  # type: ignore[assignment]
    caveats = None  # type: ignore[assignment]
    embargo_until = None  # type: ignore[assignment]
    expires_at = None  # type: ignore[assignment]
    downgrade_at = None  # type: ignore[assignment]
    downgrade_tlp = None  # type: ignore[assignment]
    reason = _text(gettext_lazy("Why"), 2, MAX_REASON, help_text=gettext_lazy("Whoever had it reads this."))


class CommentForm(BlamingForm):
    """A comment."""

    body = _text(gettext_lazy("Comment"), 3, MAX_COMMENT)
    body.widget.attrs["data-key"] = "c"
    anonymous = forms.BooleanField(label=gettext_lazy("Without my name"), required=False)
    as_it_is = forms.BooleanField(label=gettext_lazy("I have looked at it: send it as it is"), required=False)


class FileForm(BlamingForm):
    """A file to attach."""

    file = forms.FileField(label=gettext_lazy("File"), allow_empty_file=True, max_length=1000)
    without_metadata = forms.BooleanField(
        label=gettext_lazy("Remove metadata (author, place, device, program)"), required=False, initial=True
    )
    sample = forms.BooleanField(
        label=gettext_lazy("This is a malware sample"),
        help_text=gettext_lazy("It is wrapped into an encrypted ZIP archive, with the customary password “infected”."),
        required=False,
    )

    def upload(self) -> Upload:
        """Return the file as the actions take it."""
        data = self.cleaned_data
        sample = data.get("sample", False)
        return Upload(data["file"].read(), data["file"].name, data["without_metadata"], sample)
