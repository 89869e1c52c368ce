"""From a file of Sigma rules to rules that can run; an error names its line.

What is read is Sigma: rules and correlations (event_count, value_count, value_sum, value_avg, temporal,
temporal_ordered), as other tools read them. A block ``noroshi`` adds what Sigma has no place for; without it a rule is
read all the same:

    noroshi:
      title: in Japanese
      reason: {en: ..., ja: ...}      what it means and what to do, in plain words; else the description
      falsepositives: [...]           in Japanese, one for each of Sigma's
      layer: entry | inside | exit    or several; else what the log source makes likely
      group-by: [src_ip]              of a rule that is no correlation: what makes one detection of many events
      timespan: 1h                    of the same: a longer pause begins another detection
      regular:                        of the same: events in even pauses
        at-least: 20                  so many pauses
        apart: 30                     seconds; what comes faster is no beacon
        spread: 0.1                   how far a pause may be from the middle one, as part of it
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil, floor
from typing import Any, Final
from uuid import UUID

from sigma.correlations import (
    SigmaCorrelationCondition,
    SigmaCorrelationConditionOperator,
    SigmaCorrelationRule,
    SigmaCorrelationTimespan,
    SigmaCorrelationType,
)
from sigma.exceptions import SigmaError
from sigma.rule import SigmaRule

from noroshi.hunting.engine.detections import attack, fields, sigma_file
from noroshi.hunting.engine.detections.conditions import Values, Writer
from noroshi.hunting.engine.detections.fields import Field, Kind
from noroshi.hunting.engine.detections.marked_yaml import Document, read_documents
from noroshi.hunting.engine.detections.patterns import Measure
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason, Wanted
from noroshi.hunting.engine.detections.rules import LAYER_OF_CLASS, MAX_THRESHOLD, Asked, Layer, Level, Rule, Words
from noroshi.hunting.engine.detections.sigma_file import Sigma
from noroshi.hunting.engine.schema import EventClass

MAX_RULES: Final = 200
MAX_KEYS: Final = 4
MAX_SPAN: Final = 31 * 86_400
MAX_WORDS: Final = 2_000
DEFAULT_SPAN: Final = 3_600
DEFAULT_KEY: Final = "src_ip"
NO_KEY: Final = Field("NULL", Kind.TEXT, "")
REGULAR: Final = {"at-least": 20.0, "apart": 30.0, "spread": 0.1}

_BLOCK: Final = "noroshi"
_NAMES: Final = frozenset({"title", "reason", "falsepositives", "layer", "group-by", "timespan", "regular"})
_MEASURES: Final = {
    SigmaCorrelationType.EVENT_COUNT: Measure.EVENTS,
    SigmaCorrelationType.VALUE_COUNT: Measure.VALUES,
    SigmaCorrelationType.VALUE_SUM: Measure.SUM,
    SigmaCorrelationType.VALUE_AVG: Measure.AVERAGE,
    SigmaCorrelationType.TEMPORAL: Measure.TOGETHER,
    SigmaCorrelationType.TEMPORAL_ORDERED: Measure.IN_ORDER,
}
_SUMMED: Final = frozenset({Measure.SUM, Measure.AVERAGE})
_OF_VALUES: Final = _SUMMED | {Measure.VALUES}


def read_rules(content: bytes) -> list[Rule]:
    """Return the rules of a file, in its order; raise `RuleError`, with a line, for the first that is wrong.

    A rule that a correlation uses is not one by itself, unless the correlation says ``generate: true``.
    """
    documents = read_documents(content)
    if len(documents) > MAX_RULES:
        raise RuleError(RuleReason.MANY, line=1, limit=MAX_RULES)
    read = sigma_file.read(documents)
    used = _used_by_correlations(rule for _document, rule in read)
    rules = [_Reading(document, sigma).rule() for document, sigma in read if id(sigma) not in used]
    _refuse_twins(rules)
    return rules


def _used_by_correlations(rules: Iterable[Sigma]) -> set[int]:
    return {
        id(reference.rule)
        for rule in rules
        if isinstance(rule, SigmaCorrelationRule) and not rule.generate
        for reference in rule.rules or ()
    }


def _refuse_twins(rules: Sequence[Rule]) -> None:
    seen: set[UUID] = set()
    for rule in rules:
        if rule.id in seen:
            raise RuleError(RuleReason.TWICE, line=rule.line, name=str(rule.id))
        seen.add(rule.id)


@dataclass(frozen=True, slots=True)
class _Shape:
    """How the events of a rule make a detection."""

    measure: Measure
    rules: Sequence[SigmaRule]
    keys: Sequence[str]
    span: int
    threshold: int
    value: str = ""
    keep_keyless: bool = False
    figures: Mapping[str, int | float] = field(default_factory=dict)


class _Reading:
    """Makes one rule of its document and of what pySigma read."""

    def __init__(self, document: Document, sigma: Sigma) -> None:
        self._document = document
        self._sigma = sigma
        self._values = Values()  # what all searches together compare with is bounded

    def rule(self) -> Rule:
        block = self._block()
        shape = self._shape(block)
        searches = tuple(self._search(rule, shape) for rule in shape.rules)
        return Rule(
            id=self._id(),
            title=self._title(block),
            reason=self._reason(block),
            level=Level(str(self._sigma.level or "medium")),
            layers=self._layers(block, searches),
            tactics=attack.tactics_of(self._tags()),
            techniques=attack.techniques_of(self._tags()),
            false_positives=self._false_positives(block),
            measure=shape.measure,
            searches=searches,
            keys=tuple(shape.keys),
            threshold=shape.threshold,
            span=shape.span,
            figures=shape.figures,
            keep_keyless=shape.keep_keyless,
            line=self._document.line(),
        )

    @property
    def _place_of_keys(self) -> tuple[str, str]:
        return ("correlation" if isinstance(self._sigma, SigmaCorrelationRule) else _BLOCK, "group-by")

    def _wrong(self, name: str, wanted: Wanted, *place: str | int) -> RuleError:
        return RuleError(RuleReason.WRONG, line=self._document.line(*place), name=name, wanted=wanted)

    def _id(self) -> UUID:
        if self._sigma.id is None:
            raise RuleError(RuleReason.MISSING, line=self._document.line(), name="id")
        return self._sigma.id

    def _tags(self) -> list[str]:
        return [tag.name for tag in self._sigma.tags if tag.namespace == "attack"]

    def _block(self) -> dict[str, Any]:
        block = self._document.data.get(_BLOCK) or {}
        if not isinstance(block, dict):
            raise self._wrong(_BLOCK, Wanted.MAPPING, _BLOCK)
        for name in block:
            if name not in _NAMES:
                raise RuleError(RuleReason.UNKNOWN, line=self._document.line(_BLOCK, name), name=name[:80])
        return block

    def _text(self, value: Any, *place: str) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_WORDS:
            raise self._wrong(place[-1], Wanted.TEXT, *place)
        return " ".join(value.split())

    def _title(self, block: Mapping[str, Any]) -> Words:
        title = self._text(self._sigma.title, "title")
        return Words(title, self._text(block["title"], _BLOCK, "title") if "title" in block else title)

    def _reason(self, block: Mapping[str, Any]) -> Words:
        reason = block.get("reason")
        if reason is None:
            plain = " ".join((self._sigma.description or "").split())[:MAX_WORDS]
            return Words(plain, plain)
        if not isinstance(reason, dict) or set(reason) != {"en", "ja"}:
            raise self._wrong("reason", Wanted.LANGUAGES, _BLOCK, "reason")
        return Words(*(self._text(reason[language], _BLOCK, "reason", language) for language in ("en", "ja")))

    def _false_positives(self, block: Mapping[str, Any]) -> tuple[Words, ...]:
        said = [str(each)[:MAX_WORDS] for each in self._sigma.falsepositives or ()]
        if "falsepositives" not in block:
            return tuple(Words(each, each) for each in said)
        place, japanese = (_BLOCK, "falsepositives"), block["falsepositives"]
        if not isinstance(japanese, list) or len(japanese) != len(said):
            raise self._wrong("falsepositives", Wanted.TEXTS, *place)
        return tuple(Words(en, self._text(ja, *place)) for en, ja in zip(said, japanese, strict=True))

    def _layers(self, block: Mapping[str, Any], searches: Sequence[Asked]) -> tuple[Layer, ...]:
        said = block.get("layer")
        if said is None:
            classes = [search.event_class for search in searches if search.event_class]
            return tuple(sorted({LAYER_OF_CLASS[each] for each in classes})) or (Layer.INSIDE,)
        names = said if isinstance(said, list) else [said]
        if not names or not set(map(str, names)) <= set(Layer):
            raise self._wrong("layer", Wanted.LAYER, _BLOCK, "layer")
        return tuple(layer for layer in Layer if layer in names)

    def _shape(self, block: Mapping[str, Any]) -> _Shape:
        if isinstance(self._sigma, SigmaCorrelationRule):
            return self._correlation(self._sigma)
        keys = self._keys(block.get("group-by"))
        regular = self._regular(block["regular"]) if "regular" in block else None
        return _Shape(
            Measure.REGULAR if regular else Measure.EVENTS,
            rules=[self._sigma],
            keys=keys or [DEFAULT_KEY],
            span=self._span(block.get("timespan")),
            threshold=int(regular["at-least"]) if regular else 1,
            keep_keyless=not keys,
            figures={"apart": int(regular["apart"] * 1_000_000), "spread": regular["spread"]} if regular else {},
        )

    def _correlation(self, sigma: SigmaCorrelationRule) -> _Shape:
        measure = _MEASURES.get(sigma.type)
        if measure is None or not isinstance(sigma.condition, SigmaCorrelationCondition):
            raise RuleError(RuleReason.CORRELATION, line=self._document.line("correlation", "type"))
        rules = [reference.rule for reference in sigma.rules or ()]
        if not all(isinstance(rule, SigmaRule) for rule in rules):
            raise RuleError(RuleReason.CHAIN, line=self._document.line("correlation", "rules"))
        several = measure in {Measure.TOGETHER, Measure.IN_ORDER}
        return _Shape(
            measure,
            rules=[rule for rule in rules if isinstance(rule, SigmaRule)],
            keys=self._keys(sigma.group_by),
            span=self._checked_span(sigma.timespan.seconds, "correlation", "timespan"),
            threshold=len(rules) if several else self._threshold(measure, sigma.condition),
            value=self._counted(sigma.condition) if measure in _OF_VALUES else "",
            keep_keyless=not sigma.group_by,
        )

    def _threshold(self, measure: Measure, condition: SigmaCorrelationCondition) -> int:
        """Return the least whole number that the condition lets pass."""
        place, more_than = ("correlation", "condition"), condition.op is SigmaCorrelationConditionOperator.GT
        if condition.op is not SigmaCorrelationConditionOperator.GTE and not more_than:
            raise RuleError(RuleReason.CONDITION, line=self._document.line(*place))
        threshold = floor(condition.count) + 1 if more_than else ceil(condition.count)
        if measure is Measure.AVERAGE and threshold != condition.count:
            raise RuleError(RuleReason.AVERAGE, line=self._document.line(*place))
        if not 1 <= threshold <= MAX_THRESHOLD:
            raise self._wrong("condition", Wanted.NUMBER, *place)
        return threshold

    def _counted(self, condition: SigmaCorrelationCondition) -> str:
        if not isinstance(condition.fieldref, str):
            raise self._wrong("field", Wanted.FIELD, "correlation", "condition", "field")
        return condition.fieldref

    def _keys(self, said: Any) -> list[str]:
        names = [said] if isinstance(said, str) else said or []
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise self._wrong("group-by", Wanted.FIELDS, *self._place_of_keys)
        if len(names) > MAX_KEYS:
            raise RuleError(RuleReason.KEYS, line=self._document.line(*self._place_of_keys), limit=MAX_KEYS)
        return names

    def _span(self, said: Any) -> int:
        if said is None:
            return DEFAULT_SPAN
        try:
            return self._checked_span(SigmaCorrelationTimespan(said).seconds, _BLOCK, "timespan")
        except SigmaError as error:
            line = self._document.line(_BLOCK, "timespan")
            raise RuleError(RuleReason.SIGMA, line=line, detail=sigma_file.detail(error)) from error

    def _checked_span(self, seconds: int, *place: str) -> int:
        if not 1 <= seconds <= MAX_SPAN:
            raise RuleError(RuleReason.SPAN, line=self._document.line(*place), limit=MAX_SPAN // 86_400)
        return seconds

    def _regular(self, said: Any) -> dict[str, float]:
        """Return the figures of even pauses, as `REGULAR` names them."""
        place = (_BLOCK, "regular")
        if not isinstance(said, dict) or not set(said) <= set(REGULAR):
            raise self._wrong("regular", Wanted.REGULAR, *place)
        figures: dict[str, Any] = REGULAR | said
        for name, figure in figures.items():
            if isinstance(figure, bool) or not isinstance(figure, int | float) or not 0 < figure <= MAX_SPAN:
                raise self._wrong(name, Wanted.POSITIVE, *place, name)
        return {name: float(figure) for name, figure in figures.items()}

    def _search(self, rule: SigmaRule, shape: _Shape) -> Asked:
        """Return what is asked of the events for one rule of Sigma, once it could be written."""
        writer = Writer(self._values)
        try:
            conditions = tuple(condition.parsed for condition in rule.detection.parsed_condition)
            for condition in conditions:
                writer.write(condition)
            of_keys = writer.apart() if shape.keep_keyless else writer
            keys = tuple(self._key(of_keys, rule, name) for name in shape.keys)
            value = self._value(writer, rule, shape) if shape.value else None
        except RuleError as error:
            error.line = error.line or self._document.line(*self._place_of_keys)
            raise
        except Exception as error:
            # isolation point: the condition is read only here, and pySigma raises what it likes
            line = self._document.line("detection", "condition")
            raise RuleError(RuleReason.SIGMA, line=line, detail=sigma_file.detail(error)) from error
        return Asked(self._class(rule), conditions, keys or (NO_KEY,), value, frozenset(writer.columns))

    def _value(self, writer: Writer, rule: SigmaRule, shape: _Shape) -> Field:
        found = self._key(writer, rule, shape.value)
        if shape.measure in _SUMMED and found.kind is not Kind.NUMBER:
            line = self._document.line("correlation", "condition", "field")
            raise RuleError(RuleReason.NOT_SUMMED, line=line, name=found.column)
        return found

    def _key(self, writer: Writer, rule: SigmaRule, name: str) -> Field:
        return writer.field(self._alias(rule, name))

    def _alias(self, rule: SigmaRule, name: str) -> str:
        """Return the field of `rule` that the correlation calls by that name."""
        if isinstance(self._sigma, SigmaCorrelationRule):
            alias = self._sigma.aliases.aliases.get(name)
            for reference, meant in alias.mapping.items() if alias else ():
                if reference.reference in {rule.name, str(rule.id)}:
                    return meant
        return name

    def _class(self, rule: SigmaRule) -> EventClass | None:
        source = rule.logsource
        try:
            return fields.event_class(source.category, source.service, source.product)
        except KeyError:
            raise RuleError(RuleReason.SOURCE, line=self._document.line("logsource")) from None
