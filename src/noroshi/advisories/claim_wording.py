"""Claims in words, as a page shows them."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.advisories.domain.affected import Affected, Product, Range, Status
from noroshi.advisories.domain.inventory.assets import NAMES_NOTHING
from noroshi.advisories.domain.matching import bounds_in_signs
from noroshi.advisories.domain.records import ClaimKind

KINDS: Final[dict[ClaimKind, Promise]] = {
    ClaimKind.SEVERITY: gettext_lazy("Severity"),
    ClaimKind.SSVC: gettext_lazy("Decision points"),
    ClaimKind.EPSS: gettext_lazy("EPSS"),
    ClaimKind.KEV: gettext_lazy("Exploited"),
    ClaimKind.AFFECTED: gettext_lazy("Affected"),
    ClaimKind.WEAKNESS: gettext_lazy("Weakness"),
    ClaimKind.REMEDY: gettext_lazy("Remedy"),
    ClaimKind.STATE: gettext_lazy("State"),
}
STATUSES: Final[dict[Status, Promise]] = {
    Status.AFFECTED: gettext_lazy("affected"),
    Status.UNAFFECTED: gettext_lazy("not affected"),
    Status.FIXED: gettext_lazy("fixed"),
    Status.UNKNOWN: gettext_lazy("unknown"),
}
OUTCOMES: Final[dict[str, Promise]] = {
    "next upgrade": gettext_lazy("with the next upgrade"),
    "60 days": gettext_lazy("within 60 days"),
    "14 days": gettext_lazy("within 14 days"),
    "3 days": gettext_lazy("within 3 days"),
    "3 days, forensics": gettext_lazy("within 3 days, and look for traces of an intrusion"),
    "30 days": gettext_lazy("within 30 days"),
    "90 days": gettext_lazy("within 90 days"),
    "defer": gettext_lazy("nothing for now"),
    "scheduled": gettext_lazy("with the regular maintenance, within 90 days"),
    "out of cycle": gettext_lazy("out of cycle, within 14 days"),
    "immediate": gettext_lazy("at once, within 3 days"),
}
INPUTS: Final[dict[str, Promise]] = {
    "kev": gettext_lazy("whether it is exploited"),
    "exposed": gettext_lazy("whether the internet reaches it"),
    "automatable": gettext_lazy("whether the attack can be automated"),
    "impact": gettext_lazy("its technical impact"),
    "exploitation": gettext_lazy("how far it is exploited"),
    "exposure": gettext_lazy("how far the asset is reached"),
    "importance": gettext_lazy("how much the business depends on it"),
}
VALUES: Final[dict[str, Promise]] = {
    "yes": gettext_lazy("Yes"),
    "no": gettext_lazy("No"),
    "partial": gettext_lazy("partial"),
    "total": gettext_lazy("total"),
    "none": gettext_lazy("None known"),
    "poc": gettext_lazy("Proof of concept"),
    "active": gettext_lazy("Exploited"),
    "open": gettext_lazy("From the internet"),
    "controlled": gettext_lazy("Controlled"),
    "small": gettext_lazy("Hardly"),
    "low": gettext_lazy("Low"),
    "medium": gettext_lazy("Medium"),
    "high": gettext_lazy("High"),
    "very high": gettext_lazy("Very high"),
}
ANSWERS: Final[dict[str, Promise]] = {
    "affected": gettext_lazy("affected"),
    "fixed": gettext_lazy("fixed"),
    "not_affected": gettext_lazy("not affected"),
    "unknown": gettext_lazy("unknown"),
}
CONFIDENCES: Final[dict[str, Promise]] = {
    "exact": gettext_lazy("this very version is named"),
    "ranged": gettext_lazy("it lies in a range that is compared by its own order"),
    "heuristic": gettext_lazy("compared as most versions are, or known by its name alone"),
    "name_only": gettext_lazy("nothing that can be compared is said of versions"),
}
MOST_RANGES: Final = 12


REFUSALS: Final[dict[str, Promise]] = {
    NAMES_NOTHING: gettext_lazy("It names no product, CPE or package URL."),
    "no package and its version": gettext_lazy("It names no package with its version."),
    "no line of dpkg -l": gettext_lazy("It is no line of dpkg -l."),
    "no name, version and release": gettext_lazy("It has no name, version and release."),
    "a key, no package": gettext_lazy("It is a key, no package."),
}
"""Why a line of a list names nothing to look for."""
NOT_INSTALLED: Final = "not installed"


def refusal_in_words(reason: str) -> Promise | str:
    """Return why a line was not read, as a page says it."""
    if reason.startswith(NOT_INSTALLED):
        return gettext_lazy("It is not installed.")
    return REFUSALS.get(reason, reason)


def in_words(kind: str, value: Mapping[str, Any]) -> str:
    """Return what a claim says, in a line."""
    if kind == ClaimKind.AFFECTED:
        return _affected(Affected.read(value))
    if kind == ClaimKind.EPSS:
        return f"{float(value['probability']) * 100:.2f} % ({value.get('date', '')})"
    if kind == ClaimKind.SSVC:
        automatable = _automatable(value.get("automatable"))
        return _joined(value.get("exploitation"), automatable, value.get("impact"), value.get("at"))
    if kind == ClaimKind.KEV:
        due = _("due %(day)s") % {"day": value["due"]} if value.get("due") else ""
        ransomware = _("used for ransomware") if value.get("ransomware") else ""
        return _joined(value.get("catalogue"), value.get("added"), due, ransomware, value.get("action"))
    return _joined(*(each for each in value.values() if isinstance(each, str | int | float)))


def change_in_words(change: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Return what happened to an entry of a catalogue, in a line."""
    if change in ("added", "returned", "removed", "missing"):
        said = after or before
        due = _("due %(day)s") % {"day": said["due"]} if said.get("due") else ""
        ransomware = _("used for ransomware") if said.get("ransomware") else ""
        return _joined(said.get("vendor"), said.get("product"), said.get("name"), due, ransomware)
    if change == "ransomware":
        return _("used for ransomware") if after.get("ransomware") else _("not said to be used for ransomware any more")
    if change == "due":
        return f"{_plain(before.get('due'))} → {_plain(after.get('due'))}"
    return "; ".join(f"{name}: {_plain(before.get(name))} → {_plain(after.get(name))}" for name in {**before, **after})


def _plain(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "–")


def _joined(*parts: object) -> str:
    return " · ".join(str(part) for part in parts if part not in (None, ""))


def _affected(said: Affected) -> str:
    ranges = [_range(each) for each in said.ranges[:MOST_RANGES]]
    if (more := len(said.ranges) - MOST_RANGES) > 0:
        ranges.append(_("%(number)s more") % {"number": more})
    otherwise = _("others: %(status)s") % {"status": STATUSES[said.otherwise]}
    return _joined(_named(said.product), "; ".join(ranges), said.text, otherwise)


def _range(each: Range) -> str:
    return f"{bounds_in_signs(each) or _('every version')}: {STATUSES[each.status]}"


def _named(product: Product) -> str:
    return " ".join(filter(None, (product.vendor, product.name))) or product.purl or product.cpe


def _automatable(value: object) -> str:
    if not isinstance(value, bool):
        return ""
    return _("automatable") if value else _("not automatable")
