"""Forms of the notify room: they hold what a person typed; the actions judge it."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.members.forms import ActionForm
from noroshi.members.models import InstitutionKind
from noroshi.notify.actions import CHOSEN, Wanted
from noroshi.notify.models import Delivery, NoticeKind, Preferences, Subscription, Weekday
from noroshi.notify.presenters import kinds_on_offer
from noroshi.notify.queries import own_groups

_CLOCK = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_TICKS = forms.CheckboxSelectMultiple


class SubscriptionForm(ActionForm):
    """What to hear of, and when. A question without answers is not asked."""

    label = forms.CharField(label=_("Name"), max_length=80, required=False, help_text=_("For you alone."))
    notices = forms.MultipleChoiceField(label=_("Tell me when"), widget=_TICKS)
    signal_kinds = forms.MultipleChoiceField(label=_("Only these kinds of signal"), required=False, widget=_TICKS)
    groups = forms.MultipleChoiceField(label=_("Only what these groups were sent"), required=False, widget=_TICKS)
    sectors = forms.MultipleChoiceField(
        label=_("Only from these kinds of institution"),
        help_text=_("An anonymous signal is of no kind of institution."),
        choices=InstitutionKind.choices,
        required=False,
        widget=_TICKS,
    )
    words = forms.CharField(
        label=_("Only with these words"),
        max_length=200,
        required=False,
        help_text=_("All of them, as in the search. Of questions and answers, framework items are words too."),
    )
    values = forms.CharField(
        label=_("Only if it names one of these"),
        help_text=_("Addresses, domains, hashes; also written hxxp and [.]."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    names_assets = forms.BooleanField(label=_("Only if it names one of our products and systems"), required=False)
    delivery = forms.ChoiceField(label=_("Mail"), choices=Delivery.choices)
    at = forms.TimeField(label=_("Time of digest and magazine"), widget=_CLOCK)
    weekday = forms.TypedChoiceField(label=_("Day of the magazine"), choices=Weekday.choices, coerce=int)

    def __init__(self, data: Any, *, actor: Actor, subscription: Subscription) -> None:
        super().__init__(data, initial=_initial(subscription))
        offers: dict[str, list[Any]] = {
            "notices": [
                (kind.value, kind.label) for kind in CHOSEN if kind is not NoticeKind.RELEASE or actor.is_hub_operator
            ],
            "signal_kinds": kinds_on_offer(),
            "groups": [(str(group.pk), group.name) for group in own_groups(actor)],
        }
        for name, choices in offers.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
            if not choices:
                del self.fields[name]

    @property
    def is_narrowed(self) -> bool:
        """Whether it asks for more than kinds of notice."""
        names = ("signal_kinds", "groups", "sectors", "words", "values", "names_assets")
        return any(self[name].value() for name in names if name in self.fields)

    @property
    def wanted(self) -> Wanted:
        """What a valid form asks for."""
        given = self.cleaned_data
        return Wanted(**{**given, "groups": [UUID(number) for number in given.get("groups", ())]})


def _initial(subscription: Subscription) -> dict[str, Any]:
    names = ("label", "notices", "signal_kinds", "groups", "sectors", "words", "names_assets", "delivery", "at")
    initial = {name: getattr(subscription, name) for name in names}
    return initial | {"values": "\n".join(subscription.values), "weekday": subscription.weekday}


class PreferencesForm(ActionForm):
    """What holds for all subscriptions."""

    quiet_from = forms.TimeField(label=_("Quiet from"), required=False, widget=_CLOCK)
    quiet_until = forms.TimeField(
        label=_("Quiet until"),
        required=False,
        widget=_CLOCK,
        help_text=_("What falls into these hours waits. Hits in your own logs come all the same."),
    )
    assets = forms.CharField(
        label=_("Our products and systems"),
        help_text=_("One a line, as a signal would call it."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    def __init__(self, data: Any, *, preferences: Preferences) -> None:
        initial = {"quiet_from": preferences.quiet_from, "quiet_until": preferences.quiet_until}
        super().__init__(data, initial={**initial, "assets": "\n".join(preferences.assets)})


class FeedForm(ActionForm):
    """A new set of addresses for feeds."""

    label = forms.CharField(label=_("Name"), max_length=120, help_text=_("Where it is used."))
    days = forms.IntegerField(label=_("Valid for days"), min_value=1, max_value=366, initial=366)


class WebhookForm(ActionForm):
    """A new webhook."""

    label = forms.CharField(label=_("Name"), max_length=80)
    url = forms.CharField(label=_("Address"), max_length=2000, help_text=_("It begins with https://."))


class ReplayForm(ActionForm):
    """Which messages to send again."""

    since = forms.DateTimeField(label=_("From"), widget=_MOMENT)
    until = forms.DateTimeField(label=_("Until"), widget=_MOMENT)
