"""Forms of the portal: they hold what a person typed; the actions judge it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.domain.tlp import TLP
from noroshi.members.forms import ActionForm
from noroshi.notify.actions import Timing
from noroshi.notify.models import Delivery, Weekday
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import Kind

_ANY: Any = ("", _("All"))


class SearchForm(ActionForm):
    """A search to keep: its name, what it looks for, and whether it tells of what it finds."""

    name = forms.CharField(label=_("Name"), max_length=80, help_text=_("For you alone."))
    words = forms.CharField(label=_("Words"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[_ANY, *Kind.choices], required=False)
    tlp = forms.ChoiceField(
        label=_("TLP"), choices=[_ANY, *((level.value, level.label) for level in TLP)], required=False
    )
    since = forms.DateField(
        label=_("Published since"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    with_values = forms.BooleanField(label=_("With values to look for"), required=False)
    alert = forms.ChoiceField(
        label=_("Alert"),
        choices=[("", _("no alert")), *Delivery.choices],
        required=False,
        help_text=_("Once for each signal that is found: in the inbox, and by mail as you choose."),
    )
    at = forms.TimeField(
        label=_("Time of digest and magazine"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    weekday = forms.TypedChoiceField(label=_("Day of the magazine"), choices=Weekday.choices, coerce=int)

    def __init__(self, data: Any, *, name: str, asked: Asked, alert: Timing | None) -> None:
        timing = alert or Timing()
        initial = {**vars(asked), "name": name, "alert": alert.delivery if alert else ""}
        super().__init__(data, initial={**initial, "at": timing.at, "weekday": timing.weekday})

    @property
    def asked(self) -> Asked:
        """What a valid form looks for."""
        given = self.cleaned_data
        tlp = TLP(given["tlp"]) if given["tlp"] else None
        return Asked(given["words"], given["kind"], tlp, given["since"], given["with_values"])

    @property
    def alert_wanted(self) -> Timing | None:
        """When a valid form wants its alerts; None where it wants none."""
        given = self.cleaned_data
        return Timing(given["alert"], given["at"], given["weekday"]) if given["alert"] else None
