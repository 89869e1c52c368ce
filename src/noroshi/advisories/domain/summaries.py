"""What several sources' claims about one vulnerability come to at a glance; the claims stay beside it, each its own.

The score shown is the author's: of a CVE record its CNA's, else that of whoever published an own advisory, else CISA's
(which scores where the author does not), else NVD's; of several, the newest CVSS. Exploited is what any catalogue says.
"""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.records import Claim, ClaimKind
from noroshi.advisories.domain.sources import SourceKind


class Said(msgspec.Struct, frozen=True):
    """A claim, and the kind of source that carries it."""

    kind: SourceKind
    claim: Claim


class Summary(msgspec.Struct, frozen=True):
    """What is known of a vulnerability; what nobody has said is empty or None."""

    state: str = ""
    score: float | None = None
    level: str = ""
    system: str = ""
    vector: str = ""
    exploited_since: date | None = None
    """The first day on which a catalogue that still names it had it."""
    due: date | None = None
    """The earliest day by which a catalogue asks for it to be mended."""
    ransomware: bool = False
    probability: float | None = None
    percentile: float | None = None
    exploitation: str = ""
    automatable: bool | None = None
    impact: str = ""
    has_remedy: bool = False


TELLING: Final = frozenset(ClaimKind) - {ClaimKind.AFFECTED, ClaimKind.WEAKNESS}
"""Kinds of claims that a summary tells of."""
LEVELS: Final = ("critical", "high", "medium", "low", "none")
_SYSTEMS: Final = ("CVSS:4.0", "CVSS:3.1", "CVSS:3.0", "CVSS:2.0")
_CISA: Final = "CISA-ADP"


def summary_of(said: Iterable[Said]) -> Summary:
    """Return what the claims come to; those that are gone are not among them."""
    told = list(said)
    severity = min((each for each in told if _is_score(each)), key=_authority, default=None)
    points = _newest(told, ClaimKind.SSVC, "at")
    scores = _newest(told, ClaimKind.EPSS, "date")
    catalogues = [each.claim.value for each in told if each.claim.kind is ClaimKind.KEV]
    return Summary(
        state=next((str(each.claim.value.get("state")) for each in told if each.claim.kind is ClaimKind.STATE), ""),
        **_score(severity.claim.value if severity else {}),
        exploited_since=min(_days(catalogues, "added"), default=None),
        due=min(_days(catalogues, "due"), default=None),
        ransomware=any(value.get("ransomware") is True for value in catalogues),
        probability=_number(scores.get("probability")),
        percentile=_number(scores.get("percentile")),
        exploitation=str(points.get("exploitation", "")),
        automatable=points.get("automatable") if isinstance(points.get("automatable"), bool) else None,
        impact=str(points.get("impact", "")),
        has_remedy=any(_is_remedy(each.claim) for each in told),
    )


def level_of(score: float) -> str:
    """Return the word for a score (CVSS 3.1, section 5; 4.0, section 6; of 2.0 the same is said today)."""
    bounds = ((9.0, "critical"), (7.0, "high"), (4.0, "medium"), (0.1, "low"))
    return next((word for least, word in bounds if score >= least), "none")


def _is_score(each: Said) -> bool:
    return each.claim.kind is ClaimKind.SEVERITY and _number(each.claim.value.get("score")) is not None


def _authority(each: Said) -> tuple[int, int]:
    system = str(each.claim.value.get("system", ""))
    age = _SYSTEMS.index(system) if system in _SYSTEMS else len(_SYSTEMS)
    if each.claim.by == _CISA:
        return 2, age
    return {SourceKind.CVE5: 0, SourceKind.NVD: 3}.get(each.kind, 1), age


def _score(value: Any) -> dict[str, Any]:
    score = _number(value.get("score"))
    if score is None:
        return {}
    level = str(value.get("level") or "").lower()
    return {
        "score": score,
        "level": level if level in LEVELS else level_of(score),
        "system": str(value.get("system", ""))[:20],
        "vector": str(value.get("vector", ""))[:300],
    }


def _newest(told: Iterable[Said], kind: ClaimKind, moment: str) -> Any:
    values = [each.claim.value for each in told if each.claim.kind is kind]
    return max(values, key=lambda value: str(value.get(moment, "")), default={})


def _days(values: Iterable[Any], name: str) -> Iterable[date]:
    for value in values:
        try:
            yield date.fromisoformat(str(value.get(name, "")))
        except ValueError:
            continue


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _is_remedy(claim: Claim) -> bool:
    return claim.kind is ClaimKind.REMEDY and claim.value.get("kind") == "fix"
