"""Lists of the mail magazine: the mailing lists, who is on one, the mailings, and the mails of one."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.magazine_wording import DELIVERY_TONES, STAGE_TONES, STANDING_TONES
from noroshi.advisories.models import (
    Delivery,
    DeliveryState,
    Mailing,
    MailingList,
    MailingStage,
    Standing,
    Subscriber,
)
from noroshi.advisories.queries import deliveries_of, mailings_for, readers_of, subscribers_for
from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter


def _categories(row: MailingList) -> str:
    return ", ".join(str(category) for category in row.categories.all())


def _count(_actor: Actor, rows: Sequence[Any]) -> None:
    readers = readers_of(rows)
    for row in rows:
        row.readers = readers.get(row.pk, 0)


MAILING_LISTS: Final = ListSpec(
    name="mailing-lists",
    columns=(
        Column("name", _("Mailing list"), str, cell="advisories/cells/mailing_list.html", style="wide"),
        Column("categories", _("Categories"), _categories),
        Column("ceiling", _("Up to which marking"), lambda row: row.ceiling, "", "kit/cells/tlp.html", "tight"),
        Column("readers", _("Addresses reached"), lambda row: f"{row.readers:,}", style="end"),
        Column("pace", _("Mails a minute at most"), lambda row: row.per_minute, style="end"),
    ),
    filters=(TextFilter("q", _("Search"), ("slug", "name_ja", "name_en")),),
    empty=_("There is no mailing list yet: make one, and bulletins go to addresses without an account."),
    on_show=_count,
)


def _tone_of_standing(_actor: Actor, rows: Sequence[Any]) -> None:
    for row in rows:
        row.tone = STANDING_TONES[row.state]


SUBSCRIBERS: Final = ListSpec(
    name="subscribers",
    columns=(
        Column("address", _("Mail address"), lambda row: row.address, "key", style="wide"),
        Column("language", _("Language"), lambda row: row.language, style="tight"),
        Column("state", _("State"), Subscriber.get_state_display, "state", "advisories/cells/stage.html", "tight"),
        Column("how", _("Put there by"), lambda row: row.added_by or _("signed up")),
        Column("reason", _("How it is known that they want it"), lambda row: row.reason, shown=False),
        Column(
            "confirmed",
            _("On the list from"),
            lambda row: row.confirmed_at,
            "confirmed_at",
            "kit/cells/when.html",
            "tight",
        ),
        Column("changed", _("Changed"), lambda row: row.changed_at, shown=False),
        Column("trouble", _("What came back"), lambda row: row.trouble, shown=False),
        Column(
            "verbs", "", lambda _row: "", cell="advisories/cells/subscriber_verbs.html", style="tight", exported=False
        ),
    ),
    filters=(
        TextFilter("q", _("Search"), ("key", "address")),
        ChoiceFilter("state", _("State"), Standing.choices, "state"),
        ChoiceFilter("language", _("Language"), [("ja", _("Japanese")), ("en", _("English"))], "language"),
        DateFilter("since", _("On the list since"), "confirmed_at__date__gte"),
    ),
    default_sort="address",
    empty=_("Nobody is on this list."),
    on_show=_tone_of_standing,
)


def subscribers_of(mailing_list: MailingList) -> ListSpec:
    """Return the list of who is on a mailing list; its file holds the same."""
    return replace(SUBSCRIBERS, export_queryset=lambda actor: subscribers_for(actor, mailing_list))


def _tone_of_stage(_actor: Actor, rows: Sequence[Any]) -> None:
    for row in rows:
        row.tone = STAGE_TONES[row.stage]


def _figure(name: str) -> Any:
    return lambda row: getattr(row, f"{name}_count")


_IN_FILES: Final = (DeliveryState.CLAIMED, DeliveryState.DROPPED)
"""Counted on a mailing's own page, and in the exported file."""

MAILINGS: Final = ListSpec(
    name="mailings",
    columns=(
        Column("bulletin", _("Bulletin"), lambda row: row.bulletin, cell="advisories/cells/mailing.html", style="wide"),
        Column("list", _("Mailing list"), lambda row: row.mailing_list),
        Column("kind", _("What it says"), Mailing.get_kind_display, style="tight"),
        Column("stage", _("How far it is"), Mailing.get_stage_display, "stage", "advisories/cells/stage.html", "tight"),
        *(
            Column(each.value, each.label, _figure(each.value), style="end", shown=each not in _IN_FILES)
            for each in DeliveryState
        ),
        Column("begun", _("Begun"), lambda row: row.begun_at, "begun_at", "kit/cells/when.html", "tight"),
    ),
    filters=(
        ChoiceFilter("stage", _("How far it is"), MailingStage.choices, "stage"),
        DateFilter("since", _("Begun since"), "begun_at__date__gte"),
    ),
    default_sort="-begun",
    empty=_("Nothing has been mailed yet."),
    export_queryset=mailings_for,
    on_show=_tone_of_stage,
)


def _tone_of_delivery(_actor: Actor, rows: Sequence[Any]) -> None:
    for row in rows:
        row.tone = DELIVERY_TONES[row.state]


DELIVERIES: Final = ListSpec(
    name="deliveries",
    columns=(
        Column("address", _("Mail address"), lambda row: row.subscriber.address, "key", style="wide"),
        Column("state", _("What became of it"), Delivery.get_state_display, "state", "advisories/cells/stage.html"),
        Column("detail", _("What the mail server said"), lambda row: row.detail),
        Column("tries", _("Tries"), lambda row: row.tries, style="end"),
        Column("at", _("Handed over"), lambda row: row.claimed_at, "", "kit/cells/when.html", "tight"),
        Column("message", _("Message-ID"), lambda row: row.message_id, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), ("key",)),
        ChoiceFilter("state", _("What became of it"), DeliveryState.choices, "state"),
    ),
    default_sort="address",
    empty=_("No mail."),
    on_show=_tone_of_delivery,
)


def mails_of(mailing: Mailing) -> ListSpec:
    """Return the list of the mails of a mailing; its file holds the same."""
    return replace(DELIVERIES, export_queryset=lambda actor: deliveries_of(actor, mailing))
