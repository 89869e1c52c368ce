"""What is typed about signals, turned into `Content` and `Marking`."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.grading import Grading
from noroshi.intel.wording import CREDIBILITY, RELIABILITY
from noroshi.members.queries import usual_tlp_of
from noroshi.sharing.actions import Upload, default_profile
from noroshi.sharing.domain.content import (
    MAX_BODY,
    MAX_COMMENT,
    MAX_REASON,
    MAX_TITLE,
    Content,
)
from noroshi.sharing.domain.handling import USUAL_OBJECTIVE, Caveat, Objective, Pap
from noroshi.sharing.domain.outline import MAX_ANSWER, Form, Outline
from noroshi.sharing.domain.plain_words import MAX_PLAIN
from noroshi.sharing.forms.audience import (
    AudienceForm,
    BlamingForm,
    initial_audience,
    text_field,
)
from noroshi.sharing.models import Kind, Signal, SignalObservable, Target
from noroshi.sharing.wording import FORMS, OBJECTIVES, OUTLINE

_ANSWER_HELP: Final = {
    "source": gettext_lazy("Addresses, domains, accounts, mail headers: as far as known."),
    "technique": gettext_lazy("How it went, in the order it went."),
    "purpose": gettext_lazy("What they were after: money, data, disruption."),
    "measure": gettext_lazy("What you did about it."),
    "outcome": gettext_lazy("What it brought, and what it did not."),
}


def _title() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Title"), max_length=MAX_TITLE)


def _plain_words() -> forms.CharField:
    return text_field(
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


def _answer(name: str) -> forms.CharField:
    return text_field(OUTLINE[name], 3, MAX_ANSWER, help_text=_ANSWER_HELP[name], required=False)


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
    body = text_field(
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
    return {
        **initial_audience(item),
        "title": signal.title,
        "kind": signal.kind,
        "target": signal.target,
        "body": signal.body,
        "plain_words": signal.plain_words,
        "tlp": signal.tlp,
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
    body = text_field(gettext_lazy("Text"), 14, MAX_BODY, required=False)
    plain_words = _plain_words()
    reason = forms.CharField(label=gettext_lazy("What changed, and why"), max_length=MAX_REASON)


class ReasonForm(BlamingForm):
    """A sentence that says why."""

    reason = text_field(gettext_lazy("Why"), 2, MAX_REASON)


class LowerForm(BlamingForm):
    """A lower level, and why."""

    tlp = forms.ChoiceField(
        label=gettext_lazy("to the level"),
        choices=[(level.value, level.label) for level in reversed(TLP) if level is not TLP.RED],
    )
    reason = text_field(gettext_lazy("Why"), 2, MAX_REASON)


class RaiseForm(AudienceForm):
    """A higher level with the audience that fits it, and why."""

    anonymous = None  # type: ignore[assignment]  # stays as it was, like all below
    pap = None  # type: ignore[assignment]
    caveats = None  # type: ignore[assignment]
    embargo_until = None  # type: ignore[assignment]
    expires_at = None  # type: ignore[assignment]
    downgrade_at = None  # type: ignore[assignment]
    downgrade_tlp = None  # type: ignore[assignment]
    reason = text_field(gettext_lazy("Why"), 2, MAX_REASON, help_text=gettext_lazy("Whoever had it reads this."))


class CommentForm(BlamingForm):
    """A comment."""

    body = text_field(gettext_lazy("Comment"), 3, MAX_COMMENT)
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
