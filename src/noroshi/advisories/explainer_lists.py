"""The list of explainers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.lists import category_choices
from noroshi.advisories.models import Explainer
from noroshi.advisories.policy import BULLETIN_LEVELS
from noroshi.advisories.queries import EXPLAINER_KIND, explainers_for
from noroshi.kit import search
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter


def _place(row: Explainer) -> str:
    return f"{row.serial} {row.part}" if row.serial else ""


EXPLAINERS: Final = ListSpec(
    name="explainers",
    columns=(
        Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
        Column("title", _("Title"), lambda row: row.title, cell="advisories/cells/explainer.html", style="wide"),
        Column("series", _("Series of explainers"), _place),
        Column("category", _("Category"), lambda row: row.category, style="tight"),
        Column(
            "published", _("Published"), lambda row: row.published_at, "published_at", "kit/cells/when.html", "tight"
        ),
        Column("summary", _("Summary"), lambda row: row.summary, shown=False),
        Column("authors", _("Authors"), lambda row: row.byline, shown=False),
        Column("keywords", _("Keywords"), lambda row: " ".join(row.tags), shown=False),
        Column("vulnerabilities", _("Vulnerabilities"), lambda row: " ".join(row.names), shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), lambda rows, text: rows.filter(search.matching(EXPLAINER_KIND, text))),
        ChoiceFilter("category", _("Category"), category_choices, "category__series"),
        ChoiceFilter("tlp", _("TLP"), [(level.value, level.label) for level in BULLETIN_LEVELS], "tlp"),
        DateFilter("since", _("Published since"), "published_at__date__gte"),
    ),
    default_sort="-published",
    empty=_("No explainers yet."),
    export_queryset=explainers_for,
)
