"""CSAF 2.0 and 2.1 (OASIS): one document, a list of them, or one a line.

What a document says of a product is read by the product's status alone; a version that is no version number, a range
that is no ``vers:`` and a product without a version stay in words and decide nothing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.csaf_checks import failures
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import UNREADABLE, pieces, refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

DEEPEST: Final = 30
MOST_PRODUCTS: Final = 20_000
MOST_REMARKS: Final = 20
_STATUS: Final = {
    "known_affected": Status.AFFECTED,
    "first_affected": Status.AFFECTED,
    "last_affected": Status.AFFECTED,
    "fixed": Status.FIXED,
    "first_fixed": Status.FIXED,
    "known_not_affected": Status.UNAFFECTED,
}
"""Groups of product_status; what is recommended or looked into says nothing of being affected."""
_REMEDIES: Final = {
    "vendor_fix": "fix",
    "optional_patch": "fix",
    "workaround": "workaround",
    "mitigation": "mitigation",
    "none_available": "none",
    "no_fix_planned": "none",
    "fix_planned": "none",
}
_SCHEMES: Final = {
    "semver": Scheme.SEMVER,
    "npm": Scheme.SEMVER,
    "cargo": Scheme.SEMVER,
    "golang": Scheme.SEMVER,
    "pypi": Scheme.PYTHON,
    "maven": Scheme.MAVEN,
    "rpm": Scheme.RPM,
    "deb": Scheme.DEB,
    "openssl": Scheme.OPENSSL,
}
_SIMPLE: Final = re.compile(r"[vV]?[0-9][0-9A-Za-z.+:~^_-]*")
_CONSTRAINT: Final = re.compile(r"(>=|<=|<|>|=)?([^<>=!*|]+)")


class _Helper(msgspec.Struct):
    cpe: str = ""
    purl: str = ""
    purls: list[str] = []


class _Named(msgspec.Struct):
    product_id: str
    name: str = ""
    product_identification_helper: _Helper | None = None


class _Branch(msgspec.Struct):
    category: str = ""
    name: str = ""
    product: _Named | None = None
    branches: list["_Branch"] = []


class _Relationship(msgspec.Struct):
    full_product_name: _Named
    product_reference: str = ""
    relates_to_product_reference: str = ""


class _Tree(msgspec.Struct):
    branches: list[_Branch] = []
    full_product_names: list[_Named] = []
    relationships: list[_Relationship] = []


class _Publisher(msgspec.Struct):
    namespace: str
    name: str = ""


class _Tracking(msgspec.Struct):
    id: str
    version: str = ""
    status: str = ""
    initial_release_date: str = ""
    current_release_date: str = ""


class _Note(msgspec.Struct):
    category: str = ""
    text: str = ""


class _Reference(msgspec.Struct):
    url: str = ""
    category: str = ""


class _Document(msgspec.Struct):
    publisher: _Publisher
    tracking: _Tracking
    title: str = ""
    category: str = ""
    lang: str = ""
    notes: list[_Note] = []
    references: list[_Reference] = []


class _Remedy(msgspec.Struct):
    category: str = ""
    details: str = ""
    url: str = ""


class _Weakness(msgspec.Struct):
    id: str = ""


class _Id(msgspec.Struct):
    text: str = ""


class _Flag(msgspec.Struct):
    label: str = ""
    product_ids: list[str] = []


class _Threat(msgspec.Struct):
    category: str = ""
    details: str = ""
    product_ids: list[str] = []


class _Vulnerability(msgspec.Struct):
    cve: str = ""
    title: str = ""
    ids: list[_Id] = []
    cwe: _Weakness | None = None
    cwes: list[_Weakness] = []
    product_status: dict[str, list[str]] = {}
    scores: list[dict[str, Any]] = []
    metrics: list[dict[str, Any]] = []
    remediations: list[_Remedy] = []
    flags: list[_Flag] = []
    threats: list[_Threat] = []


class Csaf(msgspec.Struct):
    """What is read of a document."""

    document: _Document
    product_tree: _Tree = msgspec.field(default_factory=_Tree)
    vulnerabilities: list[_Vulnerability] = []


@dataclass(frozen=True, slots=True)
class _Known:
    """A product of the tree with its version, as the branches above it say."""

    product: Product
    version: str = ""
    is_range: bool = False
    said: str = ""


DECODER: Final = msgspec.json.Decoder(Csaf)


def read(body: bytes, _given: Given) -> Iterator[Found]:
    """Yield what each document of `body` says."""
    whole = unpacked(body)
    if isinstance(whole, Refused):
        yield whole
        return
    for place, one in enumerate(pieces(whole), 1):
        yield _read_one(one, place)


def _read_one(body: bytes, place: int) -> Found:
    try:
        said = DECODER.decode(body)
    except UNREADABLE as error:
        shape = isinstance(error, msgspec.ValidationError)
        return refused(place, RefusedBecause.SHAPE if shape else RefusedBecause.NOT_JSON, error, body)
    if not (said.document.tracking.id.strip() and said.document.publisher.namespace.strip()):
        return refused(place, RefusedBecause.NO_IDENTITY, "no publisher's namespace, or no identifier", body)
    return replace(_record(said), remarks=_remarks(body))


def _remarks(body: bytes) -> tuple[tuple[str, str], ...]:
    """Return which mandatory tests a document fails; it is read all the same."""
    return tuple((each.test, each.sentence[:300]) for each in failures(msgspec.json.decode(body))[:MOST_REMARKS])


def _record(said: Csaf) -> Record:
    document, tracking = said.document, said.document.tracking
    known = known_products(said.product_tree)
    names = [name_of(each, tracking.id) for each in said.vulnerabilities]
    pairs = zip(names, said.vulnerabilities, strict=True)
    claims = [Claim(name, kind, value) for name, each in pairs for kind, value in _values(each, known)]
    withdrawn = document.category in ("csaf_withdrawn", "csaf_superseded")
    if withdrawn:
        state = {"state": "withdrawn", "reason": document.category.removeprefix("csaf_")}
        claims = [Claim(tracking.id.strip(), ClaimKind.STATE, state)]
    links = [link_of(each.url) for each in document.references if each.category == "self"]
    return Record(
        native_id=f"{document.publisher.namespace.strip().rstrip('/')}/{tracking.id.strip()}",
        title=one_line(document.title) or tracking.id.strip(),
        link=next(filter(None, links), ""),
        summary=plain("\n\n".join(each.text for each in document.notes if each.category in ("summary", "description"))),
        published=moment_of(tracking.initial_release_date),
        updated=moment_of(tracking.current_release_date),
        language={"en": Language.EN, "ja": Language.JA}.get(document.lang[:2].lower(), Language.OTHER),
        names=tuple(dict.fromkeys(names)),
        categories=tuple(filter(None, (document.category, tracking.status))),
        claims=tuple(claims),
    )


def name_of(said: _Vulnerability, tracking_id: str) -> str:
    """Return by what a vulnerability is known."""
    return said.cve.strip().upper() or next((each.text for each in said.ids if each.text), "") or tracking_id


def known_products(tree: _Tree) -> dict[str, _Known]:
    """Return the products of a tree, by their numbers."""
    found: dict[str, _Known] = {}
    for branch in tree.branches:
        _walk(branch, _Known(Product()), found, 1)
    for named in tree.full_product_names:
        found[named.product_id] = _with(_Known(Product()), named)
    for each in tree.relationships:
        part = found.get(each.product_reference, _Known(Product(), said=each.full_product_name.name))
        under = found.get(each.relates_to_product_reference)
        platforms = (under.said,) if under and under.said else ()
        found[each.full_product_name.product_id] = replace(part, product=replace(part.product, platforms=platforms))
    return found


def _walk(branch: _Branch, above: _Known, found: dict[str, _Known], depth: int) -> None:
    if depth > DEEPEST or len(found) > MOST_PRODUCTS:
        return
    match branch.category:
        case "vendor":
            above = replace(above, product=replace(above.product, vendor=branch.name))
        case "product_name":
            above = replace(above, product=replace(above.product, name=branch.name))
        case "product_version" | "product_version_range":
            above = replace(above, version=branch.name, is_range=branch.category.endswith("range"))
        case _:
            pass
    if branch.product is not None:
        found[branch.product.product_id] = _with(above, branch.product)
    for each in branch.branches:
        _walk(each, above, found, depth + 1)


def _with(known: _Known, named: _Named) -> _Known:
    helper = named.product_identification_helper or _Helper()
    purl = helper.purl or next(iter(helper.purls), "")
    product = replace(known.product, cpe=helper.cpe, purl=re.sub(r"[@?#][^/]*$", "", purl) if purl else "")
    return replace(known, product=replace(product, name=product.name or named.name), said=named.name)


def _values(said: _Vulnerability, known: Mapping[str, _Known]) -> Iterator[tuple[ClaimKind, Mapping[str, Any]]]:
    contents = [*said.scores, *(each.get("content") for each in said.metrics)]
    for severity in {str(each): each for content in contents for each in _severities(content)}.values():
        yield ClaimKind.SEVERITY, severity
    for cwe in dict.fromkeys(each.id for each in (*filter(None, (said.cwe,)), *said.cwes) if each.id):
        yield ClaimKind.WEAKNESS, {"cwe": cwe}
    for affected in _affected(said.product_status, known):
        yield ClaimKind.AFFECTED, affected.value
    for remedy in said.remediations:
        if kind := _REMEDIES.get(remedy.category):
            value = {"kind": kind, "text": plain(remedy.details), "url": link_of(remedy.url) if remedy.url else ""}
            yield ClaimKind.REMEDY, {key: each for key, each in value.items() if each}


def _severities(content: object) -> Iterator[Mapping[str, Any]]:
    for key in ("cvss_v4", "cvss_v3", "cvss_v2"):
        said = content.get(key) if isinstance(content, dict) else None
        if not isinstance(said, dict):
            continue
        value = {"system": f"CVSS:{said.get('version', key[-1] + '.0')}", "vector": said.get("vectorString")}
        value |= {"score": said.get("baseScore"), "level": str(said.get("baseSeverity") or "").lower()}
        yield {name: each for name, each in value.items() if each not in (None, "")}


def _affected(status: Mapping[str, Sequence[str]], known: Mapping[str, _Known]) -> Iterator[Affected]:
    """Yield one for each product of the tree, with the versions that each status names."""
    found: dict[tuple[Product, Scheme], list[Range]] = {}
    texts: dict[tuple[Product, Scheme], list[str]] = {}
    for group, ids in status.items():
        for each in (known[one] for one in dict.fromkeys(ids) if one in known and group in _STATUS):
            scheme, ranges = ranges_of(each, _STATUS[group])
            found.setdefault((each.product, scheme), []).extend(ranges)
            if not ranges:
                words = f"{_STATUS[group].value}: {each.version or each.said}"
                texts.setdefault((each.product, scheme), []).append(words)
    for (product, scheme), ranges in found.items():
        text = "; ".join(dict.fromkeys(texts.get((product, scheme), ())))
        yield Affected(product, tuple(dict.fromkeys(ranges)), scheme, text=text)


def ranges_of(known: _Known, status: Status) -> tuple[Scheme, list[Range]]:
    """Return the versions that a product of the tree stands for; none where they cannot be compared."""
    version = known.version.strip()
    if not known.is_range:
        plain_one = _SIMPLE.fullmatch(version)
        return Scheme.GENERIC, [Range(version, version, high_included=True, status=status)] if plain_one else []
    found = re.fullmatch(r"vers:([a-z0-9.+-]+)/(.+)", version)
    if found is None:
        return Scheme.GENERIC, []
    return _SCHEMES.get(found[1], Scheme.GENERIC), _of_vers(found[2], status)


def _of_vers(said: str, status: Status) -> list[Range]:
    """Return what constraints of a ``vers:`` mean, pair by pair; nothing where one of them cannot be read."""
    if said.strip() == "*":
        return [Range(status=status)]
    found: list[Range] = []
    begun: tuple[str, bool] | None = None
    for part in said.split("|"):
        read = _CONSTRAINT.fullmatch(part.strip())
        if read is None or not _SIMPLE.fullmatch(at := read[2].strip()):
            return []
        sign = read[1] or "="
        if sign.startswith(">"):
            if begun is not None:
                return []
            begun = at, sign == ">="
        elif sign.startswith("<"):
            low, included = begun or ("", True)
            found.append(Range(low, at, low_included=included, high_included=sign == "<=", status=status))
            begun = None
        else:
            found.append(Range(at, at, high_included=True, status=status))
    return [*found, Range(begun[0], low_included=begun[1], status=status)] if begun else found
