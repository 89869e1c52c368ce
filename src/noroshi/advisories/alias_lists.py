"""The list of names that were learned."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models import ProductAlias
from noroshi.advisories.queries import aliases_for
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows


def sureness_in_words(row: ProductAlias) -> object:
    """Return how sure a pair is."""
    return SURENESS["yes" if row.is_sure else "no"]


SURENESS: Final = {"yes": _("Sure: opens tasks by itself"), "no": _("Probable: waits for somebody")}


def _of_sureness(rows: Rows, value: str) -> Rows:
    return rows.filter(is_sure=value == "yes")


ALIASES: Final = ListSpec(
    name="aliases",
    columns=(
        Column("ours", _("What we call it"), lambda row: row.ours_words, style="wide"),
        Column("theirs", _("What records call it"), lambda row: row.theirs_words, style="wide"),
        Column("sure", _("How sure"), sureness_in_words),
        Column("reason", _("Reason"), lambda row: row.reason, style="wide"),
        Column("learned", _("Learned on"), lambda row: row.learned_at, "learned_at", "kit/cells/when.html", "tight"),
        Column("by", _("Learned by"), lambda row: str(row.learned_by), style="tight"),
        Column("take_back", _("Take back"), lambda _row: "", cell="advisories/cells/alias_back.html", exported=False),
    ),
    filters=(
        TextFilter("q", _("Search"), ("ours_words", "theirs_words")),
        ChoiceFilter("sure", _("How sure"), list(SURENESS.items()), _of_sureness),
    ),
    default_sort="-learned",
    empty=_("No name was learned yet."),
    export_queryset=aliases_for,
)
