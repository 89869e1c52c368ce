"""Codes of this room in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.intel.domain.ageing import Worth
from noroshi.intel.domain.grading import Credibility, Reliability
from noroshi.intel.domain.observables import ObservableType

TYPES: Final[dict[ObservableType, str | Promise]] = {
    ObservableType.IPV4: _("IPv4 address"),
    ObservableType.IPV6: _("IPv6 address"),
    ObservableType.CIDR: _("Network"),
    ObservableType.DOMAIN: _("Domain"),
    ObservableType.URL: _("URL"),
    ObservableType.EMAIL: _("Mail address"),
    ObservableType.MD5: _("MD5 hash"),
    ObservableType.SHA1: _("SHA-1 hash"),
    ObservableType.SHA256: _("SHA-256 hash"),
    ObservableType.USER_AGENT: _("User agent"),
    ObservableType.ACCOUNT: _("Account"),
}

WORTH: Final[dict[Worth, str | Promise]] = {
    Worth.FRESH: _("fresh"),
    Worth.AGEING: _("ageing"),
    Worth.STALE: _("likely stale"),
}

RELIABILITY: Final[dict[Reliability, str | Promise]] = {
    Reliability.COMPLETELY: _("A: completely reliable"),
    Reliability.USUALLY: _("B: usually reliable"),
    Reliability.FAIRLY: _("C: fairly reliable"),
    Reliability.NOT_USUALLY: _("D: not usually reliable"),
    Reliability.UNRELIABLE: _("E: unreliable"),
    Reliability.UNJUDGED: _("F: reliability cannot be judged"),
}

CREDIBILITY: Final[dict[Credibility, str | Promise]] = {
    Credibility.CONFIRMED: _("1: confirmed by other sources"),
    Credibility.PROBABLY: _("2: probably true"),
    Credibility.POSSIBLY: _("3: possibly true"),
    Credibility.DOUBTFUL: _("4: doubtful"),
    Credibility.IMPROBABLE: _("5: improbable"),
    Credibility.UNJUDGED: _("6: truth cannot be judged"),
}
