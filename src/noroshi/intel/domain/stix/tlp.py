"""The markings of the Traffic Light Protocol, which are the same objects everywhere.

TLP 1.0 by section 7.2.1.4 of STIX 2.1; TLP 2.0 by the extension of the committee's common objects. Whoever makes one
of these identifiers say something else, or gives a level another identifier, forges a marking.
"""

from typing import Any, Final

from noroshi.core.domain.tlp import TLP, Profile, read_as
from noroshi.intel.domain.stix.values import instant

TLP_2_EXTENSION: Final = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"

TLP_2: Final = {
    TLP.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    TLP.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    TLP.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    TLP.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    TLP.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
TLP_1: Final = {
    TLP.CLEAR: "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9",
    TLP.GREEN: "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
    TLP.AMBER: "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82",
    TLP.RED: "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed",
}
LEVELS: Final = {marking: level for known in (TLP_2, TLP_1) for level, marking in known.items()}
"""The level that each canonical marking stands for. AMBER of TLP 1.0 is AMBER of 2.0: it reaches the organisation and
whoever needs to know."""


def _tlp_2(level: TLP) -> dict[str, Any]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_2[level],
        "created": "2022-10-01T00:00:00.000Z",
        "name": level.label,
        "extensions": {TLP_2_EXTENSION: {"extension_type": "property-extension", "tlp_2_0": level.value.lower()}},
    }


def _tlp_1(level: TLP) -> dict[str, Any]:
    colour = "white" if level is TLP.CLEAR else level.value.lower()
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": TLP_1[level],
        "created": "2017-01-20T00:00:00.000Z",
        "definition_type": "tlp",
        "name": f"TLP:{colour.upper()}",
        "definition": {"tlp": colour},
    }


_CANONICAL: Final = {
    **{marking: _tlp_2(level) for level, marking in TLP_2.items()},
    **{marking: _tlp_1(level) for level, marking in TLP_1.items()},
}
_OPTIONAL: Final = frozenset({"name", "created"})


def canonical_marking(identifier: str) -> dict[str, Any] | None:
    """Return the marking definition that a canonical identifier stands for; None for any other identifier."""
    return _CANONICAL.get(identifier)


def says_the_same(value: dict[str, Any], canonical: dict[str, Any]) -> bool:
    """Whether a marking definition is the canonical one; its name may be left out, its moment be more precise."""
    given, wanted = (
        {name: part for name, part in each.items() if name not in _OPTIONAL} for each in (value, canonical)
    )
    named = value.get("name", canonical["name"]) == canonical["name"]
    return given == wanted and named and instant(value["created"]) == instant(canonical["created"])


def is_tlp(value: dict[str, Any]) -> bool:
    """Whether a marking definition says that it is of the TLP, by either way."""
    return value.get("definition_type") == "tlp" or TLP_2_EXTENSION in value.get("extensions", {})


def carried(level: TLP, profile: Profile) -> TLP:
    """Return the level that readers elsewhere, who read the standard's, understand as no wider than this one."""
    return read_as(level, profile, Profile.FIRST)


def marking_of(level: TLP, profile: Profile) -> str:
    """Return the TLP 2.0 marking that an object of this level bears when it leaves."""
    return TLP_2[carried(level, profile)]
