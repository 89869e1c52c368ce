"""Findings of configuration checks in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.findings import Unclear, Unreadable

FAULTS: Final[dict[Unreadable, Promise]] = {
    Unreadable.TOO_LARGE: _("The file is too large: more than 64 MiB."),
    Unreadable.TOO_MANY: _("The file holds more than 100,000 findings: take in parts of it."),
    Unreadable.NO_JSON: _("The file is no whole JSON: a list of findings, or one a line."),
    Unreadable.NO_FINDING: _("The file holds no finding."),
}
UNREAD: Final[dict[Unclear, Promise]] = {
    Unclear.NO_JSON: _("It is no whole JSON."),
    Unclear.NO_CLASS: _("It is no OCSF finding of class 2002, 2003 or 2004."),
    Unclear.NO_CHECK: _("It does not say which check it is of (metadata.event_code)."),
    Unclear.NO_RESOURCE: _("It names no resource (resources)."),
    Unclear.NO_OUTCOME: _("It does not say whether the check passed (status_code)."),
    Unclear.NO_TIME: _("It does not say when it was seen (time)."),
    Unclear.AHEAD: _("It says that it was seen in the future."),
}
