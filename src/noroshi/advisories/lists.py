"""Lists of the advisories room."""

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models import Bulletin
from noroshi.advisories.policy import BULLETIN_LEVELS
from noroshi.advisories.queries import BULLETIN_KIND, bulletins_for, categories_on_offer
from noroshi.kit import search
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter


def category_choices() -> list[tuple[str, str]]:
    """Return the categories that a list is narrowed to."""
    return [(row.series, str(row)) for row in categories_on_offer()]


def _names(row: Bulletin) -> str:
    return " ".join(row.names)


BULLETINS = ListSpec(
    name="bulletins",
    columns=(
        Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
        Column("reference", _("Number"), lambda row: row.reference, style="tight"),
        Column("title", _("Title"), lambda row: row.title, cell="advisories/cells/bulletin.html", style="wide"),
        Column("category", _("Category"), lambda row: row.category, style="tight"),
        Column(
            "published", _("Published"), lambda row: row.published_at, "published_at", "kit/cells/when.html", "tight"
        ),
        Column("vulnerabilities", _("Vulnerabilities"), _names, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), lambda rows, text: rows.filter(search.matching(BULLETIN_KIND, text))),
        ChoiceFilter("category", _("Category"), category_choices, "category__series"),
        ChoiceFilter("tlp", _("TLP"), [(level.value, level.label) for level in BULLETIN_LEVELS], "tlp"),
        DateFilter("since", _("Published since"), "published_at__date__gte"),
    ),
    default_sort="-published",
    empty=_("No bulletins yet."),
    export_queryset=bulletins_for,
)
