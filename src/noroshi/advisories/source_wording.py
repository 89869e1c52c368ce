"""Words for sources: how one is and why, in a sentence."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.advisories.actions.telling import facts_of
from noroshi.advisories.domain.health import Facts, Health, Verdict, verdict_on
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import Source
from noroshi.core import clock

HEALTH: Final[dict[Health, Promise]] = {
    Health.OFF: gettext_lazy("Off"),
    Health.FAILING: gettext_lazy("Failing"),
    Health.CHANGED_SHAPE: gettext_lazy("Changed shape"),
    Health.REGRESSED: gettext_lazy("Older than before"),
    Health.GAP: gettext_lazy("Gap"),
    Health.LATE: gettext_lazy("Late"),
    Health.WAITING: gettext_lazy("Not asked yet"),
    Health.QUIET: gettext_lazy("Quiet"),
    Health.OK: gettext_lazy("OK"),
}

TONES: Final[dict[Health, str]] = {
    Health.OFF: "off",
    Health.FAILING: "failing",
    Health.CHANGED_SHAPE: "failing",
    Health.REGRESSED: "failing",
    Health.GAP: "failing",
    Health.LATE: "late",
    Health.WAITING: "off",
    Health.QUIET: "ok",
    Health.OK: "ok",
}

KINDS: Final[dict[SourceKind, Promise | str]] = {
    SourceKind.FEED: gettext_lazy("RSS, Atom or JSON feed"),
    SourceKind.JPCERT: "JPCERT/CC (RSS)",
    SourceKind.JVN_RSS: "JVN (JVNRSS)",
    SourceKind.JVN_HND: "MyJVN API HND (XML)",
    SourceKind.JVN_OKA: "MyJVN API OKA (JSON)",
    SourceKind.KEV: "CISA KEV",
    SourceKind.CVE5: "CVE Record Format 5",
    SourceKind.EPSS: "EPSS",
    SourceKind.NVD: "NVD API 2.0",
    SourceKind.OSV: "OSV, GHSA",
    SourceKind.GHSA: "GitHub REST API",
    SourceKind.CSAF: "CSAF",
    SourceKind.MAIL: gettext_lazy("Mail"),
    SourceKind.PAGE: gettext_lazy("Web page without a feed"),
}


def verdict(source: Source) -> Verdict:
    """Say how a source is now."""
    return verdict_on(facts_of(source.state), clock.now())


def told(source: Source) -> str:
    """Return how a source is, and why, in a sentence."""
    return told_by(facts_of(source.state))


def told_by(facts: Facts) -> str:
    """Return how what is asked for news is, and why, in a sentence."""
    found = verdict_on(facts, clock.now())
    return _SENTENCES[found.health](facts, found)


def _moment(moment: datetime | None) -> str:
    return date_format(timezone.localtime(moment), "Y-m-d H:i") if moment else "–"


def _off(_facts: Facts, _found: Verdict) -> str:
    return _("It is switched off: nobody asks it.")


def _failing(facts: Facts, found: Verdict) -> str:
    said = {"count": facts.failures, "since": _moment(found.since)}
    return _("It has failed %(count)s times in a row since %(since)s.") % said


def _changed(_facts: Facts, found: Verdict) -> str:
    return _("Since %(since)s what it sends cannot be read: it has changed its shape.") % {
        "since": _moment(found.since)
    }


def _regressed(_facts: Facts, found: Verdict) -> str:
    return _("At %(since)s it sent what is older than what it had sent before.") % {"since": _moment(found.since)}


def _gap(_facts: Facts, found: Verdict) -> str:
    return _("Nothing of the answer before was in that of %(since)s: what came between was not seen.") % {
        "since": _moment(found.since)
    }


def _late(facts: Facts, found: Verdict) -> str:
    if facts.checked_at is not None and found.since != facts.checked_at:
        said = {"checked": _moment(facts.checked_at), "since": _moment(found.since)}
        return _("Last checked %(checked)s; nothing new since %(since)s, longer than is usual.") % said
    return _("It has not been asked since %(since)s, as it should have been.") % {"since": _moment(found.since)}


def _waiting(_facts: Facts, _found: Verdict) -> str:
    return _("It has not been asked yet.")


def _quiet(facts: Facts, found: Verdict) -> str:
    if found.since is None:
        return _("Last checked %(checked)s, nothing new.") % {"checked": _moment(facts.checked_at)}
    said = {"checked": _moment(facts.checked_at), "since": _moment(found.since)}
    return _("Last checked %(checked)s, nothing new since %(since)s.") % said


def _ok(facts: Facts, _found: Verdict) -> str:
    return _("Last checked %(checked)s, with something new.") % {"checked": _moment(facts.checked_at)}


_SENTENCES: Final[dict[Health, Callable[[Facts, Verdict], str]]] = {
    Health.OFF: _off,
    Health.FAILING: _failing,
    Health.CHANGED_SHAPE: _changed,
    Health.REGRESSED: _regressed,
    Health.GAP: _gap,
    Health.LATE: _late,
    Health.WAITING: _waiting,
    Health.QUIET: _quiet,
    Health.OK: _ok,
}
