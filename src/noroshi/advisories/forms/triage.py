"""What operators choose and type at triage."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.actions import RuleSaid
from noroshi.advisories.actions.routing import LONGEST_NAME, MOST_DAYS
from noroshi.advisories.models import Category, Priority, RoutingRule, RoutingWay, Source
from noroshi.advisories.models.triage import LONGEST_NOTE
from noroshi.advisories.queries import categories_on_offer
from noroshi.members.models import Person
from noroshi.members.queries import hub_operators
from noroshi.sharing.forms.audience import BlamingForm, moment_field, text_field

HOLD_DAYS = ((1, _("until tomorrow")), (3, _("for 3 days")), (7, _("for a week")), (30, _("for 30 days")))


class HoldForm(forms.Form):
    """Until when a story is held."""

    until = moment_field(_("Until"), "")


class DropForm(forms.Form):
    """Why a story is dropped."""

    reason = forms.CharField(label=_("Why"), max_length=LONGEST_NOTE)


class SortForm(forms.Form):
    """Into which category a story goes."""

    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.none())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = categories_on_offer()  # type: ignore[attr-defined]


class AssignForm(forms.Form):
    """To whom a story is given, and until when."""

    owner = forms.ModelChoiceField(
        label=_("Taken by"), queryset=Person.objects.none(), required=False, empty_label=_("nobody")
    )
    due = forms.DateField(label=_("Due"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = hub_operators()  # type: ignore[attr-defined]


def _lines(label: Any, help_text: Any) -> forms.CharField:
    return text_field(label, 3, 20_000, help_text=help_text, required=False)


class RuleForm(BlamingForm):
    """A rule that says where what comes in goes."""

    name = forms.CharField(label=_("Name"), max_length=LONGEST_NAME)
    words = _lines(_("Words in it"), _("One a line: one of them is enough. Width and case do not matter."))
    names = _lines(_("Identifiers"), _("CVE numbers and the like, one a line; CVE-2026-* means all that begin so."))
    products = _lines(_("Makers and products"), _("One a line, as sources call them."))
    is_exploited = forms.BooleanField(label=_("A catalogue lists it as exploited"), required=False)
    source = forms.ChoiceField(label=_("Advisory source"), required=False)
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.none(), required=False, empty_label=_("the source's usual one")
    )
    priority = forms.TypedChoiceField(
        label=_("Priority"), choices=Priority.choices, coerce=int, initial=Priority.NORMAL.value
    )
    way = forms.ChoiceField(label=_("What becomes of it"), choices=RoutingWay.choices)
    days = forms.IntegerField(label=_("Days for which it is held"), min_value=1, max_value=MOST_DAYS, initial=1)
    position = forms.IntegerField(
        label=_("Place in the order"),
        min_value=0,
        max_value=9_999,
        initial=100,
        help_text=_("The rule with the smallest number that fires decides."),
    )

    def __init__(self, *args: Any, sources: dict[str, Source], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sources = sources
        offered = [("", _("any")), *((number, row.name) for number, row in sources.items())]
        self.fields["source"].choices = offered  # type: ignore[attr-defined]
        self.fields["category"].queryset = categories_on_offer()  # type: ignore[attr-defined]

    def said(self) -> RuleSaid:
        """Return what was said of the rule."""
        data = self.cleaned_data
        lists = {name: data[name].splitlines() for name in ("words", "names", "products")}
        rest = {name: data[name] for name in ("is_exploited", "category", "priority", "way", "days", "position")}
        return RuleSaid(data["name"], source=self.sources.get(data["source"]), **lists, **rest)


def initial_of_rule(row: RoutingRule) -> dict[str, Any]:
    """Return the form's initial values for a rule."""
    plain = ("name", "is_exploited", "category", "priority", "way", "days", "position")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: "\n".join(getattr(row, name)) for name in ("words", "names", "products")},
        "source": str(row.source_id or ""),
    }


class TryForm(forms.Form):
    """A text to be held against the rules."""

    text = text_field(_("A text"), 4, 5_000, help_text=_("A title, or all of an item. Nothing is kept of it."))
