"""The CVE Record Format 5.x (CVEProject/cve-schema): one record, a list of them, or one a line.

What the CNA states and what each ADP states are claims of their own, by the short names of their containers. Versions
follow the schema's `versions.md`; a range that hides in words ("Before v2.24.1") is not read, and stays in the text.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.identifiers import is_cve
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import UNREADABLE, pieces, refused, unpacked
from noroshi.advisories.domain.records import (
    Claim,
    ClaimKind,
    Found,
    Language,
    Moment,
    Record,
    Refused,
    RefusedBecause,
)

PAGE: Final = "https://www.cve.org/CVERecord?id="
LONGEST_TITLE: Final = 200
MOST_RANGES: Final = 2_000
"""Versions of one product that are read; the Linux kernel names some hundreds."""


class _Text(msgspec.Struct):
    value: str = ""
    lang: str = ""


class _Change(msgspec.Struct):
    at: str
    status: str


class _Version(msgspec.Struct):
    version: str = ""
    status: str = ""
    less_than: str = msgspec.field(default="", name="lessThan")
    less_equal: str = msgspec.field(default="", name="lessThanOrEqual")
    type: str = msgspec.field(default="", name="versionType")
    changes: list[_Change] = []


class _Affected(msgspec.Struct, rename="camel"):
    vendor: str = ""
    product: str = ""
    package_name: str = ""
    package_url: str = msgspec.field(default="", name="packageURL")
    collection_url: str = msgspec.field(default="", name="collectionURL")
    cpes: list[str] = []
    platforms: list[str] = []
    versions: list[_Version] = []
    default_status: str = ""


class _Cvss(msgspec.Struct, rename="camel"):
    vector_string: str = ""
    base_score: float | None = None
    base_severity: str = ""


class _Other(msgspec.Struct):
    type: str = ""
    content: Any = None


class _Metric(msgspec.Struct):
    v4_0: _Cvss | None = msgspec.field(default=None, name="cvssV4_0")
    v3_1: _Cvss | None = msgspec.field(default=None, name="cvssV3_1")
    v3_0: _Cvss | None = msgspec.field(default=None, name="cvssV3_0")
    v2_0: _Cvss | None = msgspec.field(default=None, name="cvssV2_0")
    other: _Other | None = None


class _Weakness(msgspec.Struct):
    id: str = msgspec.field(default="", name="cweId")


class _Problem(msgspec.Struct):
    descriptions: list[_Weakness] = []


class _Provider(msgspec.Struct, rename="camel"):
    short_name: str = ""
    org_id: str = ""


class _Container(msgspec.Struct, rename="camel"):
    provider_metadata: _Provider = msgspec.field(default_factory=_Provider)
    title: str = ""
    descriptions: list[_Text] = []
    affected: list[_Affected] = []
    metrics: list[_Metric] = []
    problem_types: list[_Problem] = []
    solutions: list[_Text] = []
    workarounds: list[_Text] = []
    rejected_reasons: list[_Text] = []
    tags: list[str] = []


class _Containers(msgspec.Struct):
    cna: _Container
    adp: list[_Container] = []


class _Metadata(msgspec.Struct, rename="camel"):
    cve_id: str
    state: str = ""
    date_published: str = ""
    date_updated: str = ""
    date_rejected: str = ""


class _Record(msgspec.Struct, rename="camel"):
    cve_metadata: _Metadata
    containers: _Containers


_decoder: Final = msgspec.json.Decoder(_Record)
_SCHEMES: Final = {
    "semver": Scheme.SEMVER,
    "python": Scheme.PYTHON,
    "maven": Scheme.MAVEN,
    "rpm": Scheme.RPM,
    "git": Scheme.OPAQUE,
}
"""By `versionType`. What is called custom, or nothing at all, is compared as most version numbers are."""
_STATUS: Final = {"affected": Status.AFFECTED, "unaffected": Status.UNAFFECTED}
_PLAIN: Final = re.compile(r"[vV]?[0-9A-Za-z][0-9A-Za-z.+:~^!_-]*(\.\*)?")
"""A version number, and no words around it."""
_SAID_NOTHING: Final = frozenset({"", "-", "n/a", "na", "unspecified", "unknown", "none", "not specified"})


def read(body: bytes, _given: Given) -> Iterator[Found]:
    """Yield what each record of `body` says: of one JSON object, of a list of them, or of one a line; gzip or plain."""
    plain = unpacked(body)
    if isinstance(plain, Refused):
        yield plain
        return
    for place, one in enumerate(pieces(plain), 1):
        yield read_one(one, place)


def read_one(body: bytes, place: int = 1) -> Found:
    """Return what one record says."""
    try:
        return _said(_decoder.decode(body))
    except UNREADABLE as error:
        shape = isinstance(error, msgspec.ValidationError)
        return refused(place, RefusedBecause.SHAPE if shape else RefusedBecause.NOT_JSON, error, body)
    except _Unreadable as error:
        return refused(place, RefusedBecause.NO_IDENTITY, error, body)


class _Unreadable(ValueError):  # noqa: N818 - reads as the sentence it is
    """There is nothing by which it could be known."""


def _said(record: _Record) -> Record:
    metadata, cna = record.cve_metadata, record.containers.cna
    name = metadata.cve_id.strip().upper()
    if not is_cve(name):
        raise _Unreadable(f"no CVE identifier: {metadata.cve_id[:60]}")
    text = _in_english(cna.descriptions)
    rejected = metadata.state == "REJECTED"
    claims = [_state(name, metadata, cna)] if rejected else list(_claims(name, record.containers))
    title = cna.title or text or _in_english(cna.rejected_reasons)
    return Record(
        native_id=name,
        title=" ".join(title.split())[:LONGEST_TITLE] or name,
        link=PAGE + name,
        summary=_in_english(cna.rejected_reasons) if rejected else text,
        published=_moment(metadata.date_published),
        updated=_moment(metadata.date_updated or metadata.date_rejected),
        language=Language.EN,
        names=(name,),
        categories=tuple(cna.tags),
        claims=tuple(claims),
    )


def _in_english(texts: Sequence[_Text]) -> str:
    """Return the English one; where there is none, the first."""
    for text in texts:
        if text.lang.lower().startswith("en"):
            return text.value.strip()
    return texts[0].value.strip() if texts else ""


def _moment(written: str) -> Moment | None:
    if not written:
        return None
    try:
        at = datetime.fromisoformat(written)
        known = at.tzinfo is not None
        return Moment(at.astimezone(UTC) if known else at.replace(tzinfo=UTC), written, known)
    except (OverflowError, ValueError):
        return None


def _state(name: str, metadata: _Metadata, cna: _Container) -> Claim:
    value = {"state": "rejected", "reason": _in_english(cna.rejected_reasons)}
    return Claim(name, ClaimKind.STATE, value, cna.provider_metadata.short_name or metadata.state)


def _claims(name: str, containers: _Containers) -> Iterator[Claim]:
    for container in (containers.cna, *containers.adp):
        by = container.provider_metadata.short_name or container.provider_metadata.org_id
        for kind, value in _values(container):
            yield Claim(name, kind, value, by)


def _values(container: _Container) -> Iterator[tuple[ClaimKind, Mapping[str, Any]]]:
    for metric in container.metrics:
        yield from _of_metric(metric)
    for block in container.affected:
        said = _affected(block)
        if said is not None:
            yield ClaimKind.AFFECTED, said.value
    weaknesses = dict.fromkeys(each.id for problem in container.problem_types for each in problem.descriptions)
    for weakness in weaknesses:
        if weakness:
            yield ClaimKind.WEAKNESS, {"cwe": weakness}
    if text := _in_english(container.solutions):
        yield ClaimKind.REMEDY, {"kind": "fix", "text": text}
    if text := _in_english(container.workarounds):
        yield ClaimKind.REMEDY, {"kind": "workaround", "text": text}


def _of_metric(metric: _Metric) -> Iterator[tuple[ClaimKind, Mapping[str, Any]]]:
    for system, said in (
        ("CVSS:4.0", metric.v4_0),
        ("CVSS:3.1", metric.v3_1),
        ("CVSS:3.0", metric.v3_0),
        ("CVSS:2.0", metric.v2_0),
    ):
        if said is not None:
            yield ClaimKind.SEVERITY, _severity(system, said)
    if metric.other is not None and isinstance(metric.other.content, dict):
        match metric.other.type.lower():
            case "ssvc":
                yield ClaimKind.SSVC, _ssvc(metric.other.content)
            case "kev":
                yield ClaimKind.KEV, {"catalogue": "cisa", "added": str(metric.other.content.get("dateAdded", ""))}


def _severity(system: str, said: _Cvss) -> dict[str, Any]:
    value: dict[str, Any] = {"system": system}
    if said.vector_string:
        value["vector"] = said.vector_string
    if said.base_score is not None:
        value["score"] = said.base_score
    if said.base_severity:
        value["level"] = said.base_severity.lower()
    return value


def _ssvc(content: Mapping[str, Any]) -> dict[str, Any]:
    """Return CISA's decision points; what is written in other letters is read alike, what is unknown is left out."""
    options = content.get("options")
    points = {
        str(point).casefold(): str(answer).casefold()
        for option in (options if isinstance(options, list) else ())
        if isinstance(option, dict)
        for point, answer in option.items()
    }
    value: dict[str, Any] = {}
    if points.get("exploitation") in ("none", "poc", "active"):
        value["exploitation"] = points["exploitation"]
    if points.get("automatable") in ("yes", "no"):
        value["automatable"] = points["automatable"] == "yes"
    if points.get("technical impact") in ("partial", "total"):
        value["impact"] = points["technical impact"]
    if isinstance(at := content.get("timestamp"), str):
        value["at"] = at[:10]
    return value


def affected_of(block: Mapping[str, Any]) -> Affected | None:
    """Return what a block says that is written as CVE records write theirs; None where it cannot be read."""
    try:
        return _affected(msgspec.convert(block, _Affected))
    except msgspec.ValidationError:
        return None


def _affected(block: _Affected) -> Affected | None:
    """Return what a block says; None where it names no product."""
    product = _product(block)
    if product is None:
        return None
    ranges: list[Range] = []
    texts: list[str] = []
    for version in block.versions[:MOST_RANGES]:
        ranges.extend(found := list(_ranges(version)))
        if not found and version.version.strip().casefold() not in _SAID_NOTHING:
            texts.append(" ".join(version.version.split()))
    if len(block.versions) > MOST_RANGES:
        texts.append(f"{len(block.versions) - MOST_RANGES} more versions")
    otherwise = _STATUS.get(block.default_status, Status.UNKNOWN)
    return Affected(product, tuple(ranges), _scheme(block.versions), otherwise, "; ".join(texts))


def _product(block: _Affected) -> Product | None:
    name = block.product or block.package_name
    cpe = next((cpe for cpe in block.cpes if cpe.startswith("cpe:")), "")
    vendor, name = (_named(text) for text in (block.vendor, name))
    if not (name or cpe or block.package_url):
        return None
    return Product(vendor, name, cpe, block.package_url, tuple(each for each in block.platforms if _named(each)))


def _named(text: str) -> str:
    """Return a name; nothing where the field was filled because it had to be."""
    plain = " ".join(text.split())
    return "" if plain.casefold() in _SAID_NOTHING else plain


def _scheme(versions: Sequence[_Version]) -> Scheme:
    """Return by which order the block's versions are compared: the one that all of them name."""
    found = {_SCHEMES.get(version.type.casefold(), Scheme.GENERIC) for version in versions}
    return found.pop() if len(found) == 1 else Scheme.GENERIC


def _ranges(entry: _Version) -> Iterator[Range]:
    """Yield what one entry says, in its order (versions.md): the stretches between the changes of its status."""
    low, high = entry.version.strip(), (entry.less_than or entry.less_equal).strip()
    status = _STATUS.get(entry.status, Status.UNKNOWN)
    if not high:
        if low == "*":
            yield Range(status=status)
        elif _PLAIN.fullmatch(low) and low.casefold() not in _SAID_NOTHING:
            yield Range(low, low, high_included=True, status=status)
        return
    if not _is_bound(low) or not _is_bound(high):
        return
    begin = "" if low in ("0", "*") or low.casefold() in _SAID_NOTHING else low
    for change in entry.changes:
        if not _PLAIN.fullmatch(change.at):
            continue
        yield Range(begin, change.at, status=status)
        begin, status = change.at, _STATUS.get(change.status, Status.UNKNOWN)
    yield Range(begin, "" if high == "*" else high, high_included=bool(entry.less_equal), status=status)


def _is_bound(text: str) -> bool:
    return text == "*" or text.casefold() in _SAID_NOTHING or _PLAIN.fullmatch(text) is not None
