"""NVD's CVE API 2.0: one page of its answers.

A configuration that names products one beside the other is read; one that joins (AND) or excludes (negate) stays in
words and decides nothing. What is named as surroundings (``"vulnerable": false``) is never called affected.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.identifiers import is_cve
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import UNREADABLE, refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

PAGE: Final = "https://nvd.nist.gov/vuln/detail/"
LONGEST_TITLE: Final = 200
MOST_RANGES: Final = 2_000
_VERSION, _UPDATE, _FIELDS = 5, 6, 13
_ALL_NAMED: Final = frozenset({"Analyzed", "Modified"})
"""States in which NVD has named whatever it knows to be affected, so that all others are not."""


class _Text(msgspec.Struct):
    lang: str = ""
    value: str = ""


class _Cvss(msgspec.Struct, rename="camel"):
    version: str = ""
    vector_string: str = ""
    base_score: float | None = None
    base_severity: str = ""


class _Metric(msgspec.Struct, rename="camel"):
    cvss_data: _Cvss
    source: str = ""
    base_severity: str = ""


class _Weakness(msgspec.Struct):
    source: str = ""
    description: list[_Text] = []


class _Match(msgspec.Struct, rename="camel"):
    criteria: str
    vulnerable: bool = False
    version_start_including: str = ""
    version_start_excluding: str = ""
    version_end_including: str = ""
    version_end_excluding: str = ""


class _Node(msgspec.Struct, rename="camel"):
    operator: str = "OR"
    negate: bool = False
    cpe_match: list[_Match] = []


class _Configuration(msgspec.Struct):
    operator: str = "OR"
    negate: bool = False
    nodes: list[_Node] = []


class _Cve(msgspec.Struct, rename="camel"):
    id: str
    published: str = ""
    last_modified: str = ""
    vuln_status: str = ""
    descriptions: list[_Text] = []
    metrics: dict[str, Any] = {}
    weaknesses: list[_Weakness] = []
    configurations: list[_Configuration] = []
    cisa_exploit_add: str = ""
    cisa_action_due: str = ""
    cisa_required_action: str = ""
    cisa_vulnerability_name: str = ""


class _One(msgspec.Struct):
    cve: _Cve


class _Page(msgspec.Struct):
    vulnerabilities: list[msgspec.Raw] | None = None
    message: str = ""
    error: str = ""


def read(body: bytes, _given: Given) -> Iterator[Found]:
    """Yield what each vulnerability of a page says."""
    plain = unpacked(body)
    if isinstance(plain, Refused):
        yield plain
        return
    try:
        page = msgspec.json.decode(plain, type=_Page)
    except UNREADABLE as error:
        shape = isinstance(error, msgspec.ValidationError)
        yield refused(0, RefusedBecause.SHAPE if shape else RefusedBecause.NOT_JSON, error, plain)
        return
    if page.vulnerabilities is None:
        said = page.message or page.error
        reason = RefusedBecause.ERROR_ANSWER if said else RefusedBecause.SHAPE
        yield refused(0, reason, said or "no list of vulnerabilities", plain)
        return
    for place, one in enumerate(page.vulnerabilities, 1):
        yield _read_one(bytes(one), place)


def _read_one(body: bytes, place: int) -> Found:
    try:
        cve = msgspec.json.decode(body, type=_One).cve
        if not is_cve(name := cve.id.strip().upper()):
            return refused(place, RefusedBecause.NO_IDENTITY, f"no CVE identifier: {cve.id[:60]}", body)
        return _record(name, cve)
    except UNREADABLE as error:
        return refused(place, RefusedBecause.SHAPE, error, body)


def _record(name: str, cve: _Cve) -> Record:
    text = next((each.value for each in cve.descriptions if each.lang.startswith("en")), "").strip()
    return Record(
        native_id=name,
        title=" ".join(text.split())[:LONGEST_TITLE] or name,
        link=PAGE + name,
        summary=text,
        published=moment_of(cve.published, UTC),
        updated=moment_of(cve.last_modified, UTC),
        language=Language.EN,
        names=(name,),
        categories=(cve.vuln_status,) if cve.vuln_status else (),
        claims=tuple(_claims(name, cve, text)),
    )


def _claims(name: str, cve: _Cve, text: str) -> Iterator[Claim]:
    if cve.vuln_status == "Rejected":
        yield Claim(name, ClaimKind.STATE, {"state": "rejected", "reason": text})
        return
    for by, severity in _severities(cve.metrics):
        yield Claim(name, ClaimKind.SEVERITY, severity, by)
    for weakness in cve.weaknesses:
        for cwe in dict.fromkeys(each.value for each in weakness.description):
            if re.fullmatch(r"CWE-\d+", cwe):
                yield Claim(name, ClaimKind.WEAKNESS, {"cwe": cwe}, weakness.source)
    if cve.cisa_exploit_add:
        yield Claim(name, ClaimKind.KEV, _kev(cve), "cisa")
    for affected in _affected(cve):
        yield Claim(name, ClaimKind.AFFECTED, affected.value)


def _severities(metrics: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for kind, said in metrics.items():
        if not kind.startswith("cvssMetric"):
            continue
        for metric in msgspec.convert(said, list[_Metric]):
            data = metric.cvss_data
            level = (data.base_severity or metric.base_severity).lower()
            value = {"system": f"CVSS:{data.version}", "vector": data.vector_string, "score": data.base_score}
            value["level"] = level
            yield metric.source, {key: each for key, each in value.items() if each not in ("", None)}


def _kev(cve: _Cve) -> Mapping[str, Any]:
    said = {"added": cve.cisa_exploit_add, "due": cve.cisa_action_due, "name": cve.cisa_vulnerability_name}
    said["action"] = cve.cisa_required_action
    return {"catalogue": "cisa", **{key: each for key, each in said.items() if each}}


def _affected(cve: _Cve) -> Iterator[Affected]:
    """Yield one for each product that is named beside others; what is joined stays in words."""
    found: dict[str, list[_Match]] = {}
    for configuration in cve.configurations:
        named = [match for node in configuration.nodes for match in node.cpe_match if match.vulnerable]
        if _is_simple(configuration):
            for match in named:
                found.setdefault(_of_any_version(match.criteria), []).append(match)
        else:
            text = _in_words(configuration)
            for cpe in dict.fromkeys(_of_any_version(match.criteria) for match in named):
                yield Affected(Product(cpe=cpe), scheme=Scheme.GENERIC, text=text)
    for cpe, matches in found.items():
        yield _of_product(cpe, matches, all_named=cve.vuln_status in _ALL_NAMED)


def _is_simple(configuration: _Configuration) -> bool:
    one_of_many = configuration.operator.upper() != "AND" or len(configuration.nodes) == 1
    return (
        one_of_many
        and not configuration.negate
        and not any(
            node.negate or (node.operator.upper() == "AND" and len(node.cpe_match) > 1) for node in configuration.nodes
        )
    )


def _of_product(cpe: str, matches: Sequence[_Match], *, all_named: bool) -> Affected:
    ranges: list[Range] = []
    texts: list[str] = []
    for match in matches[:MOST_RANGES]:
        read = _range(match)
        if read is None:
            texts.append(match.criteria)
        else:
            ranges.append(read)
    if len(matches) > MOST_RANGES:
        texts.append(f"{len(matches) - MOST_RANGES} more versions")
    otherwise = Status.UNAFFECTED if all_named and not texts else Status.UNKNOWN
    return Affected(Product(cpe=cpe), tuple(ranges), Scheme.GENERIC, otherwise, "; ".join(texts))


def _range(match: _Match) -> Range | None:
    """Return what a criterion says; None where it means no version (``-``), or one update of a version."""
    low = match.version_start_including or match.version_start_excluding
    high = match.version_end_including or match.version_end_excluding
    fields = _fields(match.criteria)
    version, update = fields[_VERSION], fields[_UPDATE]
    if version == "-" or update not in ("*", "-"):
        return None
    if version != "*":
        plain = re.sub(r"\\(.)", r"\1", version)
        return Range(plain, plain, high_included=True)
    included = not match.version_start_excluding or bool(match.version_start_including)
    return Range(low, high, low_included=included, high_included=bool(match.version_end_including))


def _fields(cpe: str) -> list[str]:
    fields = re.split(r"(?<!\\):", cpe)
    return [*fields, *["*"] * (_FIELDS - len(fields))]


def _of_any_version(cpe: str) -> str:
    fields = _fields(cpe)
    return ":".join([*fields[:_VERSION], "*", "*", *fields[_UPDATE + 1 :]])


def _in_words(configuration: _Configuration) -> str:
    nodes = (
        ("not " if node.negate else "") + "(" + f" {node.operator} ".join(map(_match_words, node.cpe_match)) + ")"
        for node in configuration.nodes
    )
    return ("not " if configuration.negate else "") + f" {configuration.operator} ".join(nodes)[:2_000]


def _match_words(match: _Match) -> str:
    bounds = (
        (">=", match.version_start_including),
        (">", match.version_start_excluding),
        ("<=", match.version_end_including),
        ("<", match.version_end_excluding),
    )
    return " ".join([match.criteria, *(f"{sign} {at}" for sign, at in bounds if at)])
