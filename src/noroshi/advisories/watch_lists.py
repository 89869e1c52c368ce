"""The list of records that name watched words."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models import HitStage, WatchHit
from noroshi.advisories.queries import watch_hits_for
from noroshi.kit.lists import ChoiceFilter, Column, DateFilter, ListSpec, TextFilter

HIT_TONES: Final = {HitStage.TO_JUDGE: "waiting", HitStage.CONCERNS: "failing", HitStage.NOTHING: "off"}


def _name(row: WatchHit) -> str:
    return row.vulnerability.name if row.vulnerability else ""


WATCH_HITS: Final = ListSpec(
    name="watch-hits",
    columns=(
        Column("found", _("Found on"), lambda row: row.found_at, "found_at", "kit/cells/when.html", "tight"),
        Column("title", _("Title"), lambda row: row.title, cell="advisories/cells/watch_hit.html", style="wide"),
        Column("words", _("Watched words"), lambda row: " · ".join(row.words)),
        Column("vulnerability", _("Vulnerability"), _name, style="tight"),
        Column("source", _("Source"), lambda row: row.item.source.name),
        Column(
            "stage",
            _("Where it stands"),
            lambda row: row.get_stage_display(),
            cell="advisories/cells/hit_stage.html",
            style="tight",
        ),
        Column("reason", _("Reason"), lambda row: row.reason, shown=False),
    ),
    filters=(
        TextFilter("q", _("Search"), ("title", "vulnerability__name")),
        ChoiceFilter("stage", _("Where it stands"), HitStage.choices, "stage"),
        DateFilter("since", _("Found since"), "found_at__date__gte"),
    ),
    default_sort="-found",
    empty=_("No record names a word that you watch."),
    export_queryset=watch_hits_for,
)
