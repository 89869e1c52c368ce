"""Media types of TAXII 2.1 (sections 1.6.8 and 3.1): what a request accepts, and what its body is.

A type without a version means the newest there is; 2.1 is the only one here.
"""

from typing import Final, NamedTuple

TAXII: Final = "application/taxii+json;version=2.1"
STIX: Final = "application/stix+json;version=2.1"

_NAME: Final = "application/taxii+json"
_RANGES: Final = frozenset({_NAME, "application/*", "*/*"})
_VERSION: Final = "2.1"


class _Range(NamedTuple):
    """A media range: its name, and its parameters by their names in lower case."""

    name: str
    parameters: dict[str, str]

    @property
    def is_of_version(self) -> bool:
        """Whether it means this version of TAXII, or says nothing of any."""
        return self.parameters.get("version", _VERSION) == _VERSION

    @property
    def is_wanted(self) -> bool:
        """Whether its weight is more than nothing (RFC 9110, 12.4.2)."""
        return self.parameters.get("q", "1").strip("0.") != ""


def accepts_taxii(accept: str) -> bool:
    """Whether TAXII 2.1 may be answered to a request with this Accept header; without one, anything may."""
    ranges = [_read(part) for part in accept.split(",") if part.strip()]
    return not ranges or any(each.name in _RANGES and each.is_of_version and each.is_wanted for each in ranges)


def is_taxii(content_type: str) -> bool:
    """Whether a body of this Content-Type is TAXII 2.1."""
    kind = _read(content_type)
    return kind.name == _NAME and kind.is_of_version


def _read(text: str) -> _Range:
    name, *rest = text.split(";")
    pairs = (parameter.partition("=") for parameter in rest)
    return _Range(name.strip().lower(), {key.strip().lower(): value.strip().strip('"') for key, _, value in pairs})
