"""Which versions of which product something affects: one form for CVE, OSV, CSAF, NVD and JVN.

A range is never guessed: what a source leaves open stays `UNKNOWN`, and what is not understood stays in `text`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec


class Status(StrEnum):
    """What is said of a version."""

    AFFECTED = "affected"
    UNAFFECTED = "unaffected"
    FIXED = "fixed"
    UNKNOWN = "unknown"


class Scheme(StrEnum):
    """By which order versions are compared; `OPAQUE` ones are equal or not (a commit, a vendor's own words)."""

    SEMVER = "semver"
    GENERIC = "generic"
    PYTHON = "python"
    MAVEN = "maven"
    RPM = "rpm"
    DEB = "deb"
    OPENSSL = "openssl"
    OPAQUE = "opaque"


@dataclass(frozen=True, slots=True)
class Product:
    """What is affected, by whatever names its source gives; all in the source's spelling."""

    vendor: str = ""
    name: str = ""
    cpe: str = ""
    """A CPE 2.3 formatted string (NISTIR 7695, 6.2)."""
    purl: str = ""
    """A package URL without its version (ECMA-427)."""
    platforms: tuple[str, ...] = ()


class Range(msgspec.Struct, frozen=True):
    """Versions from ``low`` to ``high``; an empty one is open. One version alone has both, the same, included.

    A ``high`` that ends in ``.*`` is the end of that series: ``2.*`` is behind everything that begins with ``2.``.
    """

    low: str = ""
    high: str = ""
    low_included: bool = True
    high_included: bool = False
    status: Status = Status.AFFECTED

    @property
    def is_everything(self) -> bool:
        """Tell whether it holds every version."""
        return not self.low and not self.high


@dataclass(frozen=True, slots=True)
class Affected:
    """What is said of the versions of one product: the first range that holds a version decides, else `otherwise`."""

    product: Product
    ranges: tuple[Range, ...] = ()
    scheme: Scheme = Scheme.OPAQUE
    otherwise: Status = Status.UNKNOWN
    text: str = ""
    """What of it was not understood, in the source's words."""

    @property
    def value(self) -> Mapping[str, Any]:
        """Return it as the value of a claim."""
        product = {name: said for name in ("vendor", "name", "cpe", "purl") if (said := getattr(self.product, name))}
        if self.product.platforms:
            product["platforms"] = list(self.product.platforms)
        return {
            "product": product,
            "scheme": self.scheme.value,
            "ranges": [
                [each.low, each.high, each.low_included, each.high_included, each.status.value] for each in self.ranges
            ],
            "otherwise": self.otherwise.value,
            "text": self.text,
        }

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> "Affected":
        """Return what `value` was made of."""
        product = dict(value["product"])
        platforms = tuple(product.pop("platforms", ()))
        return cls(
            Product(**product, platforms=platforms),
            tuple(
                Range(low, high, low_included, high_included, Status(status))
                for low, high, low_included, high_included, status in value["ranges"]
            ),
            Scheme(value["scheme"]),
            Status(value["otherwise"]),
            value["text"],
        )
