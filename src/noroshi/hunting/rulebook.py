"""The rules there are: the pack that comes with the program, what the hub gave to all, and an organisation's own."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from uuid import UUID

from noroshi.core.domain import worlds
from noroshi.hunting.engine.detections.reading import read_rules
from noroshi.hunting.engine.detections.reasons import RuleError
from noroshi.hunting.engine.detections.rules import Rule
from noroshi.hunting.engine.detections.starting_pack import starting_pack
from noroshi.hunting.models import RuleFile

log = logging.getLogger(__name__)


class Origin(StrEnum):
    """Who a rule is from."""

    PACK = "pack"
    HUB = "hub"
    OWN = "own"


@dataclass(frozen=True)
class KnownRule:
    """A rule, who it is from and in which file it stands; `file_id` is None for the pack."""

    rule: Rule
    origin: Origin
    file_name: str
    file_id: UUID | None = None

    @property
    def starts_enabled(self) -> bool:
        """Whether it runs before the organisation has said anything: an own rule is looked at first."""
        return self.origin is not Origin.OWN


def rules_of(organisation: UUID | None) -> dict[UUID, KnownRule]:
    """Return the rules that an organisation may use, by id; for None those for all. An earlier file wins."""
    files = RuleFile.objects.unrestricted(reason="which rules an organisation has").filter(world=worlds.REAL)
    for_all = files.filter(organisation__isnull=True).order_by("created_at", "pk")
    own = files.filter(organisation=organisation).order_by("created_at", "pk") if organisation else files.none()
    found: dict[UUID, KnownRule] = {}
    for known in (*_pack(), *_from_files(for_all, Origin.HUB), *_from_files(own, Origin.OWN)):
        found.setdefault(known.rule.id, known)
    return found


def _pack() -> Iterator[KnownRule]:
    for name, content in starting_pack():
        yield from (KnownRule(rule, Origin.PACK, name) for rule in parsed(content))


def _from_files(files: Iterable[RuleFile], origin: Origin) -> Iterator[KnownRule]:
    for file in files:
        try:
            rules = parsed(file.content.encode())
        except RuleError as error:  # it was read when it came; a later version of the program may know better
            log.warning("a file of rules is not read any more", extra={"file": str(file.pk), "error": str(error)})
            continue
        yield from (KnownRule(rule, origin, file.name, file.pk) for rule in rules)


@lru_cache(maxsize=512)
def parsed(content: bytes) -> tuple[Rule, ...]:
    """Return the rules of a file, read once."""
    return tuple(read_rules(content))
