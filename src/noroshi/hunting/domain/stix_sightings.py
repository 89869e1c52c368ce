"""What was found, as a bundle of STIX 2.1: that each value was seen, where, how often, first and last. No event.

Each value is an indicator (4.7) of which there is a sighting (5.2) by the organisation's identity (4.5); an address,
name, URL or digest is observed data (4.14) besides. Identifiers are made of what the objects say: the same search of
the same logs, written twice, is one set of objects to whoever takes it in. Every object bears TLP:AMBER+STRICT: what an
organisation's logs hold is its own, until a person there says more.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from noroshi.core.domain.tlp import TLP
from noroshi.hunting.engine import HitRow
from noroshi.intel.domain.observables import HASH_LENGTHS, Observable, ObservableType
from noroshi.intel.domain.stix.ids import deterministic_id
from noroshi.intel.domain.stix.patterns.hunted import pattern_of
from noroshi.intel.domain.stix.tlp import TLP_2, canonical_marking
from noroshi.intel.domain.stix.writing import written_moment

NAMESPACE: Final = UUID("6f0d7c1e-6a3f-4b58-9d0e-2a4c1b7f5e90")
MOST: Final = 999_999_999
"""The largest count of a sighting, and of observed data (5.2.1, 4.14.1)."""

_MARKED: Final = {"object_marking_refs": [TLP_2[TLP.AMBER_STRICT]]}
_SIMPLE: Final = {
    ObservableType.IPV4: "ipv4-addr",
    ObservableType.IPV6: "ipv6-addr",
    ObservableType.DOMAIN: "domain-name",
    ObservableType.URL: "url",
    ObservableType.EMAIL: "email-addr",
}
_DIGESTS: Final = {ObservableType.MD5: "MD5", ObservableType.SHA1: "SHA-1", ObservableType.SHA256: "SHA-256"}


def sightings_bundle(hits: Iterable[HitRow], at: datetime) -> dict[str, Any]:
    """Return hits, each of a canonical value, as a bundle of objects that were made `at` a time."""
    objects: dict[str, dict[str, Any]] = {}
    marking = canonical_marking(_MARKED["object_marking_refs"][0])
    for hit in hits:
        for made in _objects(hit, at):
            objects.setdefault(made["id"], made)
    bundle: dict[str, Any] = {"type": "bundle", "id": _id("bundle", *sorted(objects))}
    return bundle | ({"objects": [marking, *objects.values()]} if objects else {})


def _objects(hit: HitRow, at: datetime) -> Iterator[dict[str, Any]]:
    value = Observable(ObservableType(hit.type), hit.value)
    pattern, times = pattern_of(value), {"first": written_moment(hit.first_seen), "last": written_moment(hit.last_seen)}
    identity = _made("identity", at, hit.organisation, name=hit.organisation, identity_class="organization")
    indicator = _made(
        "indicator",
        at,
        pattern,
        times["first"],
        pattern=pattern,
        pattern_type="stix",
        valid_from=times["first"],
        indicator_types=["unknown"],
    )
    yield from (identity, indicator)
    said = (hit.organisation, pattern, *times.values(), str(hit.count))
    count = min(hit.count, MOST)
    observed: dict[str, Any] = {}
    if (seen := _observable(value)) is not None:
        yield seen
        data = _made(
            "observed-data",
            at,
            *said,
            first_observed=times["first"],
            last_observed=times["last"],
            number_observed=count,
            object_refs=[seen["id"]],
            created_by_ref=identity["id"],
        )
        yield data
        observed = {"observed_data_refs": [data["id"]]}
    yield _made(
        "sighting",
        at,
        *said,
        sighting_of_ref=indicator["id"],
        where_sighted_refs=[identity["id"]],
        first_seen=times["first"],
        last_seen=times["last"],
        count=count,
        created_by_ref=identity["id"],
        **observed,
    )


def _observable(value: Observable) -> dict[str, Any] | None:
    """Return a value as a cyber-observable object; None for one that would need another to hang on."""
    if kind := _SIMPLE.get(value.type):
        said: dict[str, Any] = {"type": kind, "value": value.value}
    elif value.type == ObservableType.CIDR:
        said = {"type": "ipv6-addr" if ":" in value.value else "ipv4-addr", "value": value.value}
    elif value.type in HASH_LENGTHS:
        said = {"type": "file", "hashes": {_DIGESTS[value.type]: value.value}}
    else:
        return None
    return {**said, "spec_version": "2.1", "id": deterministic_id(said), **_MARKED}


def _made(kind: str, at: datetime, *said: str, **properties: Any) -> dict[str, Any]:
    made = {"type": kind, "spec_version": "2.1", "id": _id(kind, *said)}
    return {**made, "created": written_moment(at), "modified": written_moment(at), **properties, **_MARKED}


def _id(kind: str, *said: str) -> str:
    return f"{kind}--{uuid5(NAMESPACE, chr(0).join((kind, *said)))}"
