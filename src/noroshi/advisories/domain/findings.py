"""Findings of configuration checks: OCSF JSON as Prowler 4 and 5 write it (`json-ocsf`), and what writes the same.

A file is a list of objects, or one object a line. Read are the classes 2002 Vulnerability Finding, 2003 Compliance
Finding and 2004 Detection Finding. Of what a file says twice of one check and one resource the newest counts, and at
the same moment the gravest: nothing that fails hides behind something that passes.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.identifiers import is_cve
from noroshi.advisories.domain.inventory.assets import cleaned
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.strict import UNREADABLE

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_FINDINGS: Final = 100_000
MOST_LISTED: Final = 100
"""Resources, references, CVE numbers and frameworks that are read of one finding."""
STALE_AFTER: Final = timedelta(days=30)
"""A check that was last seen longer ago says little of today."""
AHEAD: Final = timedelta(days=1)
"""So far a clock elsewhere may go ahead: what came from later would never be replaced."""
CLASSES: Final = (2002, 2003, 2004)
_A_STEP: Final = 500
"""Items from one telling of how far it is to the next."""
_IN_MILLISECONDS: Final = 100_000_000_000
"""A number from here on is milliseconds: as seconds it would lie beyond the year 5000."""


class Outcome(StrEnum):
    """What came of a check, the gravest last."""

    PASSED = "passed"
    MUTED = "muted"
    MANUAL = "manual"
    FAILING = "failing"


class Severity(StrEnum):
    """How grave it is; in the order of `severity_id` (OCSF 1.x)."""

    UNKNOWN = "unknown"
    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"
    FATAL = "fatal"


GRAVITY: Final = tuple(Outcome)
SEVERITIES: Final = tuple(Severity)
_CODES: Final = {
    "pass": Outcome.PASSED,
    "passed": Outcome.PASSED,
    "fail": Outcome.FAILING,
    "failed": Outcome.FAILING,
    "manual": Outcome.MANUAL,
    "warning": Outcome.MANUAL,
}
_SUPPRESSED: Final = 3
_RESOLVED: Final = 4
_COMPLIANCE: Final = 2003


class Unreadable(StrEnum):
    """Why a file is not read at all."""

    TOO_LARGE = "too large"
    TOO_MANY = "too many"
    NO_JSON = "no JSON"
    NO_FINDING = "no finding"


class Hindered(StrEnum):
    """Why a file is not taken in although it can be read."""

    NO_RIGHT = "no right"
    FULL = "full"
    BROKEN = "broken"
    LOST = "lost"


class Unclear(StrEnum):
    """Why an item of a file is not read."""

    NO_JSON = "no JSON"
    NO_CLASS = "no class"
    NO_CHECK = "no check"
    NO_RESOURCE = "no resource"
    NO_OUTCOME = "no outcome"
    NO_TIME = "no time"
    AHEAD = "ahead"


class UnreadableFindingsError(ValueError):
    """The file holds no findings that can be read; `because` says why."""

    def __init__(self, because: Unreadable) -> None:
        super().__init__(because.value)
        self.because = because


class _UnclearError(ValueError):
    def __init__(self, because: Unclear) -> None:
        super().__init__(because.value)
        self.because = because


@dataclass(frozen=True)
class UnreadItem:
    """An item that says too little: which one of the file, from 1, and why."""

    place: int
    because: Unclear


@dataclass(frozen=True)
class Resource:
    """What was checked."""

    uid: str
    name: str
    kind: str
    region: str


@dataclass(frozen=True)
class Checked:
    """What came of one check of one resource."""

    uid: str
    check: str
    title: str
    severity: Severity
    outcome: Outcome
    product: str
    account: str
    resource: Resource
    seen_at: datetime
    detail: str = ""
    remediation: str = ""
    references: tuple[str, ...] = ()
    cves: tuple[str, ...] = ()
    frameworks: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[str, ...]:
        """By what it is known again. An account as a whole is checked once in each region."""
        return (self.product, self.account, self.check, self.resource.uid, self.resource.region)

    @property
    def weight(self) -> tuple[datetime, int]:
        """What outranks what: the newer, then the graver."""
        return (self.seen_at, GRAVITY.index(self.outcome))


@dataclass(frozen=True)
class Findings:
    """What a file says: of each check and resource once, and what could not be read."""

    checked: tuple[Checked, ...]
    unread: tuple[UnreadItem, ...]


Told = Callable[[int, int], None]
"""Who hears how many items were read so far, and how many there are."""


def read_findings(body: bytes, now: datetime, tell: Told = lambda _done, _items: None) -> Findings:
    """Return what a file says. Raises UnreadableFindingsError where the whole of it says nothing."""
    if len(body) > MOST_BYTES:
        raise UnreadableFindingsError(Unreadable.TOO_LARGE)
    items = _items(body.removeprefix(b"\xef\xbb\xbf").strip())
    if len(items) > MOST_FINDINGS:
        raise UnreadableFindingsError(Unreadable.TOO_MANY)
    checked: list[Checked] = []
    unread: list[UnreadItem] = []
    for place, item in enumerate(items, 1):
        if place % _A_STEP == 1:
            tell(place - 1, len(items))
        try:
            checked.extend(_checked(_decoded(item), now))
        except _UnclearError as error:
            unread.append(UnreadItem(place, error.because))
        if len(checked) > MOST_FINDINGS:
            raise UnreadableFindingsError(Unreadable.TOO_MANY)
    if not checked and not any(each.because is not Unclear.NO_JSON for each in unread):
        raise UnreadableFindingsError(Unreadable.NO_JSON if unread else Unreadable.NO_FINDING)
    return Findings(tuple(_each_once(checked)), tuple(unread))


def is_stale(seen_at: datetime, now: datetime) -> bool:
    """Whether a check was last seen too long ago to say much of today."""
    return seen_at < now - STALE_AFTER


def _items(body: bytes) -> Sequence[bytes | msgspec.Raw]:
    """Return the items: of a list, else the one object, else one a line."""
    if body.startswith(b"["):
        try:
            return msgspec.json.decode(body, type=list[msgspec.Raw])
        except UNREADABLE as error:
            raise UnreadableFindingsError(Unreadable.NO_JSON) from error
    try:
        return [msgspec.json.decode(body, type=msgspec.Raw)] if body else []
    except UNREADABLE:
        return [line for line in body.splitlines() if line.strip()]


def _decoded(item: bytes | msgspec.Raw) -> dict[str, Any]:
    try:
        said: Any = msgspec.json.decode(item)
    except UNREADABLE as error:
        raise _UnclearError(Unclear.NO_JSON) from error
    if not isinstance(said, dict) or said.get("class_uid") not in CLASSES:
        raise _UnclearError(Unclear.NO_CLASS)
    return said


def _each_once(checked: Iterable[Checked]) -> Iterator[Checked]:
    """Yield of each finding what outranks the rest, then of each check and resource."""
    by_finding: dict[tuple[str, ...], Checked] = {}
    for each in checked:
        _keep(by_finding, (each.uid, each.resource.uid) if each.uid else each.key, each)
    by_key: dict[tuple[str, ...], Checked] = {}
    for each in by_finding.values():
        _keep(by_key, each.key, each)
    yield from by_key.values()


def _keep(known: dict[tuple[str, ...], Checked], key: tuple[str, ...], new: Checked) -> None:
    old = known.get(key)
    if old is None or new.weight >= old.weight:
        known[key] = new


def _checked(said: Mapping[str, Any], now: datetime) -> Iterator[Checked]:
    """Yield a finding for each resource that it is about. Raises _UnclearError."""
    info, metadata = _inside(said, "finding_info"), _inside(said, "metadata")
    cves = tuple(_cves(said))
    check = cleaned(metadata.get("event_code")) or cleaned(_inside(said, "compliance").get("control"))
    check = check or next(iter(cves), "")
    if not check:
        raise _UnclearError(Unclear.NO_CHECK)
    outcome, seen_at = _outcome(said), _seen_at(said, info)
    if seen_at > now + AHEAD:
        raise _UnclearError(Unclear.AHEAD)
    resources = list(_resources(said))
    if not resources:
        raise _UnclearError(Unclear.NO_RESOURCE)
    remedy = _inside(said, "remediation")
    for resource in resources:
        yield Checked(
            uid=cleaned(info.get("uid"))[:500],
            check=check[:200],
            title=(cleaned(info.get("title")) or cleaned(said.get("message")) or check)[:300],
            severity=_severity(said),
            outcome=outcome,
            product=cleaned(_inside(metadata, "product").get("name"))[:100].strip(),
            account=cleaned(_inside(_inside(said, "cloud"), "account").get("uid"))[:200].strip(),
            resource=resource,
            seen_at=seen_at,
            detail=(cleaned(said.get("status_detail")) or cleaned(info.get("desc")))[:1000],
            remediation=cleaned(remedy.get("desc")),
            references=tuple(filter(None, (cleaned(each)[:500] for each in _listed(remedy, "references")))),
            cves=cves,
            frameworks=tuple(_frameworks(said)),
        )


def _inside(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _listed(said: Mapping[str, Any], name: str) -> list[Any]:
    value = said.get(name)
    return value[:MOST_LISTED] if isinstance(value, list) else []


def _outcome(said: Mapping[str, Any]) -> Outcome:
    """Return what came of it. What was found and says no more than that fails; a compliance check has to say."""
    compliance = _inside(said, "compliance")
    code = cleaned(said.get("status_code")) or cleaned(compliance.get("status_code"))
    code = (code or cleaned(compliance.get("status"))).casefold()
    found = _CODES.get(code)
    if code and found is None:
        raise _UnclearError(Unclear.NO_OUTCOME)
    if found is Outcome.PASSED:
        return found
    if _stands(said, "Suppressed", _SUPPRESSED):
        return Outcome.MUTED
    if _stands(said, "Resolved", _RESOLVED):
        return Outcome.PASSED
    if found is None and said["class_uid"] == _COMPLIANCE:
        raise _UnclearError(Unclear.NO_OUTCOME)
    return found or Outcome.FAILING


def _stands(said: Mapping[str, Any], word: str, number: int) -> bool:
    return said.get("status_id") == number or cleaned(said.get("status")) == word


def _severity(said: Mapping[str, Any]) -> Severity:
    number = said.get("severity_id")
    if isinstance(number, int) and 0 < number < len(SEVERITIES):
        return SEVERITIES[number]
    word = cleaned(said.get("severity")).casefold()
    return next((each for each in SEVERITIES if each == word), Severity.UNKNOWN)


def _seen_at(said: Mapping[str, Any], info: Mapping[str, Any]) -> datetime:
    for value in (said.get("time"), said.get("time_dt"), info.get("created_time"), info.get("created_time_dt")):
        if (found := _moment(value)) is not None:
            return found
    raise _UnclearError(Unclear.NO_TIME)


def _moment(value: object) -> datetime | None:
    if isinstance(value, str):
        moment = moment_of(value)
        return moment.at if moment else None
    if not isinstance(value, int | float) or value <= 0:
        return None
    try:
        return datetime.fromtimestamp(value / 1000 if value >= _IN_MILLISECONDS else value, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _resources(said: Mapping[str, Any]) -> Iterator[Resource]:
    """Yield what is named; older versions of OCSF write one `resource`."""
    for one in (*_listed(said, "resources"), said.get("resource")):
        each = one if isinstance(one, dict) else {}
        name = cleaned(each.get("name"))
        uid = cleaned(each.get("uid")) or name
        region = cleaned(each.get("region")) or cleaned(each.get("namespace"))
        region = region or cleaned(_inside(said, "cloud").get("region"))
        if uid:
            yield Resource(uid[:500], (name or uid)[:300], cleaned(each.get("type"))[:100], region[:100])


def _cves(said: Mapping[str, Any]) -> Iterator[str]:
    for one in _listed(said, "vulnerabilities"):
        name = cleaned(_inside(one, "cve").get("uid")).upper() if isinstance(one, dict) else ""
        if is_cve(name):
            yield name


def _frameworks(said: Mapping[str, Any]) -> Iterator[str]:
    """Yield each framework with the requirements of it: as Prowler says it, else the standards of OCSF."""
    for name, asked in list(_inside(_inside(said, "unmapped"), "compliance").items())[:MOST_LISTED]:
        of = ", ".join(filter(None, map(cleaned, asked if isinstance(asked, list) else [asked])))
        yield f"{cleaned(name)}: {of}"[:200] if of else cleaned(name)[:200]
    yield from filter(None, (cleaned(each)[:200] for each in _listed(_inside(said, "compliance"), "standards")))
