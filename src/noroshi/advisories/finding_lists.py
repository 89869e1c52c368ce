"""The list of findings of configuration checks."""

from collections.abc import Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.findings import STALE_AFTER, is_stale
from noroshi.advisories.models import Finding, FindingStage, ImportStage
from noroshi.advisories.queries import findings_for
from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.kit.lists import ChoiceFilter, Column, ListSpec, TextFilter
from noroshi.kit.lists.spec import Rows

TONES: Final = {
    FindingStage.FAILING: "failing",
    FindingStage.MANUAL: "waiting",
    FindingStage.MUTED: "off",
    FindingStage.PASSED: "ok",
    FindingStage.CLOSED: "off",
}
IMPORT_TONES: Final = {
    ImportStage.WAITING: "waiting",
    ImportStage.READING: "running",
    ImportStage.WRITING: "running",
    ImportStage.DONE: "ok",
    ImportStage.REFUSED: "failing",
}


def show(_actor: Actor, rows: Sequence[Any]) -> None:
    """Give findings their tone, and say which are old."""
    for row in rows:
        row.tone = TONES[FindingStage(row.stage)]
        row.is_stale = row.stage != FindingStage.CLOSED and is_stale(row.seen_at, clock.now())


def _age(rows: Rows, value: str) -> Rows:
    border = clock.now() - STALE_AFTER
    return rows.filter(seen_at__gte=border) if value == "fresh" else rows.filter(seen_at__lt=border)


def _severity(row: Finding) -> str:
    return row.get_severity_display()


FINDINGS: Final = ListSpec(
    name="findings",
    columns=(
        Column("severity", _("Severity"), _severity, "severity", style="tight"),
        Column("title", _("Check"), lambda row: row.title, "title", "advisories/cells/finding.html", "wide"),
        Column("resource", _("Resource"), lambda row: row.resource_name, "resource_name"),
        Column("account", _("Account looked through"), lambda row: row.account, style="tight"),
        Column("region", _("Region"), lambda row: row.region, style="tight"),
        Column(
            "stage",
            _("Where it stands"),
            lambda row: row.get_stage_display(),
            "stage",
            "advisories/cells/finding_stage.html",
            "tight",
        ),
        Column("seen", _("Last seen"), lambda row: row.seen_at, "seen_at", "kit/cells/when.html", "tight"),
        Column("check", _("Name of the check"), lambda row: row.check_name, shown=False),
        Column("resource_uid", _("Number of the resource"), lambda row: row.resource_uid, shown=False),
        Column("resource_kind", _("Kind of resource"), lambda row: row.resource_kind, shown=False),
        Column("product", _("Found by"), lambda row: row.product, shown=False),
        Column("cves", _("CVE numbers"), lambda row: row.cves.strip(), shown=False),
        Column("detail", _("What was found"), lambda row: row.detail, shown=False),
        Column("remediation", _("How to mend it"), lambda row: row.remediation, shown=False),
        Column("frameworks", _("Requirements"), lambda row: " · ".join(row.frameworks), shown=False),
    ),
    filters=(
        TextFilter(
            "q", _("Search"), ("title", "check_name", "resource_name", "resource_uid", "account", "detail", "cves")
        ),
        ChoiceFilter("stage", _("Where it stands"), FindingStage.choices, "stage"),
        ChoiceFilter(
            "severity",
            _("Severity"),
            [(str(number), word) for number, word in reversed(Finding.SEVERITIES)],
            "severity",
        ),
        ChoiceFilter(
            "age", _("Age"), [("fresh", _("Seen within 30 days")), ("stale", _("Not seen for 30 days"))], _age
        ),
    ),
    default_sort="-severity",
    empty=_("No configuration check is known: take in what your tool found."),
    export_queryset=findings_for,
    on_show=show,
)
