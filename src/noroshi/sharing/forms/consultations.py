"""Forms of consultations and published answers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.members.models import Group
from noroshi.sharing.actions import LEVELS, Edited, default_profile, usual_marking
from noroshi.sharing.domain.content import MAX_BODY, MAX_REASON, MAX_TITLE, Marking
from noroshi.sharing.forms.audience import BlamingForm
from noroshi.sharing.queries import groups_on_offer
from noroshi.sharing.wording import TLP_CHOICES

ITEMS_HELP = _("Framework, then item, such as “FISC 実務基準 実13” or “NIST CSF PR.AA-01”; several with commas.")


def _text(label: Any, rows: int, help_text: Any = "") -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows, "maxlength": MAX_BODY})
    return forms.CharField(label=label, widget=widget, help_text=help_text)


def _items() -> forms.CharField:
    return forms.CharField(label=_("Framework items"), help_text=ITEMS_HELP, max_length=1_000, required=False)


class AskForm(BlamingForm):
    """A question to other members: short. Without a level it takes the group's usual one."""

    title = forms.CharField(label=_("Your question in a sentence"), max_length=MAX_TITLE)
    body = _text(_("What others need to know to answer"), 8, _("Markdown. Name no counterparty and no customer."))
    items = _items()
    group = forms.ModelChoiceField(
        label=_("Ask"), queryset=Group.objects.none(), required=False, empty_label=_("The whole community")
    )
    tlp = forms.ChoiceField(label=_("Marking"), required=False)
    anonymous = forms.BooleanField(
        label=_("Ask without my name and my organisation's"),
        help_text=_("A hub operator reads it before it goes out, without seeing who wrote it."),
        required=False,
        widget=forms.CheckboxInput(attrs={"aria-keyshortcuts": "Alt+Shift+A"}),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = groups_on_offer(actor).filter(pk__in=actor.groups)
        self.fields["group"].queryset = own  # type: ignore[attr-defined]
        self.fields["group"].initial = own.first()
        levels = [(level.value, f"{level.label}: {text}") for level, text in TLP_CHOICES[default_profile()].items()]
        self.fields["tlp"].choices = [("", _("The group's usual marking")), *levels]  # type: ignore[attr-defined]

    def marking(self) -> Marking:
        """Return the marking: to the group chosen, or to everybody."""
        data = self.cleaned_data
        return usual_marking(data["group"], tlp=data["tlp"], anonymous=data["anonymous"])


class ItemsForm(BlamingForm):
    """What a question is about."""

    items = _items()


class ReferenceForm(BlamingForm):
    """The words of a published answer, the hub's own."""

    title = forms.CharField(label=_("Title"), max_length=MAX_TITLE)
    question = _text(_("Question"), 6, _("In your own words. Name no organisation and nobody."))
    answer = _text(_("Answer"), 12, _("Markdown."))
    items = _items()
    tlp = forms.ChoiceField(
        label=_("Marking"), choices=[(level.value, level.label) for level in LEVELS], initial=TLP.GREEN
    )

    def words(self) -> Edited:
        """Return the words."""
        return Edited(**{name: self.cleaned_data[name] for name in ("title", "question", "answer", "items")})


class ReferenceChangeForm(ReferenceForm):
    """A new version of a published answer; its marking stays."""

    tlp = None  # type: ignore[assignment]
    reason = forms.CharField(label=_("What changed, and why"), max_length=MAX_REASON)
