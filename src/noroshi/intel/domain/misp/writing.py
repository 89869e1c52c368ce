"""Events of MISP's core format, written: an event, and a feed of them (manifest, hashes, a file for each).

MISP passes on what its `distribution` allows, whatever the tags say, so that is set by the level: only what is
TLP:CLEAR may leave the community that gets it, and AMBER its organisation not at all.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID, uuid5

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.misp.kinds import WRITTEN
from noroshi.intel.domain.misp.tags import tag_of
from noroshi.intel.domain.observables import Observable

_DISTRIBUTION: Final = {TLP.CLEAR: "3", TLP.GREEN: "1"}
_OWN_ORGANISATION: Final = "0"
_UNDEFINED_THREAT: Final = "4"
_COMPLETED: Final = "2"
_NAMES: Final = UUID("0d5e1a7e-9f57-5c51-8f5e-3a6f6d1f0b7a")


@dataclass(frozen=True)
class Value:
    """A value of an event: for detection, or only to be known."""

    observable: Observable
    to_ids: bool
    comment: str = ""


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


def event(out: Outgoing) -> dict[str, Any]:
    """Return the event; the same signal has the same identifiers in every part of it, each time."""
    moment, distribution = str(int(out.changed_at.timestamp())), _distribution(out)
    common = {"timestamp": moment, "distribution": "5", "deleted": False}
    attributes = [
        {
            **common,
            "uuid": str(uuid5(out.uuid, f"{value.observable.type}\n{value.observable.value}")),
            "type": WRITTEN[value.observable.type].type,
            "category": WRITTEN[value.observable.type].category,
            "value": value.observable.value,
            "to_ids": value.to_ids,
            "comment": value.comment,
            "disable_correlation": False,
        }
        for value in out.values
    ]
    if out.url:
        link = {"type": "link", "category": "Internal reference", "value": out.url, "to_ids": False, "comment": ""}
        attributes.append({**common, "uuid": str(uuid5(out.uuid, "url")), **link, "disable_correlation": True})
    reports = [{**common, "uuid": str(uuid5(out.uuid, "report")), "name": out.info, "content": out.body}]
    return {
        "Event": {
            **_head(out),
            "uuid": str(out.uuid),
            "published": True,
            "publish_timestamp": moment,
            "distribution": distribution,
            "sharing_group_id": "0",
            "Attribute": attributes,
            "EventReport": reports if out.body else [],
        }
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
        "Orgc": {"name": out.organisation, "uuid": str(uuid5(_NAMES, out.organisation))},
        "analysis": _COMPLETED,
        "date": out.date.date().isoformat(),
        "timestamp": str(int(out.changed_at.timestamp())),
        "threat_level_id": _UNDEFINED_THREAT,
        "Tag": [{"name": name, "colour": _COLOURS.get(name, "#777777")} for name in (tag_of(out.level), *out.further)],
    }


_COLOURS: Final = {
    "tlp:red": "#ff2b2b",
    "tlp:amber+strict": "#ffc000",
    "tlp:amber": "#ffc000",
    "tlp:green": "#33ff00",
    "tlp:clear": "#ffffff",
}


def _distribution(out: Outgoing) -> str:
    return _DISTRIBUTION.get(out.level, _OWN_ORGANISATION) if out.may_spread else _OWN_ORGANISATION
