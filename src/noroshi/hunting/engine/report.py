"""From numbers to hits: the answers to a hunt become what a person reads."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, Final

from noroshi.hunting.engine.hunt import Answer, Hunt
from noroshi.hunting.engine.manifest import Manifest, microseconds, moment
from noroshi.hunting.engine.needles import Keys
from noroshi.hunting.engine.records import Hit, HuntResult, Needle, Reference, ScannedFiles
from noroshi.hunting.engine.scan import MAX_SAMPLES, Total
from noroshi.hunting.engine.timestamps import LATEST

MAX_HITS: Final = 250_000

_BY_ORGANISATION = attrgetter("organisation")


@dataclass(frozen=True, slots=True)
class Earliest:
    """The times of the earliest events behind needles, up to `MAX_SAMPLES` each, before some events ``arrived``.

    ``arrived`` is the time of the first of these, in microseconds.
    """

    times: Mapping[Needle, Sequence[datetime]]
    arrived: int

    def before(self, needle: Needle, first: int) -> int | None:
        """Return how many of a needle's earliest events came before; None: nobody knows.

        ``first`` is the time of the earliest (microseconds).
        """
        times = [microseconds(at) for at in self.times.get(needle, ())]
        if not times and first >= self.arrived:
            return 0
        return len(times) if times and times[0] == first and times[-1] < self.arrived else None


NOTHING_KNOWN: Final = Earliest({}, LATEST)


class Report:
    """Collects the answers to a hunt, up to `MAX_HITS` hits."""

    def __init__(self, manifest: Manifest, keys: Keys, known: Earliest) -> None:
        self._manifest = manifest
        self._keys = keys
        self._known = known
        self._hits: list[Hit] = []
        self._scanned: Counter[str] = Counter()
        self._capped = False

    def add(self, answer: Answer, hunt: Hunt | None) -> list[Hit]:
        """Take an answer in and return its hits; a ``hunt`` is asked for the earliest events behind them."""
        room = MAX_HITS - len(self._hits)
        self._capped |= len(answer.totals) > room
        self._scanned.update({str(reason): files for reason, files in answer.scanned.items()})
        found = sorted(answer.totals, key=attrgetter("organisation", "needle"))[:room]
        hits = [hit for _, totals in groupby(found, _BY_ORGANISATION) for hit in self._read(list(totals), hunt)]
        self._hits += hits
        return hits

    def so_far(self, answer: Answer) -> list[Hit]:
        """Return the hits of an answer that is not the last of its organisation; they are not taken in."""
        return [self._hit(total, ()) for total in answer.totals[:MAX_HITS]]

    def result(self, wall_seconds: float, cpu_seconds: float) -> HuntResult:
        """Return all hits, sorted by organisation, then by needle."""
        return HuntResult(
            hits=tuple(sorted(self._hits, key=_BY_ORGANISATION)),
            wall_seconds=wall_seconds,
            cpu_seconds=cpu_seconds,
            refused=self._keys.refused,
            scanned=tuple(ScannedFiles(reason, count) for reason, count in sorted(self._scanned.items())),
            capped=self._capped,
        )

    def _read(self, totals: Sequence[Total], hunt: Hunt | None) -> Iterator[Hit]:
        """Yield the hits of one organisation, without those that turn out to be none when the events are read."""
        samples = self._samples(totals, hunt) if hunt else {}
        files = self._manifest.files({at["file"] for found in samples.values() for at in found})
        for total in totals:
            if hunt is None or total.needle in samples:
                references = (_reference(at, files) for at in samples.get(total.needle, ()))
                yield self._hit(total, tuple(references))

    def _samples(self, totals: Sequence[Total], hunt: Hunt) -> dict[int, list[dict[str, Any]]]:
        """Return the earliest events behind some hits, by needle: where those before are known, what follows them."""
        organisation = totals[0].organisation
        counts = {total.needle: min(total.events, MAX_SAMPLES) for total in totals}
        known = {total.needle: self._known.before(self._keys.needles[total.needle], total.first) for total in totals}
        before = {needle: count for needle, count in known.items() if count is not None}
        open_ones = [needle for needle, count in before.items() if count < MAX_SAMPLES]
        arrived = hunt.samples(organisation, open_ones, self._known.arrived)
        follow = {needle: arrived.get(needle, [])[: MAX_SAMPLES - count] for needle, count in before.items()}
        # Where they are not as many as there should be, some before have gone.
        samples = {needle: found for needle, found in follow.items() if before[needle] + len(found) == counts[needle]}
        return samples | hunt.samples(organisation, [needle for needle in counts if needle not in samples])

    def _hit(self, total: Total, samples: tuple[Reference, ...]) -> Hit:
        needle = self._keys.needles[total.needle]
        times = moment(total.first), moment(total.last)
        return Hit(total.organisation, needle.type, needle.value, *times, total.events, samples)


def _reference(at: Mapping[str, Any], files: Mapping[int, tuple[str, str]]) -> Reference:
    return Reference(moment(at["time"]), at["source"], *files[at["file"]], at["line"])
