"""The answer to “have you seen this?”: each value that was asked for, seen or not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from noroshi.hunting.domain.value_list import MAX_SHOWN
from noroshi.hunting.engine import HuntResult, Needle


@dataclass(frozen=True)
class Sight:
    """A value, and in how many events of the own logs it was seen, first and last; 0 and None for one that was not."""

    type: str
    value: str
    count: int = 0
    first_seen: datetime | None = None
    last_seen: datetime | None = None


def sights_of(asked: Sequence[Needle], result: HuntResult) -> list[Sight]:
    """Return what became of the values that were asked for, in their order, without those that were refused."""
    seen = {(hit.type, hit.value): hit for hit in result.hits}
    refused = {value for value, _reason in result.refused}
    return [
        Sight(needle.type, needle.value, hit.count, hit.first_seen, hit.last_seen)
        if (hit := seen.get((needle.type, needle.value)))
        else Sight(needle.type, needle.value)
        for needle in asked
        if (needle.type, needle.value) in seen or needle.value[:MAX_SHOWN] not in refused
    ]
