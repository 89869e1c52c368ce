"""What a CVSS vector comes to: version 2.0 and 3.0 and 3.1 (FIRST), base, temporal and environmental."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from math import floor
from typing import Final

Weights = Mapping[str, Mapping[str, float]]

_V3: Final = re.compile(r"CVSS:3\.[01](?:/[A-Z]{1,3}:[A-Z])+")
_V2: Final = re.compile(r"[A-Z][A-Za-z]{0,2}:[A-Z]{1,3}(?:/[A-Z][A-Za-z]{0,2}:[A-Z]{1,3})*")
_IMPACT3: Final = {"H": 0.56, "L": 0.22, "N": 0.0}
_NEED3: Final = {"X": 1.0, "L": 0.5, "M": 1.0, "H": 1.5}
_BASE3: Final[Weights] = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "S": {"U": 0.0, "C": 1.0},
    "C": _IMPACT3,
    "I": _IMPACT3,
    "A": _IMPACT3,
}
_PRIVILEGES_CHANGED: Final = {"N": 0.85, "L": 0.68, "H": 0.5}
_TEMPORAL3: Final[Weights] = {
    "E": {"X": 1.0, "U": 0.91, "P": 0.94, "F": 0.97, "H": 1.0},
    "RL": {"X": 1.0, "O": 0.95, "T": 0.96, "W": 0.97, "U": 1.0},
    "RC": {"X": 1.0, "U": 0.92, "R": 0.96, "C": 1.0},
}
_NEEDS3: Final[Weights] = {"CR": _NEED3, "IR": _NEED3, "AR": _NEED3}
_IMPACT2: Final = {"N": 0.0, "P": 0.275, "C": 0.66}
_NEED2: Final = {"ND": 1.0, "L": 0.5, "M": 1.0, "H": 1.51}
_BASE2: Final[Weights] = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    "C": _IMPACT2,
    "I": _IMPACT2,
    "A": _IMPACT2,
}
_TEMPORAL2: Final[Weights] = {
    "E": {"ND": 1.0, "U": 0.85, "POC": 0.9, "F": 0.95, "H": 1.0},
    "RL": {"ND": 1.0, "OF": 0.87, "TF": 0.9, "W": 0.95, "U": 1.0},
    "RC": {"ND": 1.0, "UC": 0.9, "UR": 0.95, "C": 1.0},
}
_AROUND2: Final[Weights] = {
    "CDP": {"ND": 0.0, "N": 0.0, "L": 0.1, "LM": 0.3, "MH": 0.4, "H": 0.5},
    "TD": {"ND": 1.0, "N": 0.0, "L": 0.25, "M": 0.75, "H": 1.0},
    "CR": _NEED2,
    "IR": _NEED2,
    "AR": _NEED2,
}


@dataclass(frozen=True)
class Scores:
    """What a vector comes to."""

    base: float
    temporal: float
    environmental: float


def metrics_of(vector: str) -> Mapping[str, str] | None:
    """Return the metrics of a vector by their short names; None where it is none that is known."""
    is_3 = vector.startswith("CVSS:3.")
    if not (_V3 if is_3 else _V2).fullmatch(vector):
        return None
    pairs = [part.split(":") for part in vector.split("/")[is_3:]]
    metrics = dict(pairs)
    known = _known3() if is_3 else {**_BASE2, **_TEMPORAL2, **_AROUND2}
    needed = _BASE3 if is_3 else _BASE2
    fits = all(name in known and value in known[name] for name, value in metrics.items())
    return metrics if fits and len(metrics) == len(pairs) and needed.keys() <= metrics.keys() else None


def _known3() -> Weights:
    modified = {f"M{name}": {"X": 0.0, **weights} for name, weights in _BASE3.items()}
    return {**_BASE3, **_TEMPORAL3, **_NEEDS3, **modified}


def scores_of(vector: str) -> Scores | None:
    """Return what a vector comes to; None where it is none that is known."""
    metrics = metrics_of(vector)
    if metrics is None:
        return None
    return _scores3(metrics, vector.startswith("CVSS:3.0")) if vector.startswith("CVSS:") else _scores2(metrics)


def severity_of(score: float) -> str:
    """Return the word for a score of version 3."""
    bounds = ((9.0, "CRITICAL"), (7.0, "HIGH"), (4.0, "MEDIUM"), (0.1, "LOW"))
    return next((word for bound, word in bounds if score >= bound), "NONE")


def _scores3(metrics: Mapping[str, str], is_30: bool) -> Scores:  # noqa: FBT001 - of two versions one
    base = _whole3(metrics, {}, cap=1.0, is_30=True)
    later = _product(metrics, _TEMPORAL3, "X")
    changed = {name: said for name in _BASE3 if (said := metrics.get(f"M{name}", "X")) != "X"}
    needs = {name[0]: weights[metrics.get(name, "X")] for name, weights in _NEEDS3.items()}
    around = _whole3({**metrics, **changed}, needs, cap=0.915, is_30=is_30)
    return Scores(base, _up(base * later), _up(around * later))


def _whole3(metrics: Mapping[str, str], needs: Mapping[str, float], *, cap: float, is_30: bool) -> float:
    """Return a base score; with needs, and a cap on what is hit, the environment's before time is looked at."""
    left = 1.0
    for name in ("C", "I", "A"):
        left *= 1 - needs.get(name, 1.0) * _IMPACT3[metrics[name]]
    hit = min(1 - left, cap)
    changed = metrics["S"] == "C"
    last = (hit - 0.02) ** 15 if is_30 else (hit * 0.9731 - 0.02) ** 13
    impact = 7.52 * (hit - 0.029) - 3.25 * last if changed else 6.42 * hit
    if impact <= 0:
        return 0.0
    privileges = (_PRIVILEGES_CHANGED if changed else _BASE3["PR"])[metrics["PR"]]
    way = 8.22 * _BASE3["AV"][metrics["AV"]] * _BASE3["AC"][metrics["AC"]] * privileges * _BASE3["UI"][metrics["UI"]]
    return _up(min((1.08 if changed else 1.0) * (impact + way), 10.0))


def _up(value: float) -> float:
    """Return the smallest number with one decimal that is not less (3.1, appendix A)."""
    whole = round(value * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (floor(whole / 10_000) + 1) / 10


def _scores2(metrics: Mapping[str, str]) -> Scores:
    base = _whole2(metrics, {})
    later = _product(metrics, _TEMPORAL2, "ND")
    needs = {name[0]: _AROUND2[name][metrics.get(name, "ND")] for name in ("CR", "IR", "AR")}
    adjusted = _half_up(_whole2(metrics, needs) * later)
    damage, spread = (_AROUND2[name][metrics.get(name, "ND")] for name in ("CDP", "TD"))
    return Scores(base, _half_up(base * later), _half_up((adjusted + (10 - adjusted) * damage) * spread))


def _whole2(metrics: Mapping[str, str], needs: Mapping[str, float]) -> float:
    left = 1.0
    for name in ("C", "I", "A"):
        left *= 1 - needs.get(name, 1.0) * _IMPACT2[metrics[name]]
    impact = min(10.41 * (1 - left), 10.0) if needs else 10.41 * (1 - left)
    way = 20 * _BASE2["AV"][metrics["AV"]] * _BASE2["AC"][metrics["AC"]] * _BASE2["Au"][metrics["Au"]]
    return _half_up((0.6 * impact + 0.4 * way - 1.5) * (1.176 if impact else 0.0))


def _half_up(value: float) -> float:
    return float(Decimal(repr(round(value, 6))).quantize(Decimal("0.1"), ROUND_HALF_UP))


def _product(metrics: Mapping[str, str], weights: Weights, unknown: str) -> float:
    found = 1.0
    for name, values in weights.items():
        found *= values[metrics.get(name, unknown)]
    return found
