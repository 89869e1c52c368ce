"""GitHub's advisories as its own REST API gives them: a list, or one; what it writes of versions is read to the letter.

https://docs.github.com/rest/security-advisories/global-advisories
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.osv import ECOSYSTEMS, MOST_BLOCKS, package_url
from noroshi.advisories.domain.readers.strict import UNREADABLE, pieces, refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

PAGE: Final = "https://github.com/advisories/"
MOST_RANGES: Final = 2_000
_NAMES: Final = {
    "pip": "pypi",
    "rust": "crates.io",
    "erlang": "hex",
    "composer": "packagist",
    "actions": "github actions",
}
"""Ecosystems that OSV calls otherwise."""
_BOUND: Final = re.compile(r"(<=|>=|<|>|=)\s*(\S+)")


class _Package(msgspec.Struct):
    ecosystem: str = ""
    name: str | None = None


class _Patched(msgspec.Struct):
    identifier: str = ""


class _Vulnerable(msgspec.Struct):
    package: _Package | None = None
    vulnerable_version_range: str | None = None
    first_patched_version: str | _Patched | None = None

    @property
    def patched(self) -> str:
        said = self.first_patched_version
        return (said.identifier if isinstance(said, _Patched) else said or "").strip()


class _Score(msgspec.Struct):
    vector_string: str | None = None
    score: float | None = None


class _Severities(msgspec.Struct):
    cvss_v3: _Score | None = None
    cvss_v4: _Score | None = None


class _Name(msgspec.Struct):
    value: str = ""


class _Weakness(msgspec.Struct):
    cwe_id: str = ""


class _Advisory(msgspec.Struct):
    ghsa_id: str = ""
    cve_id: str | None = None
    html_url: str | None = None
    summary: str | None = None
    description: str | None = None
    type: str | None = None
    severity: str | None = None
    identifiers: list[_Name] | None = None
    published_at: str | None = None
    updated_at: str | None = None
    withdrawn_at: str | None = None
    vulnerabilities: list[_Vulnerable] | None = None
    cvss: _Score | None = None
    cvss_severities: _Severities | None = None
    cwes: list[_Weakness] | None = None
    message: str | None = None
    """Of an answer that says what went wrong."""


_decoder: Final = msgspec.json.Decoder(_Advisory)


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield what each advisory of a list says, or the one that there is."""
    body_or_not = unpacked(body)
    if isinstance(body_or_not, Refused):
        yield body_or_not
        return
    for place, one in enumerate(pieces(body_or_not), 1):
        yield _read_one(one, place, given)


def _read_one(body: bytes, place: int, given: Given) -> Found:
    try:
        said = _decoder.decode(body)
    except UNREADABLE as error:
        shape = isinstance(error, msgspec.ValidationError)
        return refused(place, RefusedBecause.SHAPE if shape else RefusedBecause.NOT_JSON, error, body)
    name = next(iter(names_in(said.ghsa_id)), "")
    if name:
        return _record(said, name, given)
    if said.message:
        return refused(0, RefusedBecause.ERROR_ANSWER, said.message, body)
    return refused(place, RefusedBecause.NO_IDENTITY, "no ghsa_id", body)


def _record(said: _Advisory, name: str, given: Given) -> Record:
    told = [said.cve_id or "", *(each.value for each in said.identifiers or ())]
    others = [each for each in names_in("\n".join(told)) if each != name]
    text = plain(said.description or "")
    return Record(
        native_id=name,
        title=one_line(said.summary or "") or one_line(text, 200) or name,
        link=link_of(said.html_url or "", given.address) or PAGE + name,
        summary=text or plain(said.summary or ""),
        published=moment_of(said.published_at or "", given.zone),
        updated=moment_of(said.updated_at or "", given.zone),
        language=Language.EN,
        names=(name, *others),
        same_as=tuple((name, other) for other in others),
        categories=(said.type,) if said.type else (),
        claims=tuple(Claim(name, kind, value) for kind, value in _values(said)),
    )


def _values(said: _Advisory) -> Iterator[tuple[ClaimKind, Mapping[str, Any]]]:
    """An advisory that was withdrawn says nothing else any more."""
    if said.withdrawn_at:
        yield ClaimKind.STATE, {"state": "withdrawn", "reason": ""}
        return
    for severity in _severities(said):
        yield ClaimKind.SEVERITY, severity
    for affected in _affected(said.vulnerabilities or []):
        yield ClaimKind.AFFECTED, affected.value
    for text in dict.fromkeys(_fix(each) for each in said.vulnerabilities or ()):
        if text:
            yield ClaimKind.REMEDY, {"kind": "fix", "text": text}
    for cwe in dict.fromkeys(each.cwe_id for each in said.cwes or ()):
        if cwe:
            yield ClaimKind.WEAKNESS, {"cwe": cwe}


def _severities(said: _Advisory) -> Iterator[Mapping[str, Any]]:
    """Yield the scores, and GitHub's own word; 0.0 without a vector is its way to say that there is none."""
    each = said.cvss_severities or _Severities()
    scores = {score.vector_string: score for score in (each.cvss_v3, each.cvss_v4, said.cvss) if score is not None}
    for vector, score in scores.items():
        if vector:
            known = {"score": score.score} if score.score else {}
            yield {"system": vector.partition("/")[0], "vector": vector, **known}
    if said.severity and said.severity.lower() != "unknown":
        yield {"system": "GHSA", "level": said.severity.lower()}


def _affected(blocks: list[_Vulnerable]) -> Iterator[Affected]:
    """Yield what is said of each package, which stands once for each stretch of its versions."""
    packages: dict[tuple[str, str], list[str]] = {}
    for each in blocks[:MOST_BLOCKS]:
        if each.package is not None and each.package.name:
            said = packages.setdefault((each.package.ecosystem.strip().lower(), each.package.name), [])
            said.append(each.vulnerable_version_range or "")
    for (ecosystem, name), texts in packages.items():
        kind, scheme = ECOSYSTEMS.get(_NAMES.get(ecosystem, ecosystem), ("", Scheme.GENERIC))
        yield _of_package(Product(name=name, purl=package_url(kind, name)), scheme, texts[:MOST_RANGES])


def _of_package(product: Product, scheme: Scheme, texts: list[str]) -> Affected:
    stretches = [range_of(text) for text in texts]
    left = [text or "no versions named" for text, found in zip(texts, stretches, strict=True) if found is None]
    otherwise = Status.UNKNOWN if left else Status.UNAFFECTED
    return Affected(product, tuple(filter(None, stretches)), scheme, otherwise, "; ".join(left))


def range_of(text: str) -> Range | None:
    """Return what ``>= 1.0, < 1.2`` says, ``= 1.1`` or ``> 2``; None where it is not understood."""
    bounds = [_BOUND.fullmatch(part.strip()) for part in text.split(",")]
    said = {found[1]: found[2] for found in bounds if found is not None}
    if None in bounds or len(said) != len(bounds):
        return None
    if "=" in said:
        return Range(said["="], said["="], high_included=True) if len(said) == 1 else None
    if {">", ">="} <= said.keys() or {"<", "<="} <= said.keys():
        return None
    low, high = said.get(">=", said.get(">", "")), said.get("<=", said.get("<", ""))
    return Range("" if low == "0" and ">=" in said else low, high, ">" not in said, "<=" in said)


def _fix(said: _Vulnerable) -> str:
    return f"{said.package.name} {said.patched}" if said.package and said.package.name and said.patched else ""
