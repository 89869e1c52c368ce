"""What received objects become when somebody shares them at a level of their own.

STIX forbids changing the object of somebody else, its markings too (2.1, sections 3.5 and 3.6). So an object whose own
markings say the level, or a stricter one, goes out as it came. In the place of any other goes a **derived** object,
with an identifier of its own, signed by whoever shares it, marked with the level. What refers to a derived object
refers to its new identifier, and is derived as well. A derived object names nothing that does not go out with it: of
where it came from, a reader learns nothing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import msgspec

from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.stix.check import check_object, is_taken_in
from noroshi.intel.domain.stix.levels import marked_level
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.tlp import LEVELS, TLP_2, carried
from noroshi.intel.domain.strict_json import decode

_OWN: Final = frozenset({"id", "created_by_ref", "object_marking_refs", "granular_markings"})
"""Properties that a derived object has of its own."""

_TELLING: Final = frozenset({"external_references", "extensions", "labels"})
"""Properties that may tell in whose systems an object was made."""

_TELLING_TYPES: Final = frozenset({"identity", "extension-definition"})


@dataclass(frozen=True)
class Terms:
    """How objects are shared: at which level, in whose name, when, and with what (`item`: a signal's id, say).

    `definitions` are markings that are known besides those among the objects. Where the one who shares is `veiled`,
    nothing goes out as it came, and what may tell of whom it comes is left out.
    """

    level: TLP
    profile: Profile
    signer: str
    at: str
    item: object
    definitions: frozenset[str] = frozenset()
    veiled: bool = False

    @property
    def carried(self) -> TLP:
        """The level as readers elsewhere understand it."""
        return carried(self.level, self.profile)

    def name(self, value: Mapping[str, Any]) -> str:
        """Return the identifier of what is derived from an object."""
        return stable_id(value["type"], "derived", self.item, value["id"])


class Going(NamedTuple):
    """An object on its way out, and its bytes: as they came, or those of a derived one."""

    value: dict[str, Any]
    raw: bytes
    is_derived: bool


def going_out(objects: Sequence[bytes], terms: Terms) -> list[Going]:
    """Return what goes out for objects that were checked: themselves, or what is derived of them, in their order.

    One that cannot be said without naming what stays behind (a relationship to it, say) is left out.
    """
    sharing = _Sharing([(decode(raw), raw) for raw in objects], terms)
    return list(sharing.outcome())


@dataclass
class _Sharing:
    """Objects that are shared together."""

    objects: list[tuple[dict[str, Any], bytes]]
    terms: Terms
    names: dict[str, str] = field(default_factory=dict)
    """What is derived: its identifier now, by the one before."""

    def __post_init__(self) -> None:
        self._known = self.terms.definitions | {
            value["id"] for value, _raw in self.objects if value["type"] == "marking-definition"
        }
        self._name_derived()
        self._keep(self.objects)
        self._leave_out()

    def outcome(self) -> Iterator[Going]:
        for value, raw in self.objects:
            if value["id"] not in self.names:
                yield Going(value, raw, is_derived=False)
            else:
                derived = self._derived(value)
                yield Going(derived, msgspec.json.encode(derived), is_derived=True)

    def _name_derived(self) -> None:
        """Find what is derived: what does not say the level itself, and all that refers to such a one."""
        rising = [value for value, _raw in self.objects if not self._goes_as_it_came(value)]
        referring: dict[str, list[dict[str, Any]]] = {}
        for value, _raw in self.objects:
            for name in _references(value):
                referring.setdefault(name, []).append(value)
        while rising:
            value = rising.pop()
            if value["id"] not in self.names:
                self.names[value["id"]] = self.terms.name(value)
                rising += referring.get(value["id"], ())

    def _goes_as_it_came(self, value: dict[str, Any]) -> bool:
        """Whether the markings of an object say at least the level, as a whole and of every part of it."""
        if self.terms.veiled:
            return False
        whole = [LEVELS[name] for name in value.get("object_marking_refs", ()) if name in LEVELS]
        parts = [LEVELS[part["marking_ref"]] for part in _granular(value) if part["marking_ref"] in LEVELS]
        return bool(whole) and min([max(whole), *parts]) >= self.terms.carried

    def _leave_out(self) -> None:
        """Leave out what cannot be derived, and what cannot be said without that."""
        if self.terms.veiled:
            self._keep([pair for pair in self.objects if pair[0]["type"] not in _TELLING_TYPES])
        while True:
            sound = [pair for pair in self.objects if pair[0]["id"] not in self.names or self._is_sound(pair[0])]
            if len(sound) == len(self.objects):
                return
            self._keep(sound)

    def _keep(self, objects: list[tuple[dict[str, Any], bytes]]) -> None:
        self._here = {value["id"] for value, _raw in objects}
        self.objects = objects

    def _is_sound(self, value: dict[str, Any]) -> bool:
        return value["type"] != "extension-definition" and is_taken_in(check_object(self._derived(value)))

    def _derived(self, value: dict[str, Any]) -> dict[str, Any]:
        said = {name: part for name, part in value.items() if name not in _OWN and not self._is_hidden(name)}
        moments: dict[str, Any] = {name: self.terms.at for name in ("created", "modified") if name in value}
        signed = {"created_by_ref": self.terms.signer} if "created" in value else {}
        derived: dict[str, Any] = {**self._repointed(said), **moments, "id": self.names[value["id"]], **signed}
        if "object_modified" in derived:
            derived["object_modified"] = self.terms.at
        return {**derived, "object_marking_refs": self._markings(value)}

    def _is_hidden(self, name: str) -> bool:
        return self.terms.veiled and (name in _TELLING or name.startswith("x_"))

    def _markings(self, value: dict[str, Any]) -> list[str]:
        """The level, or a stricter one where the object had that; and what else marked it, where that goes out too."""
        own = marked_level(value, self._known)
        level = max(self.terms.carried, own) if own else self.terms.carried
        others = (self._known_as(name) for name in value.get("object_marking_refs", ()) if name not in LEVELS)
        return [TLP_2[level], *dict.fromkeys(name for name in others if name)]

    def _known_as(self, name: str) -> str | None:
        """Return the identifier under which an object goes out; None where it does not."""
        return self.names.get(name, name) if name in self._here else None

    def _repointed(self, value: dict[str, Any]) -> dict[str, Any]:
        """Return a dictionary whose references lead to what goes out; those to anything else are gone."""
        pairs = ((name, self._repointed_part(name, part)) for name, part in value.items())
        return {name: part for name, part in pairs if part is not None}

    def _repointed_part(self, name: str, part: Any) -> Any:
        if name.endswith("_ref") and isinstance(part, str):
            return self._known_as(part)
        if name.endswith("_refs") and isinstance(part, list):
            return [known for each in part if isinstance(each, str) and (known := self._known_as(each))] or None
        if isinstance(part, dict):
            return self._repointed(part)
        if isinstance(part, list):
            return [self._repointed(each) if isinstance(each, dict) else each for each in part]
        return part


def _granular(value: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    return (part for part in value.get("granular_markings", ()) if "marking_ref" in part)


def _references(value: Mapping[str, Any], *, top: bool = True) -> Iterator[str]:
    """Yield what an object refers to; whose it is and what marks it aside."""
    for name, part in value.items():
        if top and name in _OWN:
            continue
        if name.endswith("_ref") and isinstance(part, str):
            yield part
        elif name.endswith("_refs") and isinstance(part, list):
            yield from (each for each in part if isinstance(each, str))
        else:
            yield from _inner_references(part)


def _inner_references(part: Any) -> Iterator[str]:
    inner: Iterable[Any] = part if isinstance(part, list) else (part,)
    for each in inner:
        if isinstance(each, dict):
            yield from _references(each, top=False)
