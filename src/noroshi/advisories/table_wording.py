"""Decision tables in words: what they ask, what follows, and why one was not taken."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from noroshi.advisories.claim_wording import OUTCOMES
from noroshi.advisories.domain.decisions import Table
from noroshi.advisories.domain.decisions.own import TableFaultError
from noroshi.advisories.domain.urgency import HOUSE_TABLES, Case
from noroshi.advisories.models import Importance

FAULTS: Final[dict[str, Promise]] = {
    "unknown input": gettext_lazy("There is no input “%(name)s”: the page lists those that there are."),
    "column twice": gettext_lazy("A column stands there twice."),
    "no column": gettext_lazy("There is no column “%(name)s”."),
    "no input": gettext_lazy("The table asks nothing: it needs a column for at least one input."),
    "outcome contradicts": gettext_lazy("Row %(place)s: “%(outcome)s” says other days than before."),
    "row contradicts": gettext_lazy("Row %(place)s: another row says “%(outcome)s” of %(values)s."),
    "too many outcomes": gettext_lazy("There are more than %(limit)s outcomes."),
    "not total": gettext_lazy("No row says what follows of %(values)s."),
    "no outcome": gettext_lazy("Row %(place)s has no outcome of at most %(limit)s characters."),
    "no days": gettext_lazy("Row %(place)s: “%(value)s” is no number of days up to %(limit)s, nor empty."),
    "no yes or no": gettext_lazy("Row %(place)s: forensics is yes or no, not “%(value)s”."),
    "unknown value": gettext_lazy("Row %(place)s: %(name)s is one of %(values)s or *, not “%(value)s”."),
    "too many rows": gettext_lazy("There are more than %(limit)s rows."),
    "no rows": gettext_lazy("The JSON has no list “rows” of objects."),
    "unreadable": gettext_lazy("The file is neither CSV nor JSON."),
}


def fault_in_words(fault: TableFaultError) -> str:
    """Return why a table was not taken, in a sentence."""
    return str(FAULTS[fault.fault]) % fault.said


def outcome_in_words(stored: Mapping[str, Any]) -> Promise | str:
    """Return what a decision (`Decision.stored`) asks; what an institution calls it itself with its days."""
    name: str = stored.get("outcome", "")
    if stored.get("table") in HOUSE_TABLES or not name:
        return OUTCOMES.get(name, name)
    return f"{name} ({days_in_words(stored['days'], forensics=stored['forensics'])})"


def days_in_words(days: int | None, *, forensics: bool) -> str:
    """Return until when something is due."""
    said = (
        str(OUTCOMES["next upgrade"])
        if days is None
        else ngettext("within %(number)s day", "within %(number)s days", days) % {"number": days}
    )
    return _("%(until)s, and look for traces of an intrusion") % {"until": said} if forensics else said


REACHED: Final[dict[str, Promise]] = {
    "open": gettext_lazy("Reached from the internet"),
    "controlled": gettext_lazy("Reached through controls"),
    "small": gettext_lazy("Hardly reached"),
    "": gettext_lazy("However it is reached"),
}
_NOT_REACHED: Final = gettext_lazy("Not reached from there")


@dataclass(frozen=True)
class Urgency:
    """What a table asks of a kind of asset, in words."""

    reached: Promise
    importances: list[Promise | str]
    outcome: Promise | str


def case_in_words(case: Case, table: Table) -> Urgency:
    """Return it as a page says it."""
    is_reached_or_not = case.exposure == "controlled" and "exposure" not in table.shape.inputs
    return Urgency(
        _NOT_REACHED if is_reached_or_not else REACHED[case.exposure],
        [Importance(name).label for name in case.importances],
        outcome_in_words(case.decision.stored),
    )
