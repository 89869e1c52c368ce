"""Tests 6.1.7 to 6.1.10: CVSS, of which a document may say more than its vector does."""

from collections.abc import Iterator, Mapping
from typing import Final

from noroshi.advisories.domain.csaf_checks.failures import (
    Check,
    Document,
    field,
    objects,
    text,
    texts,
    twice,
    vulnerabilities,
)
from noroshi.advisories.domain.cvss import metrics_of, scores_of, severity_of

_OBJECTS: Final = ("cvss_v2", "cvss_v3")
_VERSIONS: Final = {"cvss_v2": ("2.0",), "cvss_v3": ("3.0", "3.1")}
_NEEDED: Final = {
    "cvss_v2": ("version", "vectorString", "baseScore"),
    "cvss_v3": ("version", "vectorString", "baseScore", "baseSeverity"),
}
_HIGHEST: Final = 10
_KINDS: Final = ("base", "temporal", "environmental")
_IMPACTS: Final = {"confidentialityImpact": "C", "integrityImpact": "I", "availabilityImpact": "A"}
_NEEDS: Final = {"confidentialityRequirement": "CR", "integrityRequirement": "IR", "availabilityRequirement": "AR"}
_TIME: Final = {"remediationLevel": "RL", "reportConfidence": "RC"}
_BASE3: Final = {
    "attackVector": "AV",
    "attackComplexity": "AC",
    "privilegesRequired": "PR",
    "userInteraction": "UI",
    "scope": "S",
    **_IMPACTS,
}
_NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "cvss_v2": {
        "accessVector": "AV",
        "accessComplexity": "AC",
        "authentication": "Au",
        "exploitability": "E",
        "collateralDamagePotential": "CDP",
        "targetDistribution": "TD",
        **_IMPACTS,
        **_TIME,
        **_NEEDS,
    },
    "cvss_v3": {
        "exploitCodeMaturity": "E",
        **_BASE3,
        **_TIME,
        **_NEEDS,
        **{f"modified{name[0].upper()}{name[1:]}": f"M{short}" for name, short in _BASE3.items()},
    },
}
_LONG2: Final = {
    "PROOF_OF_CONCEPT": "POC",
    "OFFICIAL_FIX": "OF",
    "TEMPORARY_FIX": "TF",
    "UNCONFIRMED": "UC",
    "UNCORROBORATED": "UR",
    "LOW_MEDIUM": "LM",
    "MEDIUM_HIGH": "MH",
    "NOT_DEFINED": "ND",
}


def _scores(document: Document) -> Iterator[tuple[str, str, Document]]:
    for name, said in vulnerabilities(document):
        for score in objects(said, "scores"):
            for kind in _OBJECTS:
                if kind in score:
                    yield name, kind, field(score, kind)


def _twice(document: Document) -> Iterator[str]:
    for name, said in vulnerabilities(document):
        pairs = [
            f"{product} by CVSS {text(field(score, kind), 'version')}"
            for score in objects(said, "scores")
            for kind in _OBJECTS
            if kind in score
            for product in texts(score, "products")
        ]
        for pair in twice(pairs):
            yield f"{name}: more than one score for the product {pair}."


def _invalid(document: Document) -> Iterator[str]:
    for name, kind, said in _scores(document):
        for missing in (each for each in _NEEDED[kind] if each not in said):
            yield f"{name}: a score has no {missing}."
        yield from (f"{name}: {reason}" for reason in _wrong(kind, said))


def _wrong(kind: str, said: Document) -> Iterator[str]:
    version, vector = said.get("version"), said.get("vectorString")
    if "version" in said and version not in _VERSIONS[kind]:
        yield f"{version} is no version of {kind}."
    is_other = kind == "cvss_v3" and isinstance(vector, str) and not vector.startswith(f"CVSS:{version}/")
    if "vectorString" in said and (not isinstance(vector, str) or metrics_of(vector) is None or is_other):
        yield f"{vector} is no vector of CVSS {version}."
    for each in _KINDS:
        score = said.get(f"{each}Score", 0)
        if isinstance(score, bool) or not isinstance(score, (int, float)) or not 0 <= score <= _HIGHEST:
            yield f"{score} is no {each} score."


def _miscounted(document: Document) -> Iterator[str]:
    for name, kind, said in _scores(document):
        scores = scores_of(text(said, "vectorString"))
        for each in _KINDS if scores is not None else ():
            so = getattr(scores, each)
            stated, word = said.get(f"{each}Score"), said.get(f"{each}Severity")
            if isinstance(stated, (int, float)) and stated != so:
                yield f"{name}: the {each} score is {so}, not {stated}."
            if kind == "cvss_v3" and isinstance(word, str) and word != severity_of(so):
                yield f"{name}: the {each} severity is {severity_of(so)}, not {word}."


def _inconsistent(document: Document) -> Iterator[str]:
    for name, kind, said in _scores(document):
        metrics = metrics_of(text(said, "vectorString"))
        for long, short in _NAMES[kind].items() if metrics is not None else ():
            value = text(said, long)
            unknown = "ND" if kind == "cvss_v2" else "X"
            if value and metrics is not None and _short(kind, value) != metrics.get(short, unknown):
                yield f"{name}: {long} is {value}, which the vector does not say."


def _short(kind: str, value: str) -> str:
    if kind == "cvss_v2":
        return _LONG2.get(value, value[0])
    return "X" if value == "NOT_DEFINED" else value[0]


CHECKS: Final[Mapping[str, Check]] = {
    "6.1.7": _twice,
    "6.1.8": _invalid,
    "6.1.9": _miscounted,
    "6.1.10": _inconsistent,
}
