"""Whether an object is one of STIX 2.1: all that it breaks, each with its rule and where.

The tables are the standard's own. What is a SHOULD there is not asked: open vocabularies, which relationships are
usual between which types, which version of UUID an identifier has where it may have any.
"""

from collections.abc import Iterator
from typing import IO, Any, Final

from noroshi.intel.domain.stix.domain_objects import DOMAIN_OBJECTS, RELATIONSHIP_OBJECTS
from noroshi.intel.domain.stix.extensions import NEW_KINDS, TOP_LEVEL, extension_types
from noroshi.intel.domain.stix.kinds import CUSTOM, core_table, named_by_its_type, observable_table
from noroshi.intel.domain.stix.meta_objects import META_OBJECTS
from noroshi.intel.domain.stix.observables import OBSERVABLES
from noroshi.intel.domain.stix.reading import Element, read_objects
from noroshi.intel.domain.stix.rules import HARMLESS, Problem, Rule, found
from noroshi.intel.domain.stix.tables import Table
from noroshi.intel.domain.stix.types import BUNDLE
from noroshi.intel.domain.stix.values import is_type_name

TABLES: Final[dict[str, Table]] = {**DOMAIN_OBJECTS, **RELATIONSHIP_OBJECTS, **OBSERVABLES, **META_OBJECTS}


def check_object(value: Any) -> list[Problem]:
    """Return what `value`, as a JSON reader gives it, breaks of STIX 2.1; nothing where it is an object of it."""
    if type(value) is not dict:
        return found(Rule.NOT_AN_OBJECT, value=value)
    kind = value.get("type")
    table = TABLES.get(kind) if type(kind) is str else None
    if table is None:
        return _check_custom(value, kind)
    extended = "extensions" in value and TOP_LEVEL in extension_types(value)
    return table.check_object(value, extended=extended) or []


def is_taken_in(problems: list[Problem]) -> bool:
    """Whether intake takes an object in despite what it breaks: nothing, or what harms nobody."""
    return all(problem.rule in HARMLESS for problem in problems)


def _check_custom(value: dict[str, Any], kind: Any) -> list[Problem]:
    """11.2 and 7.3: a type that the standard does not know is named x-..., or says by an extension what it is."""
    if "type" not in value:
        return [Problem(Rule.REQUIRED, (), {"name": "type"})]
    if type(kind) is not str or kind == BUNDLE or not is_type_name(kind):
        return found(Rule.TYPE_NAME, "type", value=kind)
    kinds = {NEW_KINDS[name] for name in extension_types(value) if name in NEW_KINDS}
    if not kinds and not kind.startswith("x-"):
        return found(Rule.TYPE_UNKNOWN, "type", value=kind)
    versioned = "SCO" not in kinds if kinds else "created" in value or "modified" in value
    table = _CUSTOM_OBJECT if versioned else _CUSTOM_OBSERVABLE
    return table.check_object(value, extended=True) or []


_CUSTOM_OBJECT: Final = core_table(CUSTOM, "11.2.1", {}, (), (named_by_its_type,))
_CUSTOM_OBSERVABLE: Final = observable_table(CUSTOM, "11.2.1", {}, (), (named_by_its_type,))


def check_stream(stream: IO[bytes]) -> Iterator[tuple[Element, list[Problem]]]:
    """Yield the objects of a bundle, list or single object of any length, each with all that it breaks."""
    for element in read_objects(stream):
        yield element, [*element.problems] or check_object(element.value)
