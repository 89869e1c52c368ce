"""Events of MISP's core format, read out of hostile JSON: what can be taken, and of each other part why it cannot.

One bad attribute never stops the others. Levels and reach of a part are those of the event and its own together: the
strictest level, the narrowest reach. What MISP calls deleted is not there.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.misp import tags
from noroshi.intel.domain.misp.kinds import observables_in
from noroshi.intel.domain.misp.reach import Reach, reach_of
from noroshi.intel.domain.observables import InvalidObservable, Observable
from noroshi.intel.domain.strict_json import decode
from noroshi.kit.domain.plain_text import TURNING, UNWRITABLE

MOST_BYTES: Final = 64 * 1024 * 1024
MOST_ATTRIBUTES: Final = 20_000
MOST_EVENTS: Final = 10_000
LONGEST: Final = 5_000
"""Characters of a value; the rest of a longer text is cut."""

USUAL_LEVEL: Final = TLP.AMBER
"""Of what says none: whoever sent it did not say that all may know."""

_PROSE: Final = frozenset({"comment", "text", "other", "email-body", "yara", "sigma", "snort", "pattern-in-file"})
"""Types whose values may have several lines."""


class Reason(StrEnum):
    """Why something was not taken."""

    NO_OBJECT = "no_object"
    NO_VALUE = "no_value"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    NOT_ITS_TYPE = "not_its_type"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class Refused:
    """A part that was not taken: where it stands, its uuid if it says one, and why; `detail` is a sentence or empty."""

    place: str
    uuid: str
    reason: Reason
    detail: str = ""


@dataclass(frozen=True)
class Attribute:
    """One attribute; `label` is its type, or object and relation. `proposed` by somebody else, and not accepted."""

    type: str
    label: str
    value: str
    to_ids: bool
    comment: str
    level: TLP
    reach: Reach
    observables: tuple[Observable, ...] = ()
    seen: int = 0
    doubted: int = 0
    proposed: bool = False

    @property
    def is_to_be_found(self) -> bool:
        """Whether it is given for detection: marked so, accepted, and called wrong by nobody."""
        return self.to_ids and not self.proposed and not self.doubted


@dataclass(frozen=True)
class Event:
    """An event as far as it could be taken."""

    uuid: UUID
    info: str
    organisation: str
    date: str
    timestamp: datetime
    level: TLP
    reach: Reach
    pap: str | None
    tags: tuple[str, ...]
    galaxies: tuple[str, ...]
    attributes: tuple[Attribute, ...]
    refused: tuple[Refused, ...] = ()


class NotMispError(ValueError):
    """The bytes hold no event of MISP."""


def read_events(raw: bytes) -> list[Event]:
    """Return the events in a file: one, a list, or an answer of MISP's API; raise `NotMispError` for others."""
    if len(raw) > MOST_BYTES:
        raise NotMispError("The file is larger than 64 MB.")
    try:
        read = decode(raw)
    except ValueError as error:
        raise NotMispError(f"The file is no JSON that can be read: {str(error)[:200]}") from error
    events = [event for value in _events_in(read) if (event := _event(value)) is not None]
    if not events:
        raise NotMispError("There is no event of MISP in the file.")
    return events


def _events_in(read: Any) -> Iterator[dict[str, Any]]:
    if isinstance(read, dict) and "response" in read:
        read = read["response"]
    for value in read[:MOST_EVENTS] if isinstance(read, list) else [read]:
        inner = value.get("Event", value) if isinstance(value, dict) else None
        if isinstance(inner, dict):
            yield inner


def _event(value: dict[str, Any]) -> Event | None:
    """Return the event; None for what has no uuid or no title, and so is none."""
    number, info = _uuid(value.get("uuid")), _line(value.get("info"))
    if number is None or not info:
        return None
    names = _names(value.get("Tag"))
    level = tags.level_of(names) or USUAL_LEVEL
    reach = reach_of(value.get("distribution"), value.get("SharingGroup"))
    reading = _Reading(level, reach)
    reading.attributes("Attribute", value.get("Attribute"))
    reading.proposals("ShadowAttribute", value.get("ShadowAttribute"), _Context("", level, reach))
    reading.objects(value.get("Object"))
    organisation = value.get("Orgc")
    return Event(
        uuid=number,
        info=info,
        organisation=_line(organisation.get("name")) if isinstance(organisation, dict) else "",
        date=_line(value.get("date"))[:10],
        timestamp=moment_of(value.get("timestamp")),
        level=level,
        reach=reach,
        pap=tags.pap_of(names),
        tags=tuple(tags.others(names)),
        galaxies=tuple(_clusters(value.get("Galaxy"))),
        attributes=tuple(reading.taken),
        refused=tuple(reading.refused),
    )


@dataclass(frozen=True)
class _Context:
    """What an attribute has from the object or attribute around it."""

    label: str
    level: TLP
    reach: Reach


@dataclass
class _Reading:
    """What has been read of one event."""

    level: TLP
    reach: Reach
    taken: list[Attribute] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)

    def attributes(self, place: str, rows: Any, around: _Context | None = None) -> None:
        """Read a list of attributes, each with what others propose instead."""
        around = around or _Context("", self.level, self.reach)
        for each, row in _rows(place, rows):
            if isinstance(row, dict) and row.get("deleted") in (True, "1", 1):
                continue
            self._attribute(each, row, around)
            if isinstance(row, dict):
                self.proposals(f"{each}.ShadowAttribute", row.get("ShadowAttribute"), _inner(row, around))

    def objects(self, rows: Any) -> None:
        """Read the objects: their attributes, under the object's name."""
        for place, row in _rows("Object", rows):
            if not isinstance(row, dict):
                self.refused.append(Refused(place, "", Reason.NO_OBJECT))
            elif row.get("deleted") not in (True, "1", 1):
                inner = _inner(row, _Context("", self.level, self.reach))
                name = _line(row.get("name")) or "object"
                self.attributes(f"{place}.Attribute", row.get("Attribute"), _Context(name, inner.level, inner.reach))

    def proposals(self, place: str, rows: Any, around: _Context) -> None:
        """Read what others propose: to be looked at, never to be looked for."""
        for each, row in _rows(place, rows):
            if not isinstance(row, dict) or row.get("proposal_to_delete") not in (True, "1", 1):
                self._attribute(each, row, around, proposed=True)

    def _attribute(self, place: str, row: Any, around: _Context, *, proposed: bool = False) -> None:
        uuid = _line(row.get("uuid"))[:36] if isinstance(row, dict) else ""
        if len(self.taken) >= MOST_ATTRIBUTES:
            self.refused.append(Refused(place, uuid, Reason.TOO_MANY))
            return
        try:
            self.taken.append(_attribute(row, around, proposed=proposed))
        except _RefusedError as refusal:
            self.refused.append(Refused(place, uuid, refusal.reason, refusal.detail))


class _RefusedError(Exception):
    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


def _attribute(row: Any, around: _Context, *, proposed: bool) -> Attribute:
    if not isinstance(row, dict):
        raise _RefusedError(Reason.NO_OBJECT)
    kind = _line(row.get("type"))[:60]
    value = _value(kind, row.get("value"))
    try:
        found = observables_in(kind, value)
    except InvalidObservable as error:
        raise _RefusedError(Reason.NOT_ITS_TYPE, error.reason) from error
    inner, sightings = _inner(row, around), _sightings(row.get("Sighting"))
    relation = _line(row.get("object_relation"))[:60]
    return Attribute(
        type=kind,
        label=f"{around.label[:60]}: {relation or kind}" if around.label else kind,
        value=value,
        to_ids=row.get("to_ids") in (True, "1", 1),
        comment=_line(row.get("comment"))[:LONGEST],
        level=inner.level,
        reach=inner.reach,
        observables=found,
        seen=sightings.count("0"),
        doubted=sightings.count("1"),
        proposed=proposed,
    )


def _inner(row: dict[str, Any], around: _Context) -> _Context:
    """Return what holds for a part: never a lower level nor a wider reach than what is around it."""
    said = tags.level_of(_names(row.get("Tag")))
    level = around.level if said is None else max(around.level, said, key=lambda level: level.rank)
    reach = reach_of(row.get("distribution"), row.get("SharingGroup"), around.reach)
    return _Context(around.label, level, reach.within(around.reach))


def _value(kind: str, raw: Any) -> str:
    """Return a value that everybody reads as it is; refuse one that is hidden, turned round or endless."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        raw = str(raw)
    if not isinstance(raw, str) or not kind or not raw.strip():
        raise _RefusedError(Reason.NO_VALUE)
    text = raw.replace("\r\n", "\n").strip()
    if UNWRITABLE.search(text) or TURNING.search(text) or ("\n" in text and kind not in _PROSE):
        raise _RefusedError(Reason.UNREADABLE)
    if len(text) > LONGEST and kind not in _PROSE:
        raise _RefusedError(Reason.TOO_LONG)
    return text[:LONGEST]


def _rows(place: str, rows: Any) -> Iterable[tuple[str, Any]]:
    return ((f"{place}[{number}]", row) for number, row in enumerate(rows if isinstance(rows, list) else []))


def _names(rows: Any) -> list[str]:
    """Return the names of tags. A tag of one instance alone counts too: it says no less."""
    return [name for _place, row in _rows("", rows) if isinstance(row, dict) and (name := _line(row.get("name")))]


def _clusters(rows: Any) -> Iterator[str]:
    """Yield galaxy and cluster of what an event is tied to; their identifiers, which may be empty, are not needed."""
    for _place, galaxy in _rows("", rows):
        clusters = galaxy.get("GalaxyCluster") if isinstance(galaxy, dict) else None
        for _each, cluster in _rows("", clusters):
            if isinstance(cluster, dict) and (name := _line(cluster.get("value"))):
                yield f"{_line(galaxy.get('name')) or 'galaxy'}: {name}"


def _sightings(rows: Any) -> Sequence[str]:
    return [str(row.get("type", "0")) for _place, row in _rows("", rows) if isinstance(row, dict)]


def _line(raw: Any) -> str:
    """Return a text as one line in which nothing hides; empty for what is no text."""
    text = raw if isinstance(raw, str) else ""
    return " ".join(TURNING.sub("", UNWRITABLE.sub("", text[:LONGEST])).split())


def _uuid(raw: Any) -> UUID | None:
    try:
        return UUID(raw) if isinstance(raw, str) else None
    except ValueError:
        return None


def moment_of(raw: Any) -> datetime:
    """Return seconds since 1970 as a moment; the beginning of time for what is none, so that any other is newer."""
    try:
        return datetime.fromtimestamp(int(raw), tz=UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(0, tz=UTC)
