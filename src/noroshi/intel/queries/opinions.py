"""What others say of objects: `opinion` objects of STIX (4.15) that were sent in, or go out with a signal."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db.models import Q

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.models import Source, StixObject

MOST_READ: Final = 1_000
"""Opinions that are looked through for one page, the latest sent in: an object does not know who refers to it."""


@dataclass(frozen=True)
class Opinion:
    """One opinion, in its maker's words; `word` is of the scale of the standard, `by` may be empty."""

    word: str
    explanation: str
    by: str
    made: str
    about: tuple[str, ...]


def opinions_about(actor: Actor, objects: Collection[str]) -> list[Opinion]:
    """Return the opinions on any of these objects (identifiers) that came from outside and that the actor may see.

    Of each the last version; what its maker has revoked is none. The latest first.
    """
    return _told(actor, _from_outside(actor), objects)


def opinions_on_signal(actor: Actor, number: UUID) -> list[Opinion]:
    """Return the same on what a signal says in STIX. The caller sees the signal, whose number it is."""
    found = _from_outside(actor)
    own = StixObject.everything.filter(parcel=number, type__in=("report", "incident", "indicator")).order_by()
    return _told(actor, found, set(own.values_list("stix_id", flat=True))) if found else []


def _from_outside(actor: Actor) -> list[Mapping[str, Any]]:
    outside = Q(parcel__source=Source.RECEIVED) | Q(received=True)
    rows = StixObject.objects.visible_to(actor).filter(outside, type="opinion", parcel__state=State.PUBLISHED)
    latest = rows.order_by("-parcel__turn", "-position").values_list("raw", flat=True)[:MOST_READ]
    return [decode(bytes(raw)) for raw in latest]


def _told(actor: Actor, found: Iterable[Mapping[str, Any]], objects: Collection[str]) -> list[Opinion]:
    last: dict[str, Mapping[str, Any]] = {}
    for value in found:
        known = last.get(value["id"])
        newer = known is None or value["modified"] > known["modified"]
        if newer and not set(objects).isdisjoint(value.get("object_refs", ())):
            last[value["id"]] = value
    held = [value for value in last.values() if not value.get("revoked")]
    names = _names(actor, {value["created_by_ref"] for value in held if value.get("created_by_ref")})
    return [_opinion(value, names) for value in sorted(held, key=lambda each: str(each["modified"]), reverse=True)]


def _names(actor: Actor, identities: set[str]) -> dict[str, str]:
    rows = StixObject.objects.visible_to(actor).filter(stix_id__in=identities).order_by("modified")
    return {name: str(decode(bytes(raw)).get("name", ""))[:200] for name, raw in rows.values_list("stix_id", "raw")}


def _opinion(value: Mapping[str, Any], names: Mapping[str, str]) -> Opinion:
    authors = ", ".join(value.get("authors", ()))[:300]
    return Opinion(
        word=value["opinion"],
        explanation=str(value.get("explanation", ""))[:5_000],
        by=authors or names.get(value.get("created_by_ref", ""), ""),
        made=str(value["modified"]),
        about=tuple(value["object_refs"]),
    )
