"""Findings of configuration checks in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.advisories.domain.findings import Hindered, Unclear, Unreadable

REFUSALS: Final[dict[str, Promise]] = {
    Unreadable.TOO_LARGE: _("The file is too large: more than 64 MiB."),
    Unreadable.TOO_MANY: _("The file holds more than 100,000 findings: take in parts of it."),
    Unreadable.NO_JSON: _("The file is no whole JSON: a list of findings, or one a line."),
    Unreadable.NO_FINDING: _("The file holds no finding."),
    Hindered.NO_RIGHT: _("Whoever sent the file may not take in findings of this organisation any more."),
    Hindered.FULL: _("There would be more than 200,000 findings: forget some first, then send the file again."),
    Hindered.BROKEN: _("Something went wrong on this installation: send the file again, or tell its operator."),
    Hindered.LOST: _("It was broken off several times: send the file again, or in parts."),
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
