"""Words for the mandatory tests of CSAF 2.0 (section 6.1), and what a document was found to do against them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.models import Revision

TITLES: Final[dict[str, Promise]] = {
    "6.1.1": _("Missing definition of a product ID"),
    "6.1.2": _("Product ID defined more than once"),
    "6.1.3": _("Circular definition of a product ID"),
    "6.1.4": _("Missing definition of a product group ID"),
    "6.1.5": _("Product group ID defined more than once"),
    "6.1.6": _("Contradicting product status"),
    "6.1.7": _("Several scores of one CVSS version for a product"),
    "6.1.8": _("Invalid CVSS"),
    "6.1.9": _("Wrong CVSS computation"),
    "6.1.10": _("Inconsistent CVSS"),
    "6.1.11": _("Wrong CWE"),
    "6.1.12": _("Wrong language"),
    "6.1.13": _("Wrong package URL"),
    "6.1.14": _("Revision history out of order"),
    "6.1.15": _("Translation without its source language"),
    "6.1.16": _("Version is not the newest of the history"),
    "6.1.17": _("Draft version without the status draft"),
    "6.1.18": _("Draft version in the history of a released document"),
    "6.1.19": _("Pre-release version in the history"),
    "6.1.20": _("Released document with a pre-release version"),
    "6.1.21": _("Version left out of the history"),
    "6.1.22": _("Version twice in the history"),
    "6.1.23": _("Same CVE more than once"),
    "6.1.24": _("Same party involved twice on a date"),
    "6.1.25": _("Same hash algorithm more than once"),
    "6.1.26": _("Category that looks like a profile"),
    "6.1.27.1": _("Profile: no note that tells what it is about"),
    "6.1.27.2": _("Profile: no external reference"),
    "6.1.27.3": _("Profile: vulnerabilities where there must be none"),
    "6.1.27.4": _("Profile: no product tree"),
    "6.1.27.5": _("Profile: vulnerability without notes"),
    "6.1.27.6": _("Profile: vulnerability without product status"),
    "6.1.27.7": _("VEX: no status that it needs"),
    "6.1.27.8": _("VEX: vulnerability without an ID"),
    "6.1.27.9": _("VEX: not said why a product is not affected"),
    "6.1.27.10": _("VEX: not said what to do"),
    "6.1.27.11": _("Profile: no vulnerabilities"),
    "6.1.28": _("Translated into its own language"),
    "6.1.29": _("Remediation without a product"),
    "6.1.30": _("Integer and semantic versions mixed"),
    "6.1.31": _("Range given as one version"),
    "6.1.32": _("Flag without a product"),
    "6.1.33": _("Several justifications for a product"),
}


@dataclass(frozen=True)
class Remark:
    """What is wrong with a document by the rules of its format."""

    rule: str
    title: Promise | str
    sentence: str


def remarks_of(revision: Revision | None) -> Iterable[Remark]:
    """Return what is wrong with a version of an item."""
    rows = revision.remarks if revision is not None else []
    return [Remark(rule, TITLES.get(rule, ""), sentence) for rule, sentence in rows]
