"""Events of MISP's core format, written: an event, and a feed of them (manifest, hashes, a file for each).

MISP passes on what its `distribution` allows, whatever the tags say, so that is set by the level: only what is
TLP:CLEAR may leave the community that gets it, and AMBER its organisation not at all.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.misp.kinds import WRITTEN
from noroshi.intel.domain.misp.objects import Thing, things_among
from noroshi.intel.domain.misp.tags import tag_of
from noroshi.intel.domain.observables import Observable

_DISTRIBUTION: Final = {TLP.CLEAR: "3", TLP.GREEN: "1"}
_OWN_ORGANISATION: Final = "0"
_UNDEFINED_THREAT: Final = "4"
_COMPLETED: Final = "2"
_SEEN, _FALSE_POSITIVE = "0", "1"
_SOMEBODY: Final = "Noroshi"
_NAMES: Final = UUID("0d5e1a7e-9f57-5c51-8f5e-3a6f6d1f0b7a")


@dataclass(frozen=True)
class Value:
    """A value of an event: for detection, or only to be known."""

    observable: Observable
    to_ids: bool
    comment: str = ""
    doubts: int = 0
    """How many organisations call it a false positive, as far as that is told."""


@dataclass(frozen=True)
class Sighted:
    """That one organisation saw what a signal is about, on a day where that is told; `organisation` if it is named."""

    on: datetime | None = None
    organisation: str = ""


@dataclass(frozen=True)
class Outgoing:
    """What is written as an event. `body` is Markdown; `further` are tags besides the level's."""

    uuid: UUID
    info: str
    organisation: str
    date: datetime
    changed_at: datetime
    level: TLP
    values: Sequence[Value] = ()
    body: str = ""
    further: Sequence[str] = ()
    url: str = ""
    may_spread: bool = True
    """Whether all whom the level names may have it: else it stays in the organisation that gets it."""
    sighted: Sequence[Sighted] = ()
    files: Sequence[frozenset[Observable]] = ()
    """Hashes that are of one file each."""

    @property
    def moment(self) -> str:
        """When it changed, in seconds: one later for each sighting, since MISP reads again only what is newer."""
        return str(int(self.changed_at.timestamp()) + len(self.sighted) + sum(each.doubts for each in self.values))


def event(out: Outgoing) -> dict[str, Any]:
    """Return the event; the same signal has the same identifiers in every part of it, each time."""
    common = {"timestamp": out.moment, "distribution": "5", "deleted": False}
    things = things_among([each.observable for each in out.values], out.files)
    within = {part for thing in things for _relation, part in thing.parts}
    own = {each.observable: _attribute(out, each, common) for each in out.values}
    attributes = [each for value, each in own.items() if value not in within]
    if out.url:
        attributes.append(_link(out, common))
    reports = [{**common, "uuid": str(uuid5(out.uuid, "report")), "name": out.info, "content": out.body}]
    return {
        "Event": {
            **_head(out),
            "uuid": str(out.uuid),
            "published": True,
            "publish_timestamp": out.moment,
            "distribution": _distribution(out),
            "sharing_group_id": "0",
            "Attribute": attributes,
            "Object": list(_objects(out, things, own, common)),
            "EventReport": reports if out.body else [],
        }
    }


def _attribute(out: Outgoing, value: Value, common: dict[str, Any]) -> dict[str, Any]:
    number = uuid5(out.uuid, f"{value.observable.type}\n{value.observable.value}")
    written = WRITTEN[value.observable.type]
    told = [_sighting(number, f"doubt {place}", _FALSE_POSITIVE, Sighted()) for place in range(value.doubts)]
    alone = len(out.values) == 1  # what was seen of several values nobody said
    return {
        **common,
        "uuid": str(number),
        "type": written.type,
        "category": written.category,
        "value": value.observable.value,
        "to_ids": value.to_ids,
        "comment": value.comment,
        "disable_correlation": False,
        "Sighting": [*(_seen(out, number) if alone else []), *told],
    }


def _link(out: Outgoing, common: dict[str, Any]) -> dict[str, Any]:
    """Return the attribute that stands for the signal: what was seen of it as a whole is said there."""
    number = uuid5(out.uuid, "url")
    link = {"type": "link", "category": "Internal reference", "value": out.url, "to_ids": False, "comment": ""}
    seen = _seen(out, number) if len(out.values) != 1 else []
    return {**common, "uuid": str(number), **link, "disable_correlation": True, "Sighting": seen}


def _seen(out: Outgoing, about: UUID) -> list[dict[str, Any]]:
    return [
        _sighting(about, each.organisation or f"seen {place}", _SEEN, each) for place, each in enumerate(out.sighted)
    ]


def _sighting(about: UUID, which: str, kind: str, said: Sighted) -> dict[str, Any]:
    """Return one sighting: of who is not named no more than that it was somebody."""
    named = {"Organisation": _organisation(said.organisation)} if said.organisation else {}
    day = {"date_sighting": str(int(said.on.timestamp()))} if said.on else {}
    return {"uuid": str(uuid5(about, which)), "type": kind, "source": said.organisation or _SOMEBODY, **day, **named}


def _objects(
    out: Outgoing, things: Sequence[Thing], own: dict[Observable, dict[str, Any]], common: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    """Yield the objects. A value that is part of several is an attribute of its own in each: each has its uuid."""
    given: set[Observable] = set()
    for thing in things:
        number = uuid5(out.uuid, "\n".join((thing.template.name, *(part.value for _relation, part in thing.parts))))
        parts = []
        for relation, part in thing.parts:
            again = {"uuid": str(uuid5(number, relation)), "Sighting": []} if part in given else {}
            host = {"type": "hostname"} if relation == "host" else {}
            parts.append({**own[part], **again, **host, "object_relation": relation})
            given.add(part)
        yield {
            **common,
            "uuid": str(number),
            "name": thing.template.name,
            "meta-category": thing.template.category,
            "description": thing.template.description,
            "template_uuid": thing.template.uuid,
            "template_version": thing.template.version,
            "comment": "",
            "Attribute": parts,
        }


def manifest(outs: Iterable[Outgoing]) -> dict[str, Any]:
    """Return the list of a feed: what each event is, by its uuid."""
    return {str(out.uuid): _head(out) for out in outs}


def hashes(outs: Iterable[Outgoing]) -> bytes:
    """Return the MD5 of each value with its event's uuid: MISP looks values up by it without taking the events in."""
    lines = (
        f"{hashlib.md5(value.observable.value.encode(), usedforsecurity=False).hexdigest()},{out.uuid}\n"
        for out in outs
        for value in out.values
    )
    return "".join(lines).encode()


def written(value: dict[str, Any]) -> bytes:
    """Return JSON as it is served."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _head(out: Outgoing) -> dict[str, Any]:
    return {
        "info": out.info,
        "Orgc": _organisation(out.organisation),
        "analysis": _COMPLETED,
        "date": out.date.date().isoformat(),
        "timestamp": out.moment,
        "threat_level_id": _UNDEFINED_THREAT,
        "Tag": [{"name": name, "colour": _COLOURS.get(name, "#777777")} for name in (tag_of(out.level), *out.further)],
    }


def _organisation(name: str) -> dict[str, str]:
    return {"name": name, "uuid": str(uuid5(_NAMES, name))}


_COLOURS: Final = {
    "tlp:red": "#ff2b2b",
    "tlp:amber+strict": "#ffc000",
    "tlp:amber": "#ffc000",
    "tlp:green": "#33ff00",
    "tlp:clear": "#ffffff",
}


def _distribution(out: Outgoing) -> str:
    return _DISTRIBUTION.get(out.level, _OWN_ORGANISATION) if out.may_spread else _OWN_ORGANISATION
