"""What changed in a catalogue of exploited vulnerabilities between two of its files.

Catalogues move backwards too: a file may be an older one published by mistake, or leave an entry out for an hour. So a
file that is older than the newest seen changes nothing, and an entry is gone only where two newer files leave it out.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final


class Change(StrEnum):
    """What happened to an entry."""

    ADDED = "added"
    REMOVED = "removed"
    MISSING = "missing"
    """One newer file leaves it out: it may come back."""
    RETURNED = "returned"
    """It was gone, or missing, and is there again."""
    RANSOMWARE = "ransomware"
    """It is now known, or no longer said, to be used for ransomware."""
    DUE = "due"
    """Its due date moved."""
    EDITED = "edited"
    """Something else of it reads otherwise."""


@dataclass(frozen=True)
class Changed:
    """One change of one entry; ``before`` and ``after`` have the fields that differ."""

    name: str
    change: Change
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_earlier(self) -> bool:
        """Whether a due date moved to an earlier day."""
        return self.change is Change.DUE and str(self.after.get("due", "")) < str(self.before.get("due", ""))


@dataclass(frozen=True)
class Edition:
    """One file of a catalogue: when its publisher released it, its version, and the values of its claims by CVE."""

    released: datetime
    version: str
    entries: Mapping[str, Mapping[str, Any]]

    @property
    def digest(self) -> str:
        """SHA-256, hexadecimal, of what it says."""
        written = json.dumps(self.entries, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(written.encode()).hexdigest()


@dataclass(frozen=True)
class State:
    """What is known of a catalogue: its newest release, what holds, what the newest leaves out, what was taken away."""

    released: datetime | None = None
    version: str = ""
    digest: str = ""
    entries: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What holds; what is only missing is still among it."""
    missing: frozenset[str] = frozenset()
    removed: frozenset[str] = frozenset()


class Verdict(StrEnum):
    """What a file is beside those seen before."""

    NEWER = "newer"
    SAME = "same"
    REGRESSED = "regressed"
    """It was released before the newest seen: it changes nothing, and somebody is told."""
    REUSED = "reused"
    """It says something else under the newest seen release: it is taken, and somebody is told."""


@dataclass(frozen=True)
class Step:
    """What a file leads to."""

    state: State
    verdict: Verdict
    changes: Sequence[Changed] = ()


def step(state: State, edition: Edition) -> Step:
    """Return what follows from a file; the state is as it was where the file is older than the newest seen."""
    verdict = _verdict(state, edition)
    if verdict in (Verdict.SAME, Verdict.REGRESSED):
        return Step(state, verdict)
    left_out = (state.entries.keys()) - edition.entries.keys()
    gone = frozenset(left_out & state.missing) if verdict is Verdict.NEWER else frozenset()
    missing = frozenset(left_out - gone)
    held = {name: state.entries[name] for name in missing}
    after = State(
        edition.released,
        edition.version,
        edition.digest,
        {**held, **edition.entries},
        missing,
        (state.removed | gone) - edition.entries.keys(),
    )
    return Step(after, verdict, tuple(_changes(state, edition, missing, gone)))


def _verdict(state: State, edition: Edition) -> Verdict:
    if state.released is None or edition.released > state.released:
        return Verdict.NEWER
    if edition.digest == state.digest:
        return Verdict.SAME
    return Verdict.REUSED if edition.released == state.released else Verdict.REGRESSED


def _changes(state: State, edition: Edition, missing: frozenset[str], gone: frozenset[str]) -> Iterator[Changed]:
    for name, value in edition.entries.items():
        before = state.entries.get(name)
        if before is None:
            yield Changed(name, Change.RETURNED if name in state.removed else Change.ADDED, after=value)
            continue
        if name in state.missing:
            yield Changed(name, Change.RETURNED, after=value)
        yield from _edits(name, before, value)
    yield from (Changed(name, Change.MISSING, before=state.entries[name]) for name in sorted(missing - state.missing))
    yield from (Changed(name, Change.REMOVED, before=state.entries[name]) for name in sorted(gone))


_KINDS: Final = {"ransomware": Change.RANSOMWARE, "due": Change.DUE}


def _edits(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Changed]:
    differing = sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))
    for key, change in _KINDS.items():
        if key in differing:
            yield Changed(name, change, _only(before, [key]), _only(after, [key]))
    if others := [key for key in differing if key not in _KINDS]:
        yield Changed(name, Change.EDITED, _only(before, others), _only(after, others))


def _only(value: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: value[key] for key in keys if key in value}
