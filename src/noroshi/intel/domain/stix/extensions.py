"""Extensions of objects: the predefined ones of chapter 6, those of extension definitions (7.3), custom ones (11.3)."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from noroshi.intel.domain.stix.rules import Found, Problem, Rule, found, gathered, shown
from noroshi.intel.domain.stix.tables import Table
from noroshi.intel.domain.stix.values import MAX_NAME, Check, anything, one_of, reference
from noroshi.intel.domain.stix.vocabularies import EXTENSION_TYPE

DEFINED: Final = "extension-definition--"
NEW_KINDS: Final = MappingProxyType({"new-sdo": "SDO", "new-sro": "SRO", "new-sco": "SCO"})
TOP_LEVEL: Final = "toplevel-property-extension"
NONE: Final[Mapping[str, Table]] = MappingProxyType({})

_is_custom: Final = re.compile(r"[a-z0-9-]+-ext").fullmatch
_is_name: Final = re.compile(r"[a-z0-9_]{3,250}").fullmatch
_is_extension_type: Final = one_of(EXTENSION_TYPE)
_refers: Final = reference("extension-definition")


def extensions(predefined: Mapping[str, Table] = NONE, *, custom: bool = False) -> Check:
    """Return the check of the property `extensions`. `custom` ones, by a name in -ext, are for observables alone."""

    def check(value: Any) -> Found:
        if type(value) is not dict:
            return found(Rule.DICTIONARY, value=value)
        if not value:
            return found(Rule.EMPTY_DICTIONARY)
        problems: list[Problem] = []
        for name, content in value.items():
            bad = _check_one(name, content, predefined, custom=custom)
            if bad and gathered(problems, shown(name), bad):
                break
        return problems or None

    return check


def _check_one(name: str, content: Any, predefined: Mapping[str, Table], *, custom: bool) -> Found:
    if name in predefined:
        return predefined[name].check(content)
    if name.startswith(DEFINED):
        return _refers(name) or _check_defined(content)
    if not custom or len(name) > MAX_NAME or _is_custom(name) is None:
        return found(Rule.EXTENSION_KEY, value=name)
    return _check_content(content)


def _check_defined(content: Any) -> Found:
    if type(content) is not dict or _is_extension_type(content.get("extension_type")):
        return found(Rule.EXTENSION_TYPE, "extension_type", allowed=", ".join(sorted(EXTENSION_TYPE)))
    return _check_content(content)


def _check_content(content: Any) -> Found:
    if type(content) is not dict or not content:
        return found(Rule.EMPTY_DICTIONARY)
    problems: list[Problem] = []
    for name, value in content.items():
        bad = anything(value) if _is_name(name) else found(Rule.PROPERTY_NAME, name=name)
        if bad and gathered(problems, shown(name), bad):
            break
    return problems or None


def extension_types(value: dict[str, Any]) -> set[str]:
    """Return what the extensions of an object say they are; nothing where there is none that says."""
    contents = value.get("extensions")
    if type(contents) is not dict:
        return set()
    return {
        content["extension_type"]
        for name, content in contents.items()
        if name.startswith(DEFINED) and type(content) is dict and type(content.get("extension_type")) is str
    }
