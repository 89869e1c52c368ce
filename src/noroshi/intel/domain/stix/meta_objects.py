"""The tables of chapter 7 of STIX 2.1: language contents, marking definitions, extension definitions."""

from typing import Any, Final

from noroshi.intel.domain.stix.extensions import TOP_LEVEL
from noroshi.intel.domain.stix.kinds import (
    extension_definition_table,
    language_content_table,
    marking_definition_table,
)
from noroshi.intel.domain.stix.rules import Found, Problem, Rule, found
from noroshi.intel.domain.stix.tables import Table
from noroshi.intel.domain.stix.tlp import canonical_marking, is_tlp, says_the_same
from noroshi.intel.domain.stix.types import OBJECT_REF
from noroshi.intel.domain.stix.values import (
    anything,
    dictionary,
    language,
    list_of,
    nested,
    one_of,
    open_vocabulary,
    string,
    timestamp,
)
from noroshi.intel.domain.stix.vocabularies import EXTENSION_TYPE


def _is_language(name: str) -> bool:
    return language(name) is None


def _no_translation(value: Any) -> Found:
    return found(Rule.STRING, value=value)


translation: Final = nested(dict.fromkeys((int, float, bool), _no_translation))
"""7.1.1: what a translation may hold: strings, empty ones too, and lists and dictionaries of them."""


def definition_given(value: dict[str, Any]) -> Found:
    """7.2.1: a marking says what it is by its definition, or by an extension."""
    missing = [] if "extensions" in value else [name for name in ("definition", "definition_type") if name not in value]
    return [Problem(Rule.REQUIRED, (), {"name": name}) for name in missing] or None


def statement_given(value: dict[str, Any]) -> Found:
    """7.2.1.3: a statement is a string."""
    if value.get("definition_type") == "statement" and type(value.get("definition", {}).get("statement")) is not str:
        return found(Rule.STRING, "definition", "statement", value=value.get("definition", {}).get("statement"))
    return None


def tlp_is_canonical(value: dict[str, Any]) -> Found:
    """7.2.1.4: a TLP marking is one of those that are defined once for all, word by word."""
    canonical = canonical_marking(value["id"])
    if canonical is None:
        return found(Rule.TLP_FORGED, "id", value=value["id"]) if is_tlp(value) else None
    return None if says_the_same(value, canonical) else found(Rule.TLP_FORGED, value=value["id"])


def new_properties_at_top(value: dict[str, Any]) -> Found:
    """7.3.1: names of new properties are listed by extensions that add them at the top."""
    if "extension_properties" in value and TOP_LEVEL not in value["extension_types"]:
        return found(
            Rule.ONLY_IF,
            "extension_properties",
            name="extension_properties",
            other="extension_types",
            value=TOP_LEVEL,
        )
    return None


META_OBJECTS: Final[dict[str, Table]] = {
    "language-content": language_content_table(
        "7.1.1",
        {
            "object_ref": OBJECT_REF,
            "object_modified": timestamp,
            "contents": dictionary(dictionary(translation), key=_is_language, rule=Rule.LANGUAGE),
        },
        ("object_ref", "contents"),
    ),
    "marking-definition": marking_definition_table(
        "7.2.1",
        {"name": string, "definition_type": open_vocabulary, "definition": dictionary(anything)},
        definition_given,
        statement_given,
        tlp_is_canonical,
    ),
    "extension-definition": extension_definition_table(
        "7.3.1",
        {
            "name": string,
            "description": string,
            "schema": string,
            "version": string,
            "extension_types": list_of(one_of(EXTENSION_TYPE)),
            "extension_properties": list_of(string),
        },
        ("name", "schema", "version", "extension_types"),
        new_properties_at_top,
    ),
}
