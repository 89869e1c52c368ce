"""VEX in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.vex.statements import NO_NAME, NO_PRODUCT, NO_STATUS, NO_VERSION

FAULTS: Final[dict[str, Promise]] = {
    "too large": _("The document is too large."),
    "no JSON": _("The document is no JSON."),
    "no VEX": _("The document is no VEX in CSAF, CycloneDX or OpenVEX."),
    "no CSAF": _("The document is no CSAF that can be read."),
    "no statement": _("The document says nothing of any vulnerability."),
    "too many statements": _("The document makes more statements than are taken in at once."),
}
UNREAD: Final[dict[str, Promise]] = {
    NO_VERSION: _("It names no version that can be compared."),
    NO_PRODUCT: _("It names no product by which it could be found."),
    NO_NAME: _("It names no vulnerability."),
    NO_STATUS: _("It says no status that is known here."),
}
SAYS: Final[dict[str, Promise]] = {
    "not_affected": _("not affected"),
    "fixed": _("fixed"),
    "under_investigation": _("under investigation"),
    "affected": _("affected"),
}
JUSTIFICATIONS: Final[dict[str, Promise]] = {
    "component_not_present": _("the component is not in it"),
    "vulnerable_code_not_present": _("the vulnerable code is not in it"),
    "vulnerable_code_not_in_execute_path": _("the vulnerable code is never run"),
    "vulnerable_code_cannot_be_controlled_by_adversary": _("an attacker cannot reach the vulnerable code"),
    "inline_mitigations_already_exist": _("it has its own protection against it"),
    "code_not_present": _("the vulnerable code is not in it"),
    "code_not_reachable": _("the vulnerable code is never run"),
    "requires_configuration": _("it takes a configuration that it has not"),
    "requires_dependency": _("it takes a part that it has not"),
    "requires_environment": _("it takes an environment that it has not"),
    "protected_by_compiler": _("its compiler protects it"),
    "protected_at_runtime": _("it is protected while it runs"),
    "protected_at_perimeter": _("it is protected from outside"),
    "protected_by_mitigating_control": _("it has its own protection against it"),
}


def fault_in_words(fault: str) -> str:
    """Return why a document was not taken in."""
    return str(FAULTS[fault])
