"""Codes of this room in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.intel.domain.ageing import Worth
from noroshi.intel.domain.grading import Credibility, Reliability
from noroshi.intel.domain.observables import ObservableType
from noroshi.intel.domain.pushing import Reason
from noroshi.intel.domain.remote import Trouble
from noroshi.intel.models import Mark, Remote

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

TROUBLES: Final[dict[Trouble, Promise]] = {
    Trouble.UNREACHABLE: _("The server was not reached: %(detail)s"),
    Trouble.STATUS: _("The server answered with the status %(detail)s."),
    Trouble.DENIED: _("The server does not let you in (%(detail)s): look at the password, token or certificate."),
    Trouble.BUSY: _("The server is busy (%(detail)s); it is asked again later."),
    Trouble.NO_ENVELOPE: _("The answer is no TAXII envelope: %(detail)s"),
    Trouble.ENDLESS: _("The server gives the same page again and again: what it gave was taken, and no more."),
    Trouble.STUCK: _("The server says that there is more and not how to get it: what it gave was taken, and no more."),
    Trouble.READ_ONLY: _("The server lets you read and not write there: nothing was sent."),
    Trouble.CLOSED: _("What is sent is not your organisation's any more: it left the group, or does not take part."),
    Trouble.LIMITED: _("Your organisation's programs have read too many signals of late: it goes on later."),
}

REASONS: Final[dict[Reason, Promise]] = {
    Reason.TOO_LARGE: _("It is larger than what the server takes at once."),
    Reason.NO_MORE: _("It may not go any more, or a later version went."),
    Reason.REFUSED: _("The server says: %(said)s"),
    Reason.UNEXPLAINED: _("The server does not say why."),
    Reason.UNNAMED: _("The server refused some of what it was sent and does not say which."),
    Reason.FORGOTTEN: _("The server took it in and knows no more of it."),
    Reason.OVERDUE: _("The server has not said within a day what became of it."),
}


def trouble_of(remote: Remote) -> str:
    """Return in a sentence why the last look at a server did not end well."""
    return str(TROUBLES[Trouble(remote.trouble)]) % {"detail": remote.detail}


def reason_of(mark: Mark) -> str:
    """Return in a sentence why an object that was to be pushed is not taken; nothing where it is, or may be yet."""
    return str(REASONS[Reason(mark.reason)]) % {"said": mark.said or "–"} if mark.reason else ""
