"""The outbox of a peer, and what came in from it, as lists."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.federation.models import ArrivalOutcome, EntryState, Peer
from noroshi.federation.queries import inbox_for, outbox_for
from noroshi.federation.wording import SUBJECTS, why
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec


def outbox_list(peer: Peer) -> ListSpec:
    """Return the list of what was to go to a peer."""
    return ListSpec(
        name="outbox",
        columns=(
            Column(
                "at",
                _("When"),
                lambda row: row.created_at,
                sort="created_at",
                cell="kit/cells/when.html",
                style="tight",
            ),
            Column("about", _("About"), lambda row: SUBJECTS.get(row.subject, row.subject), sort="subject"),
            Column("number", _("Number"), lambda row: reference(row.subject_id), style="tight"),
            Column("state", _("State"), lambda row: row.get_state_display(), sort="state", style="tight"),
            Column("reason", _("Why"), lambda row: why(row.reason, row.detail), style="wide"),
        ),
        filters=(
            ChoiceFilter("state", _("State"), EntryState.choices, "state"),
            ChoiceFilter("about", _("About"), list(SUBJECTS.items()), "subject"),
        ),
        default_sort="-at",
        empty=_("Nothing was to go there yet that you may see."),
        export_queryset=lambda actor: outbox_for(actor, peer),
    )


def inbox_list(peer: Peer) -> ListSpec:
    """Return the list of what came from a peer."""
    return ListSpec(
        name="arrivals",
        columns=(
            Column("at", _("When"), lambda row: row.at, sort="at", cell="kit/cells/when.html", style="tight"),
            Column("about", _("About"), lambda row: SUBJECTS.get(row.subject, row.subject), sort="subject"),
            Column("number", _("Number"), lambda row: reference(row.subject_id), style="tight"),
            Column("outcome", _("State"), lambda row: row.get_outcome_display(), sort="outcome", style="tight"),
            Column("reason", _("Why"), lambda row: row.reason, style="wide"),
        ),
        filters=(ChoiceFilter("outcome", _("State"), ArrivalOutcome.choices, "outcome"),),
        default_sort="-at",
        empty=_("Nothing came from there yet that you may see."),
        export_queryset=lambda actor: inbox_for(actor, peer),
    )


REFERENCE: Final = "S-{}"


def reference(number: Any) -> str:
    """Return a number as people say it: signals bear theirs by the same digits."""
    return REFERENCE.format(number.hex[-8:].upper())
