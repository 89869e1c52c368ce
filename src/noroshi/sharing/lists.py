"""The lists of the sharing room, declared once."""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.kit import search
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows
from noroshi.sharing.models import Kind, Signal, Target
from noroshi.sharing.queries import SEARCH_KIND, byline, signals_for


def _found(rows: Rows, text: str) -> Rows:
    return rows.filter(search.matching(SEARCH_KIND, text))


def _exported(actor: Actor) -> Rows:
    return signals_for(actor).select_related("author__organisation")


def signal_list_for(actor: Actor) -> ListSpec:
    """Return the list of signals as `actor` may read it: who wrote a line depends on who asks."""

    def organisation(signal: Signal) -> str:
        return byline(actor, signal).organisation

    return ListSpec(
        name="signals",
        columns=(
            Column("tlp", _("TLP"), lambda signal: signal.tlp, cell="kit/cells/tlp.html"),
            Column("title", _("Title"), _title, sort="title", cell="sharing/cells/title.html"),
            Column("kind", _("Kind"), lambda signal: signal.get_kind_display(), sort="kind"),
            Column("target", _("Struck"), lambda signal: signal.get_target_display()),
            Column("from", _("From"), organisation, cell="sharing/cells/from.html"),
            Column(
                "published", _("Published"), lambda s: s.published_at, sort="published_at", cell="kit/cells/when.html"
            ),
        ),
        filters=FILTERS,
        default_sort="-published",
        empty=_("No signals yet. The first fire is yours to light."),
        export_queryset=_exported,
    )


def _title(signal: Signal) -> Any:
    return signal.title if signal.state != "withdrawn" else _("(withdrawn)")


FILTERS: Final = (
    TextFilter("q", _("Search"), _found),
    ChoiceFilter("kind", _("Kind"), Kind.choices, "kind"),
    ChoiceFilter("target", _("Struck"), Target.choices, "target"),
    ChoiceFilter("tlp", _("TLP"), [(level.value, level.label) for level in TLP], "tlp"),
    DateFilter("since", _("Since"), "published_at__date__gte"),
)
