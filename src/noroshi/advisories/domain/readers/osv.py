"""The Open Source Vulnerability format 1.x (OSV schema), in which GitHub and many ecosystems publish theirs.

Events are read as the schema evaluates them: sorted by the order of their ecosystem, whatever order they came in.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec

from noroshi.advisories.domain import versions
from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.cleaning import one_line, plain
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import UNREADABLE, pieces, refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

PAGE: Final = "https://osv.dev/vulnerability/"
MOST_RANGES: Final = 2_000
MOST_BLOCKS: Final = 1_000

ECOSYSTEMS: Final = {
    "pypi": ("pypi", Scheme.PYTHON),
    "npm": ("npm", Scheme.SEMVER),
    "crates.io": ("cargo", Scheme.SEMVER),
    "go": ("golang", Scheme.SEMVER),
    "hex": ("hex", Scheme.SEMVER),
    "pub": ("pub", Scheme.SEMVER),
    "maven": ("maven", Scheme.MAVEN),
    "nuget": ("nuget", Scheme.GENERIC),
    "rubygems": ("gem", Scheme.GENERIC),
    "packagist": ("composer", Scheme.GENERIC),
    "github actions": ("githubactions", Scheme.GENERIC),
    "debian": ("deb/debian", Scheme.DEB),
    "ubuntu": ("deb/ubuntu", Scheme.DEB),
    "red hat": ("rpm/redhat", Scheme.RPM),
    "rocky linux": ("rpm/rocky", Scheme.RPM),
    "almalinux": ("rpm/almalinux", Scheme.RPM),
    "opensuse": ("rpm/opensuse", Scheme.RPM),
    "suse": ("rpm/suse", Scheme.RPM),
}
"""By ecosystem, its release left out: the type of its package URLs, and the order of its versions."""
_LEVELS: Final = {"moderate": "medium"}
_ORDER: Final = {"fixed": 0, "introduced": 1, "last_affected": 2}
"""Of events at one version: what ends there may begin again, and one version alone begins and ends there."""


class _Package(msgspec.Struct):
    name: str = ""
    ecosystem: str = ""
    purl: str = ""


class _Range(msgspec.Struct):
    type: str = ""
    repo: str = ""
    events: list[dict[str, str]] = []


class _Severity(msgspec.Struct):
    type: str = ""
    score: str = ""


class _Affected(msgspec.Struct):
    package: _Package = msgspec.field(default_factory=_Package)
    ranges: list[_Range] = []
    versions: list[str] = []
    severity: list[_Severity] = []


class _Vulnerability(msgspec.Struct):
    id: str
    modified: str = ""
    published: str = ""
    withdrawn: str | None = None
    aliases: list[str] | None = None
    summary: str = ""
    details: str = ""
    severity: list[_Severity] | None = None
    affected: list[_Affected] | None = None
    database_specific: dict[str, Any] | None = None


_decoder: Final = msgspec.json.Decoder(_Vulnerability)


def read(body: bytes, _given: Given) -> Iterator[Found]:
    """Yield what each vulnerability of `body` says: of one JSON object, of a list of them, or of one a line."""
    body_or_not = unpacked(body)
    if isinstance(body_or_not, Refused):
        yield body_or_not
        return
    for place, one in enumerate(pieces(body_or_not), 1):
        yield _read_one(one, place)


def _read_one(body: bytes, place: int) -> Found:
    try:
        said = _decoder.decode(body)
    except UNREADABLE as error:
        shape = isinstance(error, msgspec.ValidationError)
        return refused(place, RefusedBecause.SHAPE if shape else RefusedBecause.NOT_JSON, error, body)
    if not said.id.strip():
        return refused(place, RefusedBecause.NO_IDENTITY, "no identifier", body)
    return _record(said, _usual(said.id))


def _usual(name: str) -> str:
    """Return an identifier in its usual spelling where it is one that is known."""
    (known, *more) = names_in(name) or ("",)
    return known if known and not more and known.casefold() == name.strip().casefold() else name.strip()


def _record(said: _Vulnerability, name: str) -> Record:
    aliases = tuple(dict.fromkeys(_usual(alias) for alias in said.aliases or () if alias.strip()))
    text = plain(said.details)
    return Record(
        native_id=name,
        title=one_line(said.summary) or one_line(said.details, 200) or name,
        link=PAGE + name,
        summary=text or plain(said.summary),
        published=moment_of(said.published),
        updated=moment_of(said.modified),
        language=Language.EN,
        names=tuple(dict.fromkeys((name, *aliases))),
        same_as=tuple((name, alias) for alias in aliases if alias != name),
        claims=tuple(Claim(name, kind, value) for kind, value in _values(said)),
    )


def _values(said: _Vulnerability) -> Iterator[tuple[ClaimKind, Mapping[str, Any]]]:
    """A vulnerability that was withdrawn says nothing else any more."""
    if said.withdrawn:
        yield ClaimKind.STATE, {"state": "withdrawn", "reason": ""}
        return
    more, blocks = said.database_specific or {}, said.affected or []
    scores = [*(said.severity or ()), *(score for block in blocks for score in block.severity)]
    for severity in {(score.type, score.score): _severity(score) for score in scores}.values():
        yield ClaimKind.SEVERITY, severity
    if isinstance(level := more.get("severity"), str) and level:
        yield ClaimKind.SEVERITY, {"system": "OSV", "level": _level(level)}
    for block in blocks[:MOST_BLOCKS]:
        for affected in _affected(block):
            yield ClaimKind.AFFECTED, affected.value
    cwes = more.get("cwe_ids")
    for cwe in dict.fromkeys(each for each in (cwes if isinstance(cwes, list) else ()) if isinstance(each, str)):
        yield ClaimKind.WEAKNESS, {"cwe": cwe}


def _severity(said: _Severity) -> Mapping[str, Any]:
    if said.type == "CVSS_V2":
        return {"system": "CVSS:2.0", "vector": said.score}
    if said.type.startswith("CVSS_"):
        return {"system": said.score.partition("/")[0], "vector": said.score}
    return {"system": said.type, "level": _level(said.score)}


def _level(text: str) -> str:
    return _LEVELS.get(text.strip().lower(), text.strip().lower())


def _affected(block: _Affected) -> Iterator[Affected]:
    """Yield what a block says of versions, and apart from it what it says of commits."""
    kind, order = ECOSYSTEMS.get(block.package.ecosystem.partition(":")[0].lower(), ("", Scheme.GENERIC))
    product = _product(block.package, kind)
    of_commits = [each for each in block.ranges if each.type == "GIT"]
    of_versions = [each for each in block.ranges if each.type != "GIT"]
    if (product.name or product.purl) and (of_versions or block.versions or not of_commits):
        scheme = Scheme.SEMVER if of_versions and all(each.type == "SEMVER" for each in of_versions) else order
        yield _of_ranges(product, of_versions, block.versions, scheme)
    for each in of_commits:
        named = product if product.name or product.purl else Product(name=each.repo)
        if named.name or named.purl:
            yield _of_ranges(named, [each], [], Scheme.OPAQUE)


def _product(package: _Package, kind: str) -> Product:
    where = package.ecosystem.strip()
    platforms = (where,) if ":" in where else ()
    purl = package.purl.partition("?")[0] or package_url(kind, package.name)
    return Product(name=package.name, purl=purl, platforms=platforms)


def package_url(kind: str, name: str) -> str:
    """Return the package URL of a package; empty where its ecosystem is not known."""
    if not (kind and name):
        return ""
    return f"pkg:{kind}/{(name.replace(':', '/') if kind == 'maven' else name).replace('@', '%40')}"


def _of_ranges(product: Product, ranges: Sequence[_Range], single: Sequence[str], scheme: Scheme) -> Affected:
    found: list[Range] = []
    texts: list[str] = []
    for each in ranges:
        read = _stretches(each.events, scheme)
        if read is None:
            texts.append("; ".join(f"{what} {at}" for event in each.events for what, at in event.items()))
        else:
            found.extend(read)
    apart = [version for version in dict.fromkeys(single) if version and not _is_in(version, found, scheme)]
    found.extend(Range(version, version, high_included=True) for version in apart)
    if len(found) > MOST_RANGES:
        texts.append(f"{len(found) - MOST_RANGES} more versions")
    otherwise = Status.UNAFFECTED if found and not texts else Status.UNKNOWN
    return Affected(product, tuple(found[:MOST_RANGES]), scheme, otherwise, "; ".join(texts))


def _stretches(events: Sequence[Mapping[str, str]], scheme: Scheme) -> list[Range] | None:
    """Return the stretches that events bound; None where their order is not known."""
    said = [(what, at.strip()) for event in events for what, at in event.items() if what in (*_ORDER, "limit")]
    said = [(what, at) for what, at in said if not (what == "limit" and at == "*")]
    keys = [b"" if at == "0" else versions.key(scheme, at) for _what, at in said]
    if None in keys:
        return _as_written(said)
    keyed = [(key, what, at) for key, (what, at) in zip(keys, said, strict=True) if key is not None]
    limit = max((each for each in keyed if each[1] == "limit"), default=None)
    ordered = sorted(
        (each for each in keyed if each[1] != "limit" and (limit is None or each[0] < limit[0])),
        key=lambda each: (each[0], _ORDER[each[1]]),
    )
    ends = [(what, at) for _key, what, at in ordered]
    return _scanned([*ends, ("fixed", limit[2])] if limit else ends)


def _as_written(said: Sequence[tuple[str, str]]) -> list[Range] | None:
    """Two events need no order: what begins, and what ends it."""
    names = [what for what, _at in said]
    return _scanned(said) if names in (["introduced", "fixed"], ["introduced", "last_affected"]) else None


def _scanned(events: Sequence[tuple[str, str]]) -> list[Range]:
    found: list[Range] = []
    begun: str | None = None
    for what, at in events:
        if what == "introduced":
            begun = at if begun is None else begun
        elif begun is not None:
            found.append(Range("" if begun == "0" else begun, at, high_included=what == "last_affected"))
            begun = None
    if begun is not None:
        found.append(Range("" if begun == "0" else begun))
    return found


def _is_in(version: str, ranges: Sequence[Range], scheme: Scheme) -> bool:
    at = versions.key(scheme, version)
    if at is None:
        return False
    for each in ranges:
        low, high = versions.key(scheme, each.low) or b"", versions.key(scheme, each.high) or versions.BEHIND_ALL
        if low <= at < high or (each.high_included and at == high):
            return True
    return False
