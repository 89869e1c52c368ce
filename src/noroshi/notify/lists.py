"""The inbox as a list."""

from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from noroshi.kit.lists import ChoiceFilter, Column, ListSpec
from noroshi.notify.models import DispatchState, Notice, NoticeKind

READ_CHOICES: Final = [("unread", _("Unread")), ("read", _("Read"))]


def _read_or_not(rows: QuerySet[Notice], value: str) -> QuerySet[Notice]:
    return rows.filter(read_at__isnull=value == "unread")


INBOX: Final = ListSpec(
    name="inbox",
    columns=(
        Column("about", _("About"), lambda row: row, cell="notify/cells/about.html", style="wide"),
        Column("kind", _("Why you are told"), lambda row: row.get_kind_display(), sort="kind"),
        Column(
            "at", _("When"), lambda row: row.created_at, sort="created_at", cell="kit/cells/when.html", style="tight"
        ),
        Column("state", _("State"), lambda row: row, cell="notify/cells/state.html", style="tight"),
    ),
    filters=(
        ChoiceFilter("read", _("State"), READ_CHOICES, _read_or_not),
        ChoiceFilter("kind", _("Why you are told"), NoticeKind.choices, "kind"),
    ),
    default_sort="-at",
    empty=_("Nothing has been sent to you yet. What concerns you will arrive here."),
)

DISPATCHES: Final = ListSpec(
    name="dispatches",
    columns=(
        Column("at", _("When"), lambda row: row.created_at, sort="created_at", cell="kit/cells/when.html"),
        Column("type", _("Message"), lambda row: row.type, sort="type"),
        Column("number", _("Number"), lambda row: f"msg_{row.pk.hex}"),
        Column("state", _("State"), lambda row: row.get_state_display(), sort="state"),
        Column("attempts", _("Attempts"), lambda row: row, cell="notify/cells/attempts.html"),
    ),
    filters=(ChoiceFilter("state", _("State"), DispatchState.choices, "state"),),
    default_sort="-at",
    empty=_("Nothing was to be sent yet."),
)
