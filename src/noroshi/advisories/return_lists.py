"""The list of letters that were read where mail of the magazine comes back."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.magazine_wording import FATE_TONES
from noroshi.advisories.models import Fate, ReturnedLetter
from noroshi.advisories.queries import returned_letters_for
from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter


def _tone_of_fate(_actor: Actor, rows: Sequence[Any]) -> None:
    for row in rows:
        row.tone = FATE_TONES[row.fate]


def _address(row: ReturnedLetter) -> str:
    return row.delivery.subscriber.address if row.delivery is not None else ""


def _bulletin(row: ReturnedLetter) -> str:
    return row.delivery.mailing.bulletin.reference if row.delivery is not None else ""


LETTERS: Final = ListSpec(
    name="returned-letters",
    columns=(
        Column("at", _("Read at"), lambda row: row.at, "at", "kit/cells/when.html", "tight"),
        Column("fate", _("What became of it"), ReturnedLetter.get_fate_display, "fate", "advisories/cells/stage.html"),
        Column("address", _("Which address"), _address, cell="advisories/cells/returned_address.html"),
        Column("subject", _("Its subject"), lambda row: row.subject),
        Column("sender", _("Its sender, as it says"), lambda row: row.sender),
        Column("detail", _("What the mail server said"), lambda row: row.detail),
        Column("bulletin", _("Bulletin"), _bulletin, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), ("delivery__key", "subject", "sender")),
        ChoiceFilter("fate", _("What became of it"), Fate.choices, "fate"),
        DateFilter("since", _("Read since"), "at__date__gte"),
    ),
    default_sort="-at",
    empty=_("No letter has been read."),
    export_queryset=returned_letters_for,
    on_show=_tone_of_fate,
)
