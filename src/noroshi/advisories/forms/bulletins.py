"""What is typed about bulletins, turned into a `Draft`."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import Draft
from noroshi.advisories.domain.bulletins import MAX_TEXT, MAX_TITLE, Check, Words
from noroshi.advisories.models import Category, Reviewed, Template
from noroshi.advisories.policy import BULLETIN_LEVELS
from noroshi.advisories.queries import categories, categories_on_offer, templates_on_offer
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput
from noroshi.sharing.actions import default_profile
from noroshi.sharing.domain.content import MAX_REASON
from noroshi.sharing.forms.audience import AudienceForm, BlamingForm, initial_audience, text_field
from noroshi.sharing.wording import TLP_CHOICES


def _lines(label: Any, help_text: Any) -> forms.CharField:
    return text_field(label, 3, 20_000, help_text=help_text, required=False)


class WordsForm(BlamingForm):
    """The words in two languages."""

    title_ja = forms.CharField(label=_("Title (Japanese)"), max_length=MAX_TITLE)
    body_ja = text_field(_("Text (Japanese)"), 16, MAX_TEXT, help_text=_("Markdown."))
    title_en = forms.CharField(label=_("Title (English)"), max_length=MAX_TITLE, required=False)
    body_en = text_field(
        _("Text (English)"), 12, MAX_TEXT, help_text=_("Markdown. Write both in English, or neither."), required=False
    )

    def words(self) -> Words:
        """Return the words."""
        return Words(**{name: self.cleaned_data[name] for name in ("title_ja", "body_ja", "title_en", "body_en")})


class BulletinForm(WordsForm, AudienceForm):
    """A bulletin being written."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())
    names = _lines(_("Vulnerabilities"), _("CVE numbers and the like, one a line."))
    links = _lines(_("Where it comes from"), _("Addresses on the web, one a line."))
    change = forms.CharField(label=_("What is new"), max_length=MAX_REASON, required=False)
    seen = forms.DateTimeField(widget=forms.HiddenInput, required=False)
    anonymous = None  # type: ignore[assignment]  # a bulletin is the centre's own
    pap = None  # type: ignore[assignment]
    caveats = None  # type: ignore[assignment]
    embargo_until = None  # type: ignore[assignment]
    downgrade_at = None  # type: ignore[assignment]
    downgrade_tlp = None  # type: ignore[assignment]

    def __init__(
        self,
        *args: Any,
        actor: Actor,
        row: Reviewed | None = None,
        template: Template | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, actor=actor, **kwargs)
        self.template = template
        meanings = TLP_CHOICES[default_profile()]
        self._offer(
            "tlp", "choices", [(each.value, text) for each, text in meanings.items() if each in BULLETIN_LEVELS]
        )
        self._offer("category", "queryset", categories_on_offer())
        self.row = row
        if row is not None and row.replaces_id is not None:
            self.fields["category"].disabled = True
            self.fields["change"].required = True
        else:
            del self.fields["change"]

    def blame(self, error: InvalidInput) -> None:
        """Add the sentence of `error`; where another version stood in the way, the next answer takes its place."""
        if error.field == "seen" and self.row is not None:
            posted: Any = self.data
            typed = posted.copy()
            typed["seen"] = self.row.changed_at.isoformat()
            self.data = typed
            error = InvalidInput("", error.message)
        super().blame(error)

    def draft(self) -> Draft:
        """Return what was written."""
        data = self.cleaned_data
        return Draft(
            category=data["category"],
            words=self.words(),
            marking=self.marking(),
            links=data["links"].splitlines(),
            names=data["names"].splitlines(),
            change=data.get("change", ""),
            template=self.template,
            seen=data["seen"],
        )


def initial_of(row: Reviewed) -> dict[str, Any]:
    """Return the form's initial values for a draft."""
    return {
        **initial_audience(row.as_item()),
        **{
            name: getattr(row, name)
            for name in ("title_ja", "title_en", "body_ja", "body_en", "category", "change", "tlp", "expires_at")
        },
        "names": "\n".join(row.names),
        "links": "\n".join(row.links),
        "seen": row.changed_at.isoformat(),
    }


def initial_from(template: Template | None) -> dict[str, Any]:
    """Return what a new bulletin starts from: the template's words, for the whole community."""
    usual = {"tlp": TLP.GREEN, "community": True}
    if template is None:
        return usual
    names = ("title_ja", "title_en", "body_ja", "body_en", "category")
    return {**usual, **{name: getattr(template, name) for name in names}}


class BeginForm(forms.Form):
    """What a bulletin is begun from."""

    template = forms.ModelChoiceField(
        label=_("Template"), queryset=Template.objects.none(), required=False, empty_label=_("nothing")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates_on_offer()  # type: ignore[attr-defined]


class ReasonForm(BlamingForm):
    """A sentence that says why."""

    reason = forms.CharField(label=_("Why"), max_length=MAX_REASON)


class CategoryForm(BlamingForm):
    """A category, or its new name."""

    series = forms.RegexField(
        label=_("Series"),
        regex=Category.SERIES,
        help_text=_("What the numbers of its bulletins begin with: 2 to 12 capital letters and digits."),
    )
    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80)
    position = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=999, initial=0)
    is_retired = forms.BooleanField(label=_("Nothing new goes into it"), required=False)

    def __init__(self, *args: Any, row: Category | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["series"].disabled = row is not None

    def clean_series(self) -> str:
        """Refuse a series that another category has."""
        series = str(self.cleaned_data["series"])
        if not self.fields["series"].disabled and categories().filter(series=series).exists():
            raise forms.ValidationError(_("Another category has this series."))
        return series


class TemplateForm(BlamingForm):
    """A template, or what becomes of it."""

    name_ja = forms.CharField(label=_("Name (Japanese)"), max_length=80)
    name_en = forms.CharField(label=_("Name (English)"), max_length=80, required=False)
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())
    title_ja = forms.CharField(label=_("Title (Japanese)"), max_length=MAX_TITLE, required=False)
    body_ja = text_field(_("Text (Japanese)"), 10, MAX_TEXT, required=False)
    title_en = forms.CharField(label=_("Title (English)"), max_length=MAX_TITLE, required=False)
    body_en = text_field(_("Text (English)"), 8, MAX_TEXT, required=False)
    checks = _lines(
        _("Checklist"), _("One line each: Japanese, then | and English. All must hold before a bulletin is approved.")
    )
    is_retired = forms.BooleanField(label=_("No longer offered"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_on_offer()  # type: ignore[attr-defined]

    def kept(self) -> dict[str, Any]:
        """Return what `keep_template` takes."""
        data = self.cleaned_data
        names = ("title_ja", "body_ja", "title_en", "body_en")
        halves = [line.partition("|") for line in data["checks"].splitlines() if line.strip()]
        return {
            **{name: data[name] for name in ("name_ja", "name_en", "category", "is_retired")},
            "words": Words(**{name: data[name] for name in names}),
            "checks": [Check(ja.strip(), en.strip()) for ja, _bar, en in halves],
        }


def initial_of_template(row: Template) -> dict[str, Any]:
    """Return the form's initial values for a template."""
    names = ("name_ja", "name_en", "category", "title_ja", "body_ja", "title_en", "body_en", "is_retired")
    checks = [" | ".join(filter(None, (line["ja"], line["en"]))) for line in row.checklist]
    return {**{name: getattr(row, name) for name in names}, "checks": "\n".join(checks)}
