"""What objects of several kinds have in common: sections 2.5, 2.11, 3.2 and 7.2.3 of STIX 2.1."""

import re
from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from noroshi.intel.domain.stix.extensions import NONE, extensions
from noroshi.intel.domain.stix.ids import deterministic_id
from noroshi.intel.domain.stix.rules import MAX_PROBLEMS, Found, Problem, Rule, found, shown
from noroshi.intel.domain.stix.tables import Between, Properties, Table, at_least_one, exclusive, not_before
from noroshi.intel.domain.stix.types import IDENTITY_REF, MARKING_REF
from noroshi.intel.domain.stix.values import (
    boolean,
    exact_timestamp,
    integer,
    language,
    list_of,
    listed_hashes,
    literal,
    own_identifier,
    reference,
    string,
    type_of,
    url,
)

MAX_CONFIDENCE: Final = 100
_SELECTOR: Final = r"[a-zA-Z0-9_-]{1,250}(?:\.(?:\[[0-9]{1,9}\]|[a-zA-Z0-9_-]{1,250}))*"
_is_selector: Final = re.compile(_SELECTOR).fullmatch
_EXTERNAL_IDS: Final = {
    "cve": re.compile(r"CVE-[0-9]{4}-[0-9]{4,}").fullmatch,
    "capec": re.compile(r"CAPEC-[0-9]+").fullmatch,
}


def external_id(value: dict[str, Any]) -> Found:
    """4.1.1 and 4.19.1: how the identifiers of CAPEC and CVE are written."""
    fits = _EXTERNAL_IDS.get(value["source_name"])
    if fits is not None and "external_id" in value and fits(value["external_id"]) is None:
        return found(Rule.EXTERNAL_ID, "external_id", value=value["external_id"], source=value["source_name"])
    return None


def catalogued(source: str) -> Between:
    """4.1.1 and 4.19.1: an identifier that is one of a catalogue names that catalogue as its source."""
    fits = _EXTERNAL_IDS[source]

    def check(value: dict[str, Any]) -> Found:
        for index, each in enumerate(value.get("external_references", ())):
            number = each.get("external_id", "")
            if fits(number) and each["source_name"] != source:
                return found(Rule.EXTERNAL_ID, "external_references", index, value=number, source=source)
        return None

    return check


def selector(value: Any) -> Found:
    """7.2.3: names and list indices, parted by full stops."""
    return None if type(value) is str and _is_selector(value) else found(Rule.SELECTOR, value=value)


EXTERNAL_REFERENCE: Final = Table(
    "2.5.2",
    {
        "source_name": string,
        "description": string,
        "url": url,
        "hashes": listed_hashes,
        "external_id": string,
    },
    ("source_name",),
    (at_least_one("description", "url", "external_id"), external_id),
)
KILL_CHAIN_PHASE: Final = Table(
    "2.11", {"kill_chain_name": string, "phase_name": string}, ("kill_chain_name", "phase_name")
)
GRANULAR_MARKING: Final = Table(
    "7.2.3",
    {"lang": language, "marking_ref": MARKING_REF, "selectors": list_of(selector)},
    ("selectors",),
    (at_least_one("lang", "marking_ref"), exclusive("lang", "marking_ref")),
)
KILL_CHAIN_PHASES: Final = list_of(KILL_CHAIN_PHASE.check)


def marks_what_is_there(value: dict[str, Any]) -> Found:
    """7.2.3: what is marked by a selector exists."""
    if "granular_markings" not in value:
        return None
    lost = (
        Problem(Rule.SELECTOR_ABSENT, ("granular_markings", index, "selectors", place), {"value": shown(name)})
        for index, marking in enumerate(value["granular_markings"])
        for place, name in enumerate(marking["selectors"])
        if not selects(value, name)
    )
    return list(islice(lost, MAX_PROBLEMS))


def not_marked_by_itself(value: dict[str, Any]) -> Found:
    """3.2: a marking does not mark itself."""
    granular = [marking.get("marking_ref") for marking in value.get("granular_markings", ())]
    if value["id"] in [*value.get("object_marking_refs", ()), *granular]:
        return found(Rule.MARKED_BY_ITSELF, "id", value=value["id"])
    return None


def selects(value: Any, name: str) -> bool:
    """Whether a selector leads to something in the object."""
    for step in name.split("."):
        if step.startswith("["):
            index = int(step[1:-1])
            if type(value) is not list or index >= len(value):
                return False
            value = value[index]
        elif type(value) is dict and step in value:
            value = value[step]
        else:
            return False
    return True


def versioned_by_its_own_name(value: dict[str, Any]) -> Found:
    """3.6: whoever gives an observable versions does not give it the identifier that it has for everybody."""
    if not _VERSIONING.isdisjoint(value) and value["id"] == deterministic_id(value):
        return found(Rule.IDENTIFIER_SHARED, "id", value=value["id"])
    return None


_VERSIONING: Final = frozenset({"created_by_ref", "created", "modified", "revoked"})
_MARKED: Final[Properties] = {
    "object_marking_refs": list_of(MARKING_REF),
    "granular_markings": list_of(GRANULAR_MARKING.check),
}
_CREATED: Final[Properties] = {"created_by_ref": IDENTITY_REF, "created": exact_timestamp}
_VERSIONED: Final[Properties] = {
    **_CREATED,
    "modified": exact_timestamp,
    "revoked": boolean,
    "labels": list_of(string),
    "external_references": list_of(EXTERNAL_REFERENCE.check),
}
_BASE: Final = ("type", "spec_version", "id", "created")
_ONLY_SCO: Final = frozenset({"defanged"})


CUSTOM: Final = "custom"
"""The kind whose table serves every custom type: one for each would be made for whatever a hostile bundle invents."""


def _identified(kind: str) -> Properties:
    version = literal("2.1", Rule.SPEC_VERSION)
    if kind == CUSTOM:
        return {"type": string, "spec_version": version, "id": reference()}
    return {"type": literal(kind), "spec_version": version, "id": own_identifier(kind)}


def named_by_its_type(value: dict[str, Any]) -> Found:
    """2.9: the identifier begins with the type."""
    if type_of(value["id"]) != value["type"]:
        return found(Rule.IDENTIFIER_TYPE, "id", value=value["id"], type=value["type"])
    return None


def core_table(
    kind: str,
    section: str,
    properties: Properties,
    required: tuple[str, ...] = (),
    between: tuple[Between, ...] = (),
) -> Table:
    """Return the table of a domain or relationship object (SDO, SRO)."""
    common: Properties = {
        **_identified(kind),
        **_VERSIONED,
        "confidence": integer(0, MAX_CONFIDENCE),
        "lang": language,
        **_MARKED,
        "extensions": extensions(),
    }
    return Table(
        section,
        {**common, **properties},
        (*_BASE, "modified", *required),
        (_modified_later, marks_what_is_there, *between),
        _ONLY_SCO,
    )


def observable_table(
    kind: str,
    section: str,
    properties: Properties,
    required: tuple[str, ...] = (),
    between: tuple[Between, ...] = (),
    *,
    predefined: Mapping[str, Table] = NONE,
) -> Table:
    """Return the table of a cyber-observable object (SCO): with predefined extensions, and rarely with versions."""
    common: Properties = {
        **_identified(kind),
        **_CREATED,
        "modified": exact_timestamp,
        "revoked": boolean,
        **_MARKED,
        "defanged": boolean,
        "extensions": extensions(predefined, custom=True),
    }
    return Table(
        section,
        {**common, **properties},
        ("type", "id", *required),
        (marks_what_is_there, versioned_by_its_own_name, *between),
        frozenset({"labels", "external_references", "confidence", "lang"}),
    )


def language_content_table(section: str, properties: Properties, required: tuple[str, ...], *rules: Between) -> Table:
    """Return the table of a language content object."""
    common = {**_identified("language-content"), **_VERSIONED, "confidence": integer(0, MAX_CONFIDENCE), **_MARKED}
    return Table(
        section,
        {**common, "extensions": extensions(), **properties},
        (*_BASE, "modified", *required),
        (_modified_later, marks_what_is_there, *rules),
        _ONLY_SCO | {"lang"},
    )


def extension_definition_table(
    section: str, properties: Properties, required: tuple[str, ...], *rules: Between
) -> Table:
    """Return the table of an extension definition object."""
    return Table(
        section,
        {**_identified("extension-definition"), **_VERSIONED, **_MARKED, **properties},
        (*_BASE, "modified", "created_by_ref", *required),
        (_modified_later, marks_what_is_there, *rules),
        _ONLY_SCO | {"confidence", "lang", "extensions"},
    )


def marking_definition_table(section: str, properties: Properties, *rules: Between) -> Table:
    """Return the table of a marking definition, which has no versions."""
    common = {
        **_identified("marking-definition"),
        **_CREATED,
        "external_references": list_of(EXTERNAL_REFERENCE.check),
        **_MARKED,
        "extensions": extensions(),
    }
    return Table(
        section,
        {**common, **properties},
        _BASE,
        (marks_what_is_there, not_marked_by_itself, *rules),
        _ONLY_SCO | {"modified", "revoked", "labels", "confidence", "lang"},
    )


_modified_later: Final[Between] = not_before("modified", "created")
