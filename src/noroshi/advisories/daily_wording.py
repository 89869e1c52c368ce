"""Daily sheets in words: for the page, the file of a spreadsheet, the mail and the command line."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.advisories.claim_wording import change_in_words
from noroshi.advisories.domain.daily import Reason, is_empty
from noroshi.advisories.domain.health import ALARMING, Health
from noroshi.advisories.models import ChangeKind, Level
from noroshi.advisories.source_wording import HEALTH
from noroshi.kit.lists import csv_line
from noroshi.kit.lists.export import BYTE_ORDER_MARK

GROUPS: Final[dict[str, Promise]] = {
    "added": gettext_lazy("Newly listed"),
    "returned": gettext_lazy("There again"),
    "ransomware": gettext_lazy("Used for ransomware, or not said so any more"),
    "due": gettext_lazy("Due date moved"),
    "edited": gettext_lazy("Edited"),
    "missing": gettext_lazy("Left out once: it may come back"),
    "removed": gettext_lazy("Removed"),
}


def moment_of(written: str) -> datetime | None:
    """Return a moment that a sheet names."""
    return datetime.fromisoformat(written) if written else None


def at(written: str) -> str:
    """Return a moment that a sheet names as a person reads it."""
    moment = moment_of(written)
    return date_format(timezone.localtime(moment), "Y-m-d H:i") if moment else "–"


def percent(probability: float | None) -> str:
    """Return an EPSS as it is read; nothing where there is none."""
    return "" if probability is None else f"{probability * 100:.1f} %"


def reason_in_words(why: Mapping[str, Any]) -> str:
    """Return why a vulnerability stands on a sheet."""
    match Reason(why["reason"]):
        case Reason.EXPLOITED:
            return _("exploited, listed on %(day)s") % {"day": why["since"]}
        case Reason.RANSOMWARE:
            return _("used for ransomware")
        case Reason.LIKELY:
            return _("EPSS %(after)s") % {"after": percent(why["after"])}
        case Reason.ROSE:
            return _("EPSS rose from %(before)s to %(after)s") % {
                "before": percent(why["before"]),
                "after": percent(why["after"]),
            }
        case Reason.CRITICAL:
            return _("CVSS %(score)s") % {"score": why["score"]}
        case Reason.WATCHED:
            return _("names %(word)s, which the sector watches") % {"word": why["word"]}
        case Reason.MENDED:
            return _("there is a fix now")
        case Reason.EASED:
            return _("not critical any more: CVSS %(score)s") % {"score": why["score"]}
        case Reason.REJECTED:
            return _("its record does not stand any more")


def reasons_in_words(each: Mapping[str, Any]) -> str:
    """Return all reasons of a line."""
    return "; ".join(map(reason_in_words, each["reasons"]))


def severity(each: Mapping[str, Any]) -> str:
    """Return the severity of a line; nothing where there is none."""
    return f"{Level(each['level']).label} {each['score']}" if each["level"] else ""


def grouped(said: Mapping[str, Any]) -> list[tuple[Promise, list[tuple[Mapping[str, Any], str]]]]:
    """Return what happened in catalogues by what it was, each with its words; only what there is."""
    lines = [(each, change_in_words(each["change"], each["before"], each["after"])) for each in said["changes"]]
    by_kind = [(label, [line for line in lines if line[0]["change"] == kind]) for kind, label in GROUPS.items()]
    return [(label, found) for label, found in by_kind if found]


def ailing(said: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the sources of which the sheet cannot be sure."""
    return [each for each in said["sources"] if Health(each["health"]) in ALARMING | {Health.WAITING}]


def source_in_words(each: Mapping[str, Any]) -> str:
    """Return how a source was when the sheet was made."""
    said = {"health": HEALTH[Health(each["health"])], "checked": at(each["checked"])}
    return _("%(health)s, last checked %(checked)s") % said


def sentences(said: Mapping[str, Any]) -> list[str]:
    """Return what a sheet says of itself: that nothing happened, what is cut, on what it cannot rely."""
    found = []
    if is_empty(said):
        found.append(_("Nothing has changed since %(since)s.") % {"since": at(said["since"])})
    if said["is_first"]:
        found.append(_("This is the first sheet: it reaches back one day, and what was known before is not on it."))
    if not said["sources"]:
        found.append(_("No source is switched on: nobody has looked what happened outside."))
    elif late := ailing(said):
        names = ", ".join(f"{each['name']} ({source_in_words(each)})" for each in late)
        found.append(_("Not to be relied on, so there may be more: %(sources)s") % {"sources": names})
    else:
        found.append(_("All %(number)s sources answered as they should.") % {"number": len(said["sources"])})
    if said["more_changes"]:
        found.append(
            _("%(number)s more changes of catalogues are not on the sheet.") % {"number": said["more_changes"]}
        )
    if said["more_vulnerabilities"]:
        found.append(
            _("%(number)s more vulnerabilities, less grave, are not on the sheet.")
            % {"number": said["more_vulnerabilities"]}
        )
    if said["older"]:
        found.append(
            _("%(number)s grave vulnerabilities, published more than 30 days ago, were read for the first time.")
            % {"number": said["older"]}
        )
    return found


def as_text(said: Mapping[str, Any]) -> str:
    """Return a sheet as plain text."""
    lines = [f"{at(said['since'])} – {at(said['until'])}", *sentences(said)]
    for label, found in grouped(said):
        lines += ["", f"■ {label} ({len(found)})"]
        lines += [f"{each['name']}  {words}  [{each['catalogue']}]" for each, words in found]
    if said["vulnerabilities"]:
        heading = _("Vulnerabilities that matter to the sector")
        lines += ["", f"■ {heading} ({len(said['vulnerabilities'])})"]
        for each in said["vulnerabilities"]:
            lines.append("  ".join(filter(None, (each["name"], severity(each), each["title"]))))
            lines.append(f"    {reasons_in_words(each)}")
    return "\n".join(lines)


def as_csv(said: Mapping[str, Any], mark: str) -> Iterator[str]:
    """Yield a sheet as the lines of a file for a spreadsheet; `mark` says who took it, and when.

    An empty day is a line that says so, and the last lines say on what it does not rely.
    """
    yield BYTE_ORDER_MARK + csv_line(_headings())
    for each in said["changes"]:
        label = ChangeKind(each["change"]).label
        words = change_in_words(each["change"], each["before"], each["after"])
        value = each["after"] or each["before"]
        yield csv_line(
            [_("Catalogue"), each["name"], label, words, each["catalogue"], "", "", "", value.get("due", ""), mark]
        )
    for each in said["vulnerabilities"]:
        values = (severity(each), percent(each["probability"]), each["exploited_since"], each["due"])
        yield csv_line([_("Vulnerability"), each["name"], reasons_in_words(each), each["title"], "", *values, mark])
    for sentence in sentences(said):
        yield csv_line([_("Note"), "", "", sentence, "", "", "", "", "", mark])


def _headings() -> Sequence[str]:
    return (
        _("Part"),
        _("Name"),
        _("What happened"),
        _("What changed"),
        _("Catalogue"),
        _("Severity"),
        _("EPSS"),
        _("Exploited"),
        _("Due"),
        _("Exported by, at"),
    )
