"""A parser of STIX patterns by recursive descent, bounded in length and depth: linear in the pattern.

The maintained parser (`stix2-patterns`, ANTLR) reads some two thousand patterns per CPU-second, which would be the
slowest part of taking objects in; it is the oracle of the tests.

    observations = or-ed { "FOLLOWEDBY" or-ed }        or-ed = and-ed { "OR" and-ed }       and-ed = one { "AND" one }
    one          = ( "[" comparisons "]" | "(" observations ")" ) { qualifier }
    comparisons  = all { "OR" all }                    all = test { "AND" test }
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

from noroshi.intel.domain.stix.patterns.errors import Fault, PatternError
from noroshi.intel.domain.stix.patterns.lexer import Kind, Token, tokens_of
from noroshi.intel.domain.stix.patterns.syntax import (
    EVERY,
    Comparison,
    Constant,
    ConstantKind,
    Joined,
    Joint,
    Node,
    Observation,
    Operator,
    Path,
    Qualified,
)
from noroshi.intel.domain.stix.values import MAX_INTEGER, hashes, is_type_name, timestamp

MAX_DEPTH: Final = 32
"""Brackets within brackets."""

_CONSTANTS: Final = {
    Kind.STRING: ConstantKind.STRING,
    Kind.INTEGER: ConstantKind.INTEGER,
    Kind.FLOAT: ConstantKind.FLOAT,
    Kind.TIMESTAMP: ConstantKind.TIMESTAMP,
    Kind.HEX: ConstantKind.HEX,
    Kind.BINARY: ConstantKind.BINARY,
}
_OPERATORS: Final = {
    "=": Operator.EQUAL,
    "==": Operator.EQUAL,
    "!=": Operator.UNEQUAL,
    "<>": Operator.UNEQUAL,
    "<": Operator.LESS,
    "<=": Operator.AT_MOST,
    ">": Operator.MORE,
    ">=": Operator.AT_LEAST,
    "IN": Operator.IN,
    "LIKE": Operator.LIKE,
    "MATCHES": Operator.MATCHES,
    "ISSUBSET": Operator.SUBSET,
    "ISSUPERSET": Operator.SUPERSET,
}
_WITH_STRINGS: Final = frozenset({Operator.LIKE, Operator.MATCHES, Operator.SUBSET, Operator.SUPERSET})
_unescape: Final = re.compile(r"\\(['\\])").sub
_NUMBERS: Final = frozenset({ConstantKind.INTEGER, ConstantKind.FLOAT})


def parse_pattern(pattern: str) -> Node:
    """Return the tree of a pattern; raise PatternError where it is none."""
    return _Parser(pattern).pattern()


class _Parser:
    def __init__(self, pattern: str) -> None:
        self._tokens: Iterator[Token] = tokens_of(pattern)
        self._next = next(self._tokens)
        self._depth = 0

    def pattern(self) -> Node:
        tree = self._observations()
        if self._next.kind is not Kind.END:
            raise self._unexpected()
        return tree

    # Tokens

    def _take(self) -> Token:
        taken = self._next
        if taken.kind is Kind.END:
            raise PatternError(Fault.UNFINISHED, taken.place)
        self._next = next(self._tokens)
        return taken

    def _is(self, text: str) -> bool:
        return self._next.text == text

    def _taken(self, text: str) -> bool:
        """Take the next token if it is `text`."""
        here = self._is(text)
        if here:
            self._take()
        return here

    def _expect(self, text: str) -> None:
        if not self._taken(text):
            raise self._unexpected()

    def _expect_kind(self, *kinds: Kind) -> Token:
        if self._next.kind not in kinds:
            raise self._unexpected()
        return self._take()

    def _unexpected(self) -> PatternError:
        fault = Fault.UNFINISHED if self._next.kind is Kind.END else Fault.UNEXPECTED
        return PatternError(fault, self._next.place, self._next.text)

    def _deeper(self, read: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PatternError(Fault.TOO_DEEP, self._next.place)
        inner = read()
        self._depth -= 1
        return inner

    def _joined(self, joint: Joint, read: Callable[[], Node]) -> Node:
        parts = [read()]
        while self._taken(joint):
            parts.append(read())
        return parts[0] if len(parts) == 1 else Joined(joint, tuple(parts))

    # Observations

    def _observations(self) -> Node:
        return self._joined(Joint.FOLLOWEDBY, self._alternative_observations)

    def _alternative_observations(self) -> Node:
        return self._joined(Joint.OR, self._common_observations)

    def _common_observations(self) -> Node:
        return self._joined(Joint.AND, self._observation)

    def _observation(self) -> Node:
        if self._taken("["):
            start = self._next.place
            inner: Node = Observation(_of_one_object(self._comparisons(), start))
            self._expect("]")
        else:
            self._expect("(")
            inner = self._deeper(self._observations)
            self._expect(")")
        return self._qualified(inner)

    def _qualified(self, inner: Node) -> Node:
        known: set[str] = set()
        while self._next.text in {"START", "WITHIN", "REPEATS"}:
            name, place = self._next.text, self._take().place
            if name in known:
                raise PatternError(Fault.QUALIFIED_TWICE, place, name)
            known.add(name)
            inner = Qualified(inner, name, self._operands(name))
        return inner

    def _operands(self, name: str) -> tuple[str, ...]:
        if name == "START":
            start = self._moment()
            self._expect("STOP")
            return start, self._moment()
        if name == "WITHIN":
            amount = self._positive(Kind.INTEGER, Kind.FLOAT)
            self._expect("SECONDS")
        else:
            amount = self._positive(Kind.INTEGER)
            self._expect("TIMES")
        return (amount,)

    def _moment(self) -> str:
        return _constant(self._expect_kind(Kind.TIMESTAMP)).value

    def _positive(self, *kinds: Kind) -> str:
        token = self._expect_kind(*kinds)
        value = _constant(token).value
        if not float(value) > 0:
            raise PatternError(Fault.NOT_POSITIVE, token.place, token.text)
        return value

    # Comparisons

    def _comparisons(self) -> Node:
        return self._joined(Joint.OR, self._common_comparisons)

    def _common_comparisons(self) -> Node:
        return self._joined(Joint.AND, self._test)

    def _test(self) -> Node:
        if self._taken("("):
            inner = self._deeper(self._comparisons)
            self._expect(")")
            return inner
        if self._is("EXISTS"):
            self._take()
            return Comparison(self._path(), Operator.EXISTS)
        path, place = self._path(), self._next.place
        negated = self._taken("NOT")
        operator = self._operator()
        return _checked(Comparison(path, operator, self._constants(operator), negated), place)

    def _operator(self) -> Operator:
        token = self._take()
        if token.text not in _OPERATORS:
            raise PatternError(Fault.UNEXPECTED, token.place, token.text)
        return _OPERATORS[token.text]

    def _constants(self, operator: Operator) -> tuple[Constant, ...]:
        if operator is Operator.IN:
            return self._set()
        if operator in _WITH_STRINGS:
            return (_constant(self._expect_kind(Kind.STRING)),)
        return (self._one_constant(boolean=operator in (Operator.EQUAL, Operator.UNEQUAL)),)

    def _one_constant(self, *, boolean: bool) -> Constant:
        if boolean and self._next.text in {"true", "false"}:
            return Constant(ConstantKind.BOOLEAN, self._take().text)
        return _constant(self._expect_kind(*_CONSTANTS))

    def _set(self) -> tuple[Constant, ...]:
        self._expect("(")
        place = self._next.place
        constants: list[Constant] = []
        while not self._taken(")"):
            if constants:
                self._expect(",")
            constants.append(self._one_constant(boolean=True))
        kinds = {ConstantKind.FLOAT if each.kind in _NUMBERS else each.kind for each in constants}
        if len(kinds) > 1:
            raise PatternError(Fault.MIXED_SET, place)
        return tuple(constants)

    def _path(self) -> Path:
        kind = self._expect_kind(Kind.NAME)
        if not is_type_name(kind.text):
            raise PatternError(Fault.TYPE, kind.place, kind.text)
        self._expect(":")
        steps: list[str | int] = [self._property_name()]
        indices: set[int] = set()
        while self._is(".") or self._is("["):
            if self._taken("."):
                steps.append(self._property_name())
            else:
                indices.add(len(steps))
                steps.append(self._index())
        return Path(kind.text, tuple(steps), frozenset(indices))

    def _property_name(self) -> str:
        token = self._expect_kind(Kind.NAME, Kind.STRING)
        if token.kind is Kind.STRING:
            return _constant(token).value
        if "-" in token.text:
            raise PatternError(Fault.UNEXPECTED, token.place, token.text)
        return token.text

    def _index(self) -> str | int:
        self._expect("[")
        index: str | int = EVERY if self._taken("*") else int(_constant(self._expect_kind(Kind.INTEGER)).value)
        self._expect("]")
        return index


def _constant(token: Token) -> Constant:
    """Read the constant that a token is."""
    text = token.text
    match token.kind:
        case Kind.STRING:
            return Constant(ConstantKind.STRING, _unescape(r"\1", text[1:-1]))
        case Kind.INTEGER:
            return Constant(ConstantKind.INTEGER, _number(token, text.lstrip("+")))
        case Kind.FLOAT:
            return Constant(ConstantKind.FLOAT, _number(token, text.lstrip("+")))
        case Kind.TIMESTAMP:
            if timestamp(text[2:-1]):
                raise PatternError(Fault.TIMESTAMP, token.place, text)
            return Constant(ConstantKind.TIMESTAMP, text[2:-1])
    return Constant(_CONSTANTS[token.kind], text[2:-1])


def _number(token: Token, text: str) -> str:
    """Return a number as it is written; integers have 54 bits (2.10), and no float overflows."""
    if len(text) > len(str(MAX_INTEGER)) * 4 or abs(float(text)) > MAX_INTEGER:
        raise PatternError(Fault.NUMBER, token.place, text)
    return text


def _checked(comparison: Comparison, place: int) -> Comparison:
    """Refuse digests that are none of their algorithm: such a pattern matches nothing, ever."""
    steps = comparison.path.steps
    if "hashes" in steps[:-1] and comparison.operator in (Operator.EQUAL, Operator.UNEQUAL, Operator.IN):
        for constant in comparison.constants:
            if constant.kind is ConstantKind.STRING and hashes({str(steps[-1]): constant.value}):
                raise PatternError(Fault.HASH, place, constant.value)
    return comparison


def _of_one_object(node: Node, place: int) -> Node:
    """9.5: what AND joins holds of one object, so of one type."""
    if not _types(node):
        raise PatternError(Fault.MIXED_TYPES, place)
    return node


def _types(node: Node) -> frozenset[str]:
    """The types of object that can satisfy comparisons."""
    if isinstance(node, Comparison):
        return frozenset({node.path.type})
    if not isinstance(node, Joined):
        raise TypeError(node)
    kinds = [_types(part) for part in node.parts]
    if not all(kinds):
        return frozenset()
    return frozenset.union(*kinds) if node.joint is Joint.OR else frozenset.intersection(*kinds)
