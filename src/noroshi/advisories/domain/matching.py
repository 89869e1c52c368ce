"""Whether a component is affected: the plain reference, one pair at a time; what is faster has to agree with it.

The first range that holds the version decides, else what the source says of all others (CVE schema, `versions.md`).
A range that cannot be compared makes the answer unknown, never "not affected".
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Final
from urllib.parse import unquote

from noroshi.advisories.domain import cpe, versions
from noroshi.advisories.domain.affected import Affected, Product, Range, Scheme, Status
from noroshi.advisories.domain.aliases import NO_ALIASES, Aliases, called


class Answer(StrEnum):
    """What is known of a component and a vulnerability."""

    AFFECTED = "affected"
    FIXED = "fixed"
    NOT_AFFECTED = "not_affected"
    UNKNOWN = "unknown"


class Confidence(StrEnum):
    """How sure an answer is; only what is at least ranged opens a task by itself."""

    EXACT = "exact"
    """The source names this very version of this very product."""
    RANGED = "ranged"
    """It lies in a range that is compared by its own scheme."""
    HEURISTIC = "heuristic"
    """It was compared as most versions are, or the product was known by its name without a vendor."""
    NAME_ONLY = "name_only"
    """Nothing was said of versions, or nothing that can be compared."""


@dataclass(frozen=True, slots=True)
class Component:
    """Something that is installed."""

    name: str
    version: str = ""
    vendor: str = ""
    cpe: str = ""
    purl: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, how sure it is, and the rule that gave it, as an auditor reads it."""

    answer: Answer
    confidence: Confidence
    rule: str

    @property
    def opens_task(self) -> bool:
        """Whether somebody has to act without another look at it."""
        return self.answer is Answer.AFFECTED and self.confidence in (Confidence.EXACT, Confidence.RANGED)


_ANSWERS: Final = {
    Status.AFFECTED: Answer.AFFECTED,
    Status.UNAFFECTED: Answer.NOT_AFFECTED,
    Status.FIXED: Answer.FIXED,
    Status.UNKNOWN: Answer.UNKNOWN,
}
_WEIGHT: Final = {each: place for place, each in enumerate(Answer)}
_SURENESS: Final = {each: place for place, each in enumerate(Confidence)}
_PLAIN_NUMBERS: Final = re.compile(r"v?[0-9]+(\.[0-9]+)*", re.IGNORECASE)
_SCHEMES_OF_PACKAGES: Final = {
    "pypi": Scheme.PYTHON,
    "npm": Scheme.SEMVER,
    "cargo": Scheme.SEMVER,
    "golang": Scheme.SEMVER,
    "maven": Scheme.MAVEN,
    "rpm": Scheme.RPM,
    "deb": Scheme.DEB,
}


def judge(component: Component, affected: Affected, aliases: Aliases = NO_ALIASES) -> Verdict | None:
    """Return what `affected` means for `component`; None where it is about another product."""
    link = identity(component, affected.product, aliases)
    if link is None:
        return None
    verdict = of_version(affected, component.version)
    if link.is_sure or verdict.confidence is Confidence.NAME_ONLY:
        return Verdict(verdict.answer, verdict.confidence, f"{link.rule}; {verdict.rule}")
    return Verdict(verdict.answer, Confidence.HEURISTIC, f"{link.rule}; {verdict.rule}")


def united(verdicts: Iterable[Verdict]) -> Verdict:
    """Return what several things said of one component come to: of one vulnerability, by several blocks or sources.

    Whoever says that it is affected is heard, the surest first; what is said for sure beats what nobody knows.
    """
    return min(verdicts, key=lambda verdict: (_WEIGHT[verdict.answer], _SURENESS[verdict.confidence]))


def of_version(affected: Affected, version: str) -> Verdict:
    """Return what is said of one version of the product."""
    if not version.strip():
        return Verdict(Answer.UNKNOWN, Confidence.NAME_ONLY, "the version is not known")
    undecided: list[Range] = []
    for each in affected.ranges:
        held = _holds(affected.scheme, each, version)
        if held is None:
            undecided.append(each)
        elif held.inside:
            return decided(each, undecided, is_sure=held.sure)
    return otherwise(affected, undecided)


def otherwise(affected: Affected, undecided: Sequence[Range]) -> Verdict:
    """Return what is said of a version that no range holds; some of them may not have been comparable."""
    if undecided or affected.text:
        what = "; ".join([*(range_words(each) for each in undecided), affected.text]).strip("; ")
        return Verdict(Answer.UNKNOWN, Confidence.NAME_ONLY, f"cannot be compared: {what}"[:300])
    confidence = Confidence.RANGED if affected.ranges else Confidence.NAME_ONLY
    if affected.otherwise is Status.UNKNOWN:
        confidence = Confidence.NAME_ONLY
    return Verdict(_ANSWERS[affected.otherwise], confidence, f"every other version: {affected.otherwise.value}")


def decided(each: Range, undecided: Sequence[Range], *, is_sure: bool) -> Verdict:
    """Return what a range says that holds a version; an earlier one, not comparable, might have said otherwise."""
    if any(other.status is not each.status for other in undecided):
        rule = f"{range_words(each)}, but before it cannot be compared: {range_words(undecided[0])}"
        return Verdict(Answer.UNKNOWN, Confidence.NAME_ONLY, rule)
    single = bool(each.low) and each.low == each.high
    sure = Confidence.EXACT if single else Confidence.RANGED
    return Verdict(_ANSWERS[each.status], sure if is_sure else Confidence.HEURISTIC, range_words(each))


def range_words(each: Range) -> str:
    """Return a range and what is said of it, as an auditor reads it: ``>= 1.0 < 2.0: affected``."""
    return f"{bounds_in_signs(each) or 'every version'}: {each.status.value}"


def bounds_in_signs(each: Range) -> str:
    """Return the bounds of a range: ``>= 1.0 < 2.0``, ``= 1.0``; nothing where it holds every version."""
    if each.low and each.low == each.high:
        return f"= {each.low}"
    low = f"{'>=' if each.low_included else '>'} {each.low}" if each.low else ""
    high = f"{'<=' if each.high_included else '<'} {each.high}" if each.high else ""
    return " ".join(filter(None, (low, high)))


@dataclass(frozen=True, slots=True)
class _Held:
    inside: bool
    sure: bool


def _holds(scheme: Scheme, each: Range, version: str) -> _Held | None:
    """Tell whether a range holds a version; None where they cannot be compared."""
    if each.is_everything:
        return _Held(inside=True, sure=True)
    if each.low == each.high and spelled(each.low) == spelled(version):
        return _Held(inside=True, sure=True)
    if scheme is Scheme.OPAQUE:
        return _Held(inside=False, sure=True) if each.low == each.high else None
    for order in dict.fromkeys((scheme, Scheme.GENERIC)):
        inside = _between(order, each, version)
        if inside is not None:
            return _Held(inside, sure=order is not Scheme.GENERIC or _is_plain(each, version))
    return None


def _between(scheme: Scheme, each: Range, version: str) -> bool | None:
    at = versions.key(scheme, version)
    low = versions.key(scheme, each.low) if each.low else b""
    high = end_of(scheme, each.high) if each.high else versions.BEHIND_ALL
    if at is None or low is None or high is None:
        return None
    return (at >= low if each.low_included or not each.low else at > low) and (
        at <= high if each.high_included or not each.high else at < high
    )


def end_of(scheme: Scheme, high: str) -> bytes | None:
    """Return the key where a range ends; None where the scheme cannot read it."""
    return versions.end_of_series(high) if high.endswith(".*") else versions.key(scheme, high)


def _is_plain(each: Range, version: str) -> bool:
    """Whether all three are numbers and dots, about whose order nobody argues."""
    return all(is_plain(end.removesuffix(".*")) for end in (each.low, each.high, version) if end)


def is_plain(version: str) -> bool:
    """Tell whether a version is numbers and dots."""
    return _PLAIN_NUMBERS.fullmatch(version) is not None


def spelled(version: str) -> str:
    """Return a version as two of one spelling are the same, whatever their order is."""
    return version.strip().casefold().removeprefix("v")


@dataclass(frozen=True, slots=True)
class Link:
    """Why a component is the product that a source means."""

    rule: str
    is_sure: bool


def identity(component: Component, product: Product, aliases: Aliases = NO_ALIASES) -> Link | None:
    """Return why `component` is `product`: by package URL, CPE, vendor and name, a learned name, or its name alone."""
    theirs = dict(keys_of(product.vendor, product.name, product.cpe, product.purl))
    ours = dict(keys_of(component.vendor, component.name, component.cpe, component.purl))
    for kind in (Kind.PACKAGE, Kind.PRODUCT):
        if kind in ours and ours[kind] == theirs.get(kind):
            return Link(f"{kind} {ours[kind]}", is_sure=True)
    name = called_by(theirs)
    if name and (alias := aliases.of(called_by(ours)).get(name)):
        return Link(f"alias {name}", is_sure=alias.is_sure)
    named_apart = Kind.PRODUCT in ours and Kind.PRODUCT in theirs
    if not named_apart and Kind.NAME in ours and ours[Kind.NAME] == theirs.get(Kind.NAME):
        return Link(f"{Kind.NAME} {ours[Kind.NAME]}", is_sure=False)
    return None


class Kind(StrEnum):
    """What a component and a product are compared by."""

    PACKAGE = "package"
    PRODUCT = "product"
    """Vendor and name, as CPE writes them."""
    NAME = "name"


def keys_of(vendor: str, name: str, cpe_name: str, purl: str) -> Iterator[tuple[Kind, str]]:
    """Yield by what something is known: each kind once at most, and what a CPE says before what is said in words."""
    if package := package_of(purl):
        yield Kind.PACKAGE, package
    named = product_of(cpe_name) or (_plain(vendor, _LEGAL), _plain(name))
    if named[0] and named[1]:
        yield Kind.PRODUCT, "/".join(named)
    if named[1]:
        yield Kind.NAME, named[1]


def called_by(keys: Mapping[Kind, str]) -> str:
    """Return by what something is called, as learned names pair it; empty where a package URL alone names it."""
    return called(keys.get(Kind.PRODUCT, ""), keys.get(Kind.NAME, ""))


def product_of(name: str) -> tuple[str, str] | None:
    """Return vendor and product of a CPE name (2.2 or 2.3) as names are compared; None where it names not both."""
    if not name:
        return None
    vendor, product = map(_plain, (*cpe.fields(name), "", "", "")[1:3])
    return (vendor, product) if vendor and product else None


def package_of(purl: str) -> str:
    """Return what a package URL (ECMA-427) names, without version, qualifiers and subpath; empty where it is none."""
    found = _PURL.fullmatch(purl)
    if found is None:
        return ""
    kind, name = found[1].lower(), unquote(found[2]).strip("/")
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    elif kind in ("npm", "deb", "rpm", "github"):
        name = name.lower()
    return f"{kind}/{name}"


_PURL: Final = re.compile(r"pkg:([A-Za-z0-9.+-]+)/+(@?[^@?#]+)(?:[@?#].*)?")


def scheme_of_package(purl: str) -> Scheme:
    """Return by which order the versions of a package are compared."""
    return _SCHEMES_OF_PACKAGES.get(package_of(purl).partition("/")[0], Scheme.GENERIC)


_LEGAL: Final = re.compile(
    r"_(?:inc|corp|corporation|co|company|ltd|limited|llc|gmbh|ag|sa|kk|foundation|project|software)$"
)
_JAPANESE: Final = re.compile("株式会社|有限会社|合同会社|\\(株\\)|㈱")
_SIGNS: Final = re.compile(r"[^\w]+")


@lru_cache(maxsize=1 << 14)
def _plain(text: str, legal: re.Pattern[str] | None = None) -> str:
    """Return a name as names are compared: NFKC, small letters, every other sign an underscore."""
    # What is ASCII is in NFKC already; most names are, and every name of every record comes through here.
    folded = text if text.isascii() else _JAPANESE.sub("", unicodedata.normalize("NFKC", text))
    plain = _SIGNS.sub("_", folded.casefold()).strip("_")
    while legal is not None and "_" in plain and (shorter := legal.sub("", plain)) != plain:
        plain = shorter
    return "" if plain in ("n_a", "na") else plain
