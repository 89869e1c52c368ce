"""What pySigma reads of a file of rules, and in which line stands what it does not read."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from sigma.collection import SigmaCollection
from sigma.correlations import SigmaCorrelationRule
from sigma.exceptions import SigmaError, SigmaRuleLocation
from sigma.rule import SigmaRule
from sigma.rule.detection import SigmaDetection

from noroshi.hunting.engine.detections.marked_yaml import Document, Place
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason

MAX_DETAIL: Final = 300

_WORD: Final = re.compile(r"[a-z-]+")

Sigma = SigmaRule | SigmaCorrelationRule


def read(documents: Sequence[Document]) -> list[tuple[Document, Sigma]]:
    """Return what pySigma makes of each document, references resolved; raise `RuleError` with a line."""
    found = [(document, _sigma(document)) for document in documents]
    _resolve(found)
    return found


def _sigma(document: Document) -> Sigma:
    """Have pySigma read a document, and find the line of what it does not like."""
    kind: type[Sigma] = SigmaCorrelationRule if "correlation" in document.data else SigmaRule
    try:
        sigma = kind.from_dict(document.data)
        if isinstance(sigma, SigmaRule):
            _mark_lines(document, sigma)
    except Exception as error:
        # isolation point: on hostile input pySigma raises more than its own errors
        raise RuleError(RuleReason.SIGMA, line=_line_of(document, error), detail=detail(error)) from error
    return sigma


def detail(error: Exception) -> str:
    """Return what pySigma says, on one line of bounded length."""
    return " ".join(str(error.args[0] if error.args else error).split())[:MAX_DETAIL]


def _line_of(document: Document, error: Exception) -> int:
    """Return the line of the detection, or of the value, that pySigma refuses."""
    detections = document.data.get("detection")
    for name, definition in detections.items() if isinstance(detections, dict) else ():
        if name != "condition" and (place := _refused(definition, ("detection", name))):
            return document.line(*place)
    said = set(_WORD.findall(str(error).lower().replace("identifier", "id")))
    return document.line(*next(((name,) for name in document.data if name.lower() in said), ()))


def _refused(definition: Any, place: Place) -> Place | None:
    """Return the place of the innermost part of a detection that pySigma does not read."""
    try:
        SigmaDetection.from_definition(definition)
    except Exception:  # noqa: BLE001 - isolation point, as above
        if isinstance(definition, dict) and len(definition) == 1:
            return (*place, *definition)
        return next((found for key, part in _parts(definition) if (found := _refused(part, (*place, key)))), place)
    return None


def _parts(definition: Any) -> Iterator[tuple[str | int, Any]]:
    """Yield the parts of a detection that are detections themselves, each with its key or number."""
    if isinstance(definition, dict):
        yield from ((key, {key: value}) for key, value in definition.items())
    elif isinstance(definition, list):
        yield from enumerate(definition)


def _mark_lines(document: Document, sigma: SigmaRule) -> None:
    """Tell each part of the detections its line, by which a condition's error is found later."""
    for name, detection in sigma.detection.detections.items():
        _mark(document, detection, document.data["detection"][name], ("detection", name))


def _mark(document: Document, detection: SigmaDetection, data: Any, place: Place) -> None:
    keys = list(data) if isinstance(data, dict) else range(len(detection.detection_items))
    for key, item in zip(keys, detection.detection_items, strict=False):
        item.source = SigmaRuleLocation(Path(), document.line(*place, key))
        if isinstance(item, SigmaDetection):
            _mark(document, item, data[key], (*place, key))


def _resolve(read: Sequence[tuple[Document, Sigma]]) -> None:
    collection = SigmaCollection([sigma for _document, sigma in read], resolve_references=False)
    for document, sigma in read:
        if isinstance(sigma, SigmaCorrelationRule):
            try:
                sigma.resolve_rule_references(collection)
            except SigmaError as error:
                line = document.line("correlation", "rules")
                raise RuleError(RuleReason.SIGMA, line=line, detail=detail(error)) from error
