"""Subscriptions in the reader's words."""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.members.models import InstitutionKind
from noroshi.notify.models import Delivery, NoticeKind, Subscription, Weekday
from noroshi.notify.presenters import kinds_on_offer

PAUSE_REASONS: Final = {
    "gone": gettext_lazy("It answered that it is gone."),
    "no_answer": gettext_lazy("It has not taken a message for more than a day."),
}


def when_of(subscription: Subscription) -> str:
    """Return when its mail goes, in a few words."""
    delivery = Delivery(subscription.delivery)
    at = {"at": f"{subscription.at:%H:%M}", "day": Weekday(subscription.weekday).label}
    if delivery is Delivery.DIGEST:
        return _("Daily digest at %(at)s") % at
    if delivery is Delivery.WEEKLY:
        return _("Weekly magazine on %(day)s at %(at)s") % at
    return str(delivery.label)


def what_of(subscription: Subscription) -> str:
    """Return the kinds of notice it is about."""
    return _list(dict(NoticeKind.choices), subscription.notices)


def narrowed_by(subscription: Subscription, groups: Mapping[str, str]) -> list[str]:
    """Return what it is narrowed to, a phrase each; `groups` are the names of its person's own."""
    kinds = {str(value): str(label) for value, label in kinds_on_offer()}
    found = [
        _list(kinds, subscription.signal_kinds),
        _list(groups, subscription.groups),
        _list(dict(InstitutionKind.choices), subscription.sectors),
        _("with “%(words)s”") % {"words": subscription.words} if subscription.words else "",
        _("naming %(values)s") % {"values": _few(subscription.values)} if subscription.values else "",
        _("naming one of our products and systems") if subscription.names_assets else "",
    ]
    return [phrase for phrase in found if phrase]


def _list(names: Mapping[str, object], chosen: list[str]) -> str:
    return _(", ").join(str(names.get(value, _("a group you left"))) for value in chosen)


def _few(values: list[str]) -> str:
    return ", ".join(values[:3]) + (" …" if len(values) > 3 else "")  # noqa: PLR2004 - a line, not a list
