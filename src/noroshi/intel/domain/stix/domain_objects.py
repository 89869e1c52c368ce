"""The tables of chapters 4 and 5 of STIX 2.1: domain objects and relationship objects."""

from itertools import islice
from typing import Any, Final

from noroshi.intel.domain.stix.kinds import KILL_CHAIN_PHASES, catalogued, core_table
from noroshi.intel.domain.stix.patterns import check_pattern
from noroshi.intel.domain.stix.rules import MAX_PROBLEMS, Found, Problem, Rule, found, gathered, shown
from noroshi.intel.domain.stix.tables import Table, after, at_least_one, exclusive, needs, not_before
from noroshi.intel.domain.stix.types import (
    CORE_REF,
    SCO_OR_SRO_REF,
    SCO_REF,
    SDO_OR_SCO_REF,
    SDO_REF,
    SRO,
)
from noroshi.intel.domain.stix.values import (
    anything,
    boolean,
    integer,
    list_of,
    number,
    one_of,
    open_vocabulary,
    reference,
    string,
    timestamp,
    type_of,
    value_of_form,
)
from noroshi.intel.domain.stix.vocabularies import OPINION

MAX_COUNT: Final = 999_999_999

_strings: Final = list_of(string)
_open_vocabularies: Final = list_of(open_vocabulary)
_seen: Final = {"first_seen": timestamp, "last_seen": timestamp}
_software: Final = reference("software")


def valid_pattern(value: dict[str, Any]) -> Found:
    """4.7.1: a pattern of type `stix` is one of chapter 9. Of others this installation knows no grammar."""
    if value["pattern_type"] != "stix":
        return None
    error = check_pattern(value["pattern"])
    if error is None:
        return None
    return found(Rule.PATTERN, "pattern", fault=error.fault.value, place=error.place + 1, value=error.found)


def named_family(value: dict[str, Any]) -> Found:
    """4.11.1: a family of malware has a name."""
    if value["is_family"] and "name" not in value:
        return [Problem(Rule.REQUIRED, (), {"name": "name"})]
    return None


def located(value: dict[str, Any]) -> Found:
    """4.10.1: a location says a region, a country, or both coordinates."""
    if "region" in value or "country" in value or ("latitude" in value and "longitude" in value):
        return None
    return found(Rule.ONE_OF, names="region, country, latitude")


def holds_an_observable(value: dict[str, Any]) -> Found:
    """4.14.1: the objects that were observed are not relationships alone."""
    references = value.get("object_refs", ())
    if references and all(type_of(each) in SRO for each in references):
        return found(Rule.REFERENCE_TYPE, "object_refs", value=references[0], allowed="an SCO")
    return None


def contained_objects(value: Any) -> Found:
    """2.13, deprecated: objects of STIX 2.0 or 2.1 by local names, which their references use."""
    if type(value) is not dict or not value:
        return found(Rule.EMPTY_DICTIONARY)
    problems: list[Problem] = []
    for name, content in value.items():
        bad = _check_contained(name, content, value)
        if bad and gathered(problems, shown(name), bad):
            break
    return problems or None


def _check_contained(name: str, content: Any, container: dict[str, Any]) -> Found:
    if type(content) is not dict or type(content.get("type")) is not str:
        return found(Rule.CONTAINED_OBJECT, value=name)
    return anything(content) or _unresolved(content, container)


def _unresolved(content: dict[str, Any], container: dict[str, Any]) -> list[Problem]:
    lost = (
        Problem(Rule.CONTAINED_OBJECT, (shown(name),), {"value": shown(each)})
        for name, value in content.items()
        if name.endswith(("_ref", "_refs")) and name != "object_marking_refs"
        for each in (value if name.endswith("_refs") and type(value) is list else [value])
        if type(each) is not str or each not in container
    )
    return list(islice(lost, MAX_PROBLEMS))


def same_type(value: dict[str, Any]) -> Found:
    """3.7: an object is derived from, or a duplicate of, one of its own type."""
    alike = value["relationship_type"] in {"derived-from", "duplicate-of"}
    if alike and type_of(value["source_ref"]) != type_of(value["target_ref"]):
        return found(Rule.REFERENCE_TYPE, "target_ref", value=value["target_ref"], allowed=type_of(value["source_ref"]))
    return None


DOMAIN_OBJECTS: Final[dict[str, Table]] = {
    "attack-pattern": core_table(
        "attack-pattern",
        "4.1.1",
        {"name": string, "description": string, "aliases": _strings, "kill_chain_phases": KILL_CHAIN_PHASES},
        ("name",),
        (catalogued("capec"),),
    ),
    "campaign": core_table(
        "campaign",
        "4.2.1",
        {"name": string, "description": string, "aliases": _strings, **_seen, "objective": string},
        ("name",),
        (not_before("last_seen", "first_seen"),),
    ),
    "course-of-action": core_table("course-of-action", "4.3.1", {"name": string, "description": string}, ("name",)),
    "grouping": core_table(
        "grouping",
        "4.4.1",
        {"name": string, "description": string, "context": open_vocabulary, "object_refs": list_of(CORE_REF)},
        ("context", "object_refs"),
    ),
    "identity": core_table(
        "identity",
        "4.5.1",
        {
            "name": string,
            "description": string,
            "roles": _strings,
            "identity_class": open_vocabulary,
            "sectors": _open_vocabularies,
            "contact_information": string,
        },
        ("name",),
    ),
    "incident": core_table(
        "incident",
        "4.6.1",
        {"name": string, "description": string, "kill_chain_phases": KILL_CHAIN_PHASES},
        ("name",),
    ),
    "indicator": core_table(
        "indicator",
        "4.7.1",
        {
            "name": string,
            "description": string,
            "indicator_types": _open_vocabularies,
            "pattern": string,
            "pattern_type": open_vocabulary,
            "pattern_version": string,
            "valid_from": timestamp,
            "valid_until": timestamp,
            "kill_chain_phases": KILL_CHAIN_PHASES,
        },
        ("pattern", "pattern_type", "valid_from"),
        (after("valid_until", "valid_from"), valid_pattern),
    ),
    "infrastructure": core_table(
        "infrastructure",
        "4.8.1",
        {
            "name": string,
            "description": string,
            "infrastructure_types": _open_vocabularies,
            "aliases": _strings,
            "kill_chain_phases": KILL_CHAIN_PHASES,
            **_seen,
        },
        ("name",),
        (not_before("last_seen", "first_seen"),),
    ),
    "intrusion-set": core_table(
        "intrusion-set",
        "4.9.1",
        {
            "name": string,
            "description": string,
            "aliases": _strings,
            **_seen,
            "goals": _strings,
            "resource_level": open_vocabulary,
            "primary_motivation": open_vocabulary,
            "secondary_motivations": _open_vocabularies,
        },
        ("name",),
        (not_before("last_seen", "first_seen"),),
    ),
    "location": core_table(
        "location",
        "4.10.1",
        {
            "name": string,
            "description": string,
            "latitude": number(-90, 90),
            "longitude": number(-180, 180),
            "precision": number(0),
            "region": open_vocabulary,
            "country": string,
            "administrative_area": string,
            "city": string,
            "street_address": string,
            "postal_code": string,
        },
        (),
        (
            located,
            needs("latitude", "longitude"),
            needs("longitude", "latitude"),
            needs("precision", "latitude", "longitude"),
        ),
    ),
    "malware": core_table(
        "malware",
        "4.11.1",
        {
            "name": string,
            "description": string,
            "malware_types": _open_vocabularies,
            "is_family": boolean,
            "aliases": _strings,
            "kill_chain_phases": KILL_CHAIN_PHASES,
            **_seen,
            "operating_system_refs": list_of(_software),
            "architecture_execution_envs": _open_vocabularies,
            "implementation_languages": _open_vocabularies,
            "capabilities": _open_vocabularies,
            "sample_refs": list_of(reference("artifact", "file")),
        },
        ("is_family",),
        (not_before("last_seen", "first_seen"), named_family),
    ),
    "malware-analysis": core_table(
        "malware-analysis",
        "4.12.1",
        {
            "product": string,
            "version": string,
            "host_vm_ref": _software,
            "operating_system_ref": _software,
            "installed_software_refs": list_of(_software),
            "configuration_version": string,
            "modules": _strings,
            "analysis_engine_version": string,
            "analysis_definition_version": string,
            "submitted": timestamp,
            "analysis_started": timestamp,
            "analysis_ended": timestamp,
            "result_name": string,
            "result": open_vocabulary,
            "analysis_sco_refs": list_of(SCO_REF),
            "sample_ref": SCO_REF,
        },
        ("product",),
        (at_least_one("result", "analysis_sco_refs"), not_before("analysis_ended", "analysis_started")),
    ),
    "note": core_table(
        "note",
        "4.13.1",
        {"abstract": string, "content": string, "authors": _strings, "object_refs": list_of(CORE_REF)},
        ("content", "object_refs"),
    ),
    "observed-data": core_table(
        "observed-data",
        "4.14.1",
        {
            "first_observed": timestamp,
            "last_observed": timestamp,
            "number_observed": integer(1, MAX_COUNT),
            "objects": contained_objects,
            "object_refs": list_of(SCO_OR_SRO_REF),
        },
        ("first_observed", "last_observed", "number_observed"),
        (
            not_before("last_observed", "first_observed"),
            at_least_one("objects", "object_refs"),
            exclusive("objects", "object_refs"),
            holds_an_observable,
        ),
    ),
    "opinion": core_table(
        "opinion",
        "4.15.1",
        {"explanation": string, "authors": _strings, "opinion": one_of(OPINION), "object_refs": list_of(CORE_REF)},
        ("opinion", "object_refs"),
    ),
    "report": core_table(
        "report",
        "4.16.1",
        {
            "name": string,
            "description": string,
            "report_types": _open_vocabularies,
            "published": timestamp,
            "object_refs": list_of(CORE_REF),
        },
        ("name", "published", "object_refs"),
    ),
    "threat-actor": core_table(
        "threat-actor",
        "4.17.1",
        {
            "name": string,
            "description": string,
            "threat_actor_types": _open_vocabularies,
            "aliases": _strings,
            **_seen,
            "roles": _open_vocabularies,
            "goals": _strings,
            "sophistication": open_vocabulary,
            "resource_level": open_vocabulary,
            "primary_motivation": open_vocabulary,
            "secondary_motivations": _open_vocabularies,
            "personal_motivations": _open_vocabularies,
        },
        ("name",),
        (not_before("last_seen", "first_seen"),),
    ),
    "tool": core_table(
        "tool",
        "4.18.1",
        {
            "name": string,
            "description": string,
            "tool_types": _open_vocabularies,
            "aliases": _strings,
            "kill_chain_phases": KILL_CHAIN_PHASES,
            "tool_version": string,
        },
        ("name",),
    ),
    "vulnerability": core_table(
        "vulnerability", "4.19.1", {"name": string, "description": string}, ("name",), (catalogued("cve"),)
    ),
}

RELATIONSHIP_OBJECTS: Final[dict[str, Table]] = {
    "relationship": core_table(
        "relationship",
        "5.1.2",
        {
            "relationship_type": value_of_form(r"[a-z0-9-]+", "uses"),
            "description": string,
            "source_ref": SDO_OR_SCO_REF,
            "target_ref": SDO_OR_SCO_REF,
            "start_time": timestamp,
            "stop_time": timestamp,
        },
        ("relationship_type", "source_ref", "target_ref"),
        (after("stop_time", "start_time"), same_type),
    ),
    "sighting": core_table(
        "sighting",
        "5.2.1",
        {
            "description": string,
            **_seen,
            "count": integer(0, MAX_COUNT),
            "sighting_of_ref": SDO_REF,
            "observed_data_refs": list_of(reference("observed-data")),
            "where_sighted_refs": list_of(reference("identity", "location")),
            "summary": boolean,
        },
        ("sighting_of_ref",),
        (not_before("last_seen", "first_seen"),),
    ),
}
