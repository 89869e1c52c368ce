"""What somebody says of a product and a vulnerability by VEX, whatever the document is written in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Self

from noroshi.advisories.domain.affected import Affected, Product, Range, Status
from noroshi.advisories.domain.aliases import NO_ALIASES, Aliases
from noroshi.advisories.domain.matching import Answer, Component, Confidence, identity, judge, scheme_of_package


class VexStatus(StrEnum):
    """What is said, from what weighs least to what weighs most."""

    NOT_AFFECTED = "not_affected"
    FIXED = "fixed"
    UNDER_INVESTIGATION = "under_investigation"
    AFFECTED = "affected"


_WEIGHT: Final = {each: place for place, each in enumerate(VexStatus)}


@dataclass(frozen=True, slots=True)
class Statement:
    """What is said of the versions of a product that `about` holds; as a part of another where `within` says so."""

    names: tuple[str, ...]
    status: VexStatus
    about: Affected
    within: Product | None = None
    justification: str = ""
    detail: str = ""
    said_at: str = ""

    @property
    def value(self) -> dict[str, Any]:
        """Return it as JSON."""
        within = None if self.within is None else Affected(self.within).value
        return {
            "names": list(self.names),
            "status": self.status.value,
            "about": self.about.value,
            "within": within,
            "justification": self.justification,
            "detail": self.detail,
            "said_at": self.said_at,
        }

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Self:
        """Return what `value` was made of."""
        within = None if value["within"] is None else Affected.read(value["within"]).product
        return cls(
            tuple(value["names"]),
            VexStatus(value["status"]),
            Affected.read(value["about"]),
            within,
            value["justification"],
            value["detail"],
            value["said_at"],
        )


@dataclass(frozen=True, slots=True)
class Unread:
    """A statement that decides nothing, and why."""

    place: int
    reason: str


@dataclass(frozen=True, slots=True)
class VexDocument:
    """A document: who says it, by what it is known again, and its statements."""

    form: str
    identity: str
    author: str
    title: str
    said_at: str
    statements: tuple[Statement, ...]
    unread: tuple[Unread, ...] = ()


class UnreadableVexError(ValueError):
    """The file is no VEX document that is known here; the name of the fault says which sentence tells it."""


NO_VERSION: Final = "no version that can be compared"
NO_PRODUCT: Final = "no product"
NO_NAME: Final = "no vulnerability"
NO_STATUS: Final = "no status"


def of_component(component: Component, *, any_version: bool = False) -> Affected | None:
    """Return what holds this version of a product alone; None where no version is named, but where that means all."""
    scheme = scheme_of_package(component.purl)
    product = Product(component.vendor, component.name, component.cpe, component.purl)
    version = component.version.strip()
    if version:
        return Affected(
            product, (Range(version, version, high_included=True, status=Status.UNAFFECTED),), scheme, Status.UNKNOWN
        )
    return Affected(product, (Range(status=Status.UNAFFECTED),), scheme, Status.UNKNOWN) if any_version else None


def covers(
    statement: Statement,
    component: Component,
    others: Iterable[Component],
    asset: str = "",
    aliases: Aliases = NO_ALIASES,
) -> bool:
    """Tell whether a statement is about a component that is hit, beside the `others` of an asset, for sure.

    It is where it names this component (as a part of a product, only where the asset has that product), or where it
    names what the asset as a whole is called: a bill of materials is of one product, and all else is inside it.
    """
    if statement.within is not None and not any(identity(each, statement.within, aliases) for each in others):
        return False
    if _holds(statement, component, aliases):
        return True
    return statement.within is None and any(each.name == asset and _holds(statement, each, aliases) for each in others)


def _holds(statement: Statement, component: Component, aliases: Aliases) -> bool:
    verdict = judge(component, statement.about, aliases)
    sure = (Confidence.EXACT, Confidence.RANGED)
    return verdict is not None and verdict.answer is Answer.NOT_AFFECTED and verdict.confidence in sure


def latest(statements: Iterable[Statement]) -> Statement | None:
    """Return the statement that counts: the one said last, and of those said at once the gravest."""
    return max(statements, key=lambda each: (each.said_at, _WEIGHT[each.status]), default=None)
