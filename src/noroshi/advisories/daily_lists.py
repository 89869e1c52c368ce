"""The list of daily sheets."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models import Sheet
from noroshi.advisories.queries import sheets_for
from noroshi.kit.lists import Column, DateFilter, ListSpec


def _count(name: str, row: Sheet) -> int:
    return len(row.frozen[name]) + int(row.frozen[f"more_{name}"])


SHEETS: Final = ListSpec(
    name="daily-sheets",
    columns=(
        Column("tlp", _("TLP"), lambda row: row.tlp, cell="kit/cells/tlp.html", style="tight"),
        Column("reference", _("Number"), lambda row: row.reference, cell="advisories/cells/sheet.html", style="tight"),
        Column("until", _("Until"), lambda row: row.until, "until", "kit/cells/when.html", "tight"),
        Column("since", _("Since"), lambda row: row.since, cell="kit/cells/when.html", style="tight"),
        Column("changes", _("Changes of catalogues"), lambda row: _count("changes", row), style="end"),
        Column("vulnerabilities", _("Vulnerabilities"), lambda row: _count("vulnerabilities", row), style="end"),
        Column("sha256", "SHA-256", lambda row: row.frozen["sha256"], shown=False),
    ),
    filters=(DateFilter("from", _("From the day"), "until__date__gte"),),
    default_sort="-until",
    empty=_("No sheet has been issued yet."),
    export_queryset=sheets_for,
)
