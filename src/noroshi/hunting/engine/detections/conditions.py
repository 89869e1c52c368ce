"""A Sigma condition as SQL. pySigma reads the rule; this writes what an engine is asked, in its dialect.

No text of a rule becomes text of a query: a field becomes one of our own column expressions, a value a named parameter
that the engine is handed beside the query. Text is compared without case, as Sigma wants it, and what an event does not
have is equal to nothing: ``not`` of it holds.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sigma.conditions import ConditionAND, ConditionFieldEqualsValueExpression, ConditionNOT, ConditionOR
from sigma.types import (
    CompareOperators,
    SigmaBool,
    SigmaCasedString,
    SigmaCIDRExpression,
    SigmaCompareExpression,
    SigmaExists,
    SigmaExpansion,
    SigmaFieldReference,
    SigmaNull,
    SigmaNumber,
    SigmaRegularExpression,
    SigmaString,
    SigmaTimestampPart,
)

from noroshi.hunting.engine import normalise
from noroshi.hunting.engine.detections import fields
from noroshi.hunting.engine.detections.dialect import DUCKDB, Dialect
from noroshi.hunting.engine.detections.fields import Field, Kind
from noroshi.hunting.engine.detections.reasons import RuleError, RuleReason

MAX_VALUES: Final = 5_000
MAX_PATTERN: Final = 2_000
MAX_SHOWN: Final = 80
CHAIN: Final = 50

_OPERATORS: Final = {
    CompareOperators.LT: "<",
    CompareOperators.LTE: "<=",
    CompareOperators.GT: ">",
    CompareOperators.GTE: ">=",
    CompareOperators.NEQ: "<>",
}
_V4: Final = 4
_HALF: Final = 64


@dataclass(frozen=True, slots=True)
class Pseudonym:
    """A value that only the lake, which has the key, can turn into what its column holds."""

    text: str


Value = str | int | float | Pseudonym


@dataclass(slots=True)
class Values:
    """The parameters of one query: ``$v0``, ``$v1`` ..."""

    named: dict[str, Value] = field(default_factory=dict)

    def bind(self, value: Value) -> str:
        """Return the placeholder of a value."""
        if len(self.named) >= MAX_VALUES:
            raise RuleError(RuleReason.VALUES, limit=f"{MAX_VALUES:,}")
        if "\x00" in str(value):
            raise RuleError(RuleReason.NUL)
        name = f"v{len(self.named)}"
        self.named[name] = value
        return f"${name}"


@dataclass(slots=True)
class Writer:
    """Writes the conditions of one query; ``columns`` collects the columns without whose data they cannot hold."""

    values: Values
    dialect: Dialect = DUCKDB
    columns: set[str] = field(default_factory=set)

    def write(self, condition: Any) -> str:
        """Return the SQL of a parsed condition; raise `RuleError` for what cannot be asked."""
        match condition:
            case ConditionAND():
                return _joined([self.write(part) for part in condition.args], "AND")
            case ConditionOR():
                return self._any(condition.args)
            case ConditionNOT():
                return f"({self.apart().write(condition.args[0])}) IS NOT TRUE"  # what it asks for may be missing
        try:
            return self._leaf(condition)
        except RuleError as error:
            source = getattr(condition, "source", None)
            error.line = error.line or (source.line if source else 0)
            raise

    def _any(self, parts: Iterable[Any]) -> str:
        """Write alternatives: only the columns that each of them asks for must have data."""
        alternatives = [(self.apart(), part) for part in parts]
        written = [writer.write(part) for writer, part in alternatives]
        self.columns |= set.intersection(*(writer.columns for writer, _part in alternatives))
        return _joined(written, "OR")

    def apart(self) -> "Writer":
        """Return a writer of the same query that collects columns of its own."""
        return Writer(self.values, self.dialect)

    def _leaf(self, condition: Any) -> str:
        if isinstance(condition, ConditionFieldEqualsValueExpression):
            return self._equals(self.field(condition.field), condition.value)
        raise RuleError(RuleReason.WORD)

    def field(self, name: str) -> Field:
        """Return the field of that name, and note that it is asked for."""
        found = fields.field(name)
        if found is None:
            raise RuleError(RuleReason.FIELD, name=name[:MAX_SHOWN])
        self.columns.add(found.column)
        return found

    def sql(self, asked: Field) -> str:
        """Return the SQL of a field."""
        return asked.said_in(self.dialect)

    def _equals(self, asked: Field, value: Any) -> str:
        match value:
            case SigmaNull():
                return f"{asked.sql} IS NULL"
            case SigmaExists():
                return f"{asked.sql} IS {'NOT ' if value.exists else ''}NULL"
            case SigmaExpansion():
                return _joined([self._equals(asked, each) for each in value.values], "OR")
            case SigmaString():
                return self._text(asked, value)
        return self._special(asked, value)

    def _special(self, asked: Field, value: Any) -> str:
        match value:
            case SigmaRegularExpression():
                return self._matches(asked, value)
            case SigmaCIDRExpression():
                return self._inside(asked, value)
            case SigmaCompareExpression():
                return self._compared(asked, value)
            case SigmaFieldReference():
                return self._refers(asked, value)
            case SigmaTimestampPart():  # before the number that it also is
                return self._at(asked, value)
            case SigmaNumber() | SigmaBool():
                return self._text(asked, SigmaString.from_str(str(value)))
        raise RuleError(RuleReason.VALUE)

    def _text(self, asked: Field, value: SigmaString) -> str:
        if not any(value.s):
            return f"{asked.sql} IS NULL"  # the lake keeps no empty text
        if value.contains_special() and asked.kind is not Kind.PSEUDONYM:
            return self._like(asked, value)
        plain = _plain(value)
        match asked.kind:
            case Kind.PSEUDONYM:
                return f"{asked.sql} = {self.values.bind(Pseudonym(plain))}"
            case Kind.NUMBER:
                return f"{asked.sql} = {self.values.bind(_number(asked, plain))}"
            case Kind.ADDRESS:
                return f"{asked.sql} = {self.values.bind(str(normalise.parse_ip(plain) or plain))}"
        return self._same(asked, "=", self.values.bind(plain), cased=isinstance(value, SigmaCasedString))

    def _like(self, asked: Field, value: SigmaString) -> str:
        pattern = value.convert(escape_char="^", wildcard_multi="%", wildcard_single="_", add_escaped="^")
        bound = self.values.bind(_bounded(pattern))
        same = self._same(asked, "LIKE", bound, cased=isinstance(value, SigmaCasedString))
        return f"{same} ESCAPE '^'"  # not the backslash, which engines read differently in a text

    def _same(self, asked: Field, how: str, value: str, *, cased: bool) -> str:
        text = self._text_of(asked)
        return f"{text} {how} {value}" if cased else f"{self.dialect.folded(text)} {how} {self.dialect.folded(value)}"

    def _matches(self, asked: Field, value: SigmaRegularExpression) -> str:
        pattern = _bounded(value.escape(escape_char="", escape_escape_char=False))
        return self.dialect.matches(self._text_of(asked), self.values.bind(self.dialect.pattern(pattern)))

    def _inside(self, asked: Field, value: SigmaCIDRExpression) -> str:
        if asked.kind is not Kind.ADDRESS:
            raise RuleError(RuleReason.NETWORK, name=asked.column)
        side, network = asked.column.removesuffix("_ip"), value.network
        low, high = int(network[0]), int(network[-1])
        if network.version == _V4:
            return self._between(f"{side}_v4", low, high)
        if network.prefixlen == 0:
            return f"{side}_v6_hi IS NOT NULL"
        (low_hi, low_lo), (high_hi, high_lo) = normalise.halves(low), normalise.halves(high)
        upper = self._between(f"{side}_v6_hi", low_hi, high_hi)
        return (
            upper if network.prefixlen <= _HALF else f"({upper} AND {self._between(f'{side}_v6_lo', low_lo, high_lo)})"
        )

    def _between(self, column: str, low: int, high: int) -> str:
        return f"{column} BETWEEN {self.values.bind(low)} AND {self.values.bind(high)}"

    def _compared(self, asked: Field, value: SigmaCompareExpression) -> str:
        if asked.kind is not Kind.NUMBER:
            raise RuleError(RuleReason.NOT_NUMERIC, name=asked.column)
        return f"{asked.sql} {_OPERATORS[value.op]} {self.values.bind(value.number.number)}"

    def _refers(self, asked: Field, value: SigmaFieldReference) -> str:
        other = self.field(value.field)
        if asked.kind is other.kind is Kind.PSEUDONYM and not (value.starts_with or value.ends_with):
            return f"{asked.sql} = {other.sql}"
        left, right = (self.dialect.folded(self._text_of(each)) for each in (asked, other))
        if value.starts_with and value.ends_with:
            return f"contains({left}, {right})"
        if value.starts_with:
            return f"left({left}, length({right})) = {right}"
        return f"right({left}, length({right})) = {right}" if value.ends_with else f"{left} = {right}"

    def _at(self, asked: Field, value: SigmaTimestampPart) -> str:
        if asked.kind is not Kind.TIME:
            raise RuleError(RuleReason.NO_TIME, name=asked.column)
        part = value.timestamp_part.name.lower()
        return f"{self.dialect.part_of_time(part, asked.sql)} = {self.values.bind(value.number)}"

    def _text_of(self, asked: Field) -> str:
        match asked.kind:
            case Kind.PSEUDONYM:
                raise RuleError(RuleReason.PSEUDONYM)
            case Kind.TIME:
                return self.dialect.text_of_time(asked.sql)
            case Kind.NUMBER:
                return f"CAST({asked.sql} AS string)"
        return self.sql(asked)


def _joined(parts: Sequence[str], how: str) -> str:
    """Join conditions; many of them by halves, because an engine may read a long chain by recursion."""
    if len(parts) <= CHAIN:
        return f"({f' {how} '.join(parts)})"
    half = len(parts) // 2
    return f"({_joined(parts[:half], how)} {how} {_joined(parts[half:], how)})"


def _bounded(pattern: str) -> str:
    if len(pattern) > MAX_PATTERN:
        raise RuleError(RuleReason.PATTERN, limit=f"{MAX_PATTERN:,}")
    return pattern


def _plain(value: SigmaString) -> str:
    if value.contains_special():
        raise RuleError(RuleReason.PSEUDONYM)
    return value.convert(escape_char=None, wildcard_multi="", wildcard_single="")


def _number(asked: Field, plain: str) -> int:
    try:
        return int(plain)
    except ValueError:
        raise RuleError(RuleReason.NO_NUMBER, name=asked.column, value=plain[:MAX_SHOWN]) from None
