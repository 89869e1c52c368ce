"""What a request asks for by its parameters (TAXII 2.1, sections 3.4 and 3.5), read strictly."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from noroshi.intel.domain.stix.header import microseconds
from noroshi.intel.domain.stix.values import is_identifier, is_type_name, timestamp
from noroshi.intel.domain.taxii import moments
from noroshi.intel.domain.wanted import Version, Wanted

MOST: Final = 2_000
"""Objects of one answer, whatever is asked for."""

MOST_VALUES: Final = 500
"""Values of one filter."""

SPEC_VERSION: Final = "2.1"
"""The one version of STIX that is kept here."""

_LONGEST_PLACE: Final = 18
_PLACES: Final = frozenset(Version)
_BY_NAME: Final = "match["


class Fault(StrEnum):
    """How a parameter can be malformed."""

    TWICE = "twice"
    LIMIT = "limit"
    MOMENT = "moment"
    PLACE = "place"
    EMPTY = "empty"
    MANY = "many"
    VERSION = "version"
    REPEATED = "repeated"
    ALL = "all"


class MalformedQueryError(ValueError):
    """A parameter is malformed: the answer is 400 (3.4)."""

    def __init__(self, fault: Fault, parameter: str) -> None:
        super().__init__(f"{parameter}: {fault}")
        self.fault = fault
        self.parameter = parameter


@dataclass(frozen=True)
class Query:
    """What is asked for; None where nothing there is can be meant."""

    wanted: Wanted | None
    after: int = 0
    limit: int = MOST


def read_query(parameters: Mapping[str, Sequence[str]], *, fields: Iterable[str], stix_id: str = "") -> Query:
    """Read the parameters of an endpoint that can match `fields`, of all objects or of the one named `stix_id`.

    Raises MalformedQueryError. Fields that an endpoint does not know are ignored (3.4).
    """
    single = {name: _once(name, values) for name, values in parameters.items() if _counts(name)}
    matched = {field: _values(name, single[name]) for field in fields if (name := f"match[{field}]") in single}
    wanted = _wanted(matched, stix_id)
    after = max(_added_after(single.get("added_after")), _next(single.get("next")))
    return Query(wanted, after, min(_limit(single.get("limit")), MOST))


def _counts(name: str) -> bool:
    return name in {"added_after", "limit", "next"} or name.startswith(_BY_NAME)


def _once(name: str, values: Sequence[str]) -> str:
    if len(values) != 1:
        raise MalformedQueryError(Fault.TWICE, name)
    return values[0]


def _values(name: str, text: str) -> list[str]:
    values = text.split(",")
    if "" in values:
        raise MalformedQueryError(Fault.EMPTY, name)
    if len(values) > MOST_VALUES:
        raise MalformedQueryError(Fault.MANY, name)
    return values


def _limit(text: str | None) -> int:
    if text is None:
        return MOST
    if not _is_number(text) or not int(text):
        raise MalformedQueryError(Fault.LIMIT, "limit")
    return int(text)


def _added_after(text: str | None) -> int:
    if text is None:
        return 0
    moment = moments.read(text)
    if moment is None:
        raise MalformedQueryError(Fault.MOMENT, "added_after")
    return max(moment, 0)


def _next(text: str | None) -> int:
    """Read the place to go on from: the moment of the last object given. It opens nothing: the query decides anew."""
    if text is None:
        return 0
    if not _is_number(text):
        raise MalformedQueryError(Fault.PLACE, "next")
    return int(text)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST_PLACE


def _wanted(matched: Mapping[str, list[str]], stix_id: str) -> Wanted | None:
    """Return what is meant; what is no name of anything matches nothing, and is no error (3.4.1)."""
    names = [stix_id] if stix_id else matched.get("id")
    ids = frozenset(filter(is_identifier, names or ()))
    types = frozenset(filter(is_type_name, matched.get("type", ())))
    versions = _versions(matched.get("version", [Version.LAST]))
    nothing = (
        (names is not None and not ids)
        or ("type" in matched and not types)
        or SPEC_VERSION not in matched.get("spec_version", [SPEC_VERSION])
    )
    return None if nothing else Wanted(ids, types, versions)


def _versions(values: list[str]) -> frozenset[Version | int]:
    name = "match[version]"
    if len(set(values)) < len(values):
        raise MalformedQueryError(Fault.REPEATED, name)
    if Version.ALL in values and len(values) > 1:
        raise MalformedQueryError(Fault.ALL, name)
    return frozenset(Version(value) if value in _PLACES else _exact(name, value) for value in values)


def _exact(name: str, value: str) -> int:
    if timestamp(value) is not None:
        raise MalformedQueryError(Fault.VERSION, name)
    return microseconds(value)
