"""What a STIX pattern consists of (STIX 2.1, chapter 9), as a tree."""

from dataclasses import dataclass
from enum import StrEnum


class ConstantKind(StrEnum):
    """The types of constant (9.2)."""

    STRING = "string"
    INTEGER = "integer"
    FLOAT = "float"
    BOOLEAN = "boolean"
    TIMESTAMP = "timestamp"
    HEX = "hex"
    BINARY = "binary"


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that something is compared with, as the pattern writes it between its quotes."""

    kind: ConstantKind
    value: str


class Operator(StrEnum):
    """How a property is compared (9.6.1)."""

    EQUAL = "="
    UNEQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    MORE = ">"
    AT_LEAST = ">="
    IN = "IN"
    LIKE = "LIKE"
    MATCHES = "MATCHES"
    SUBSET = "ISSUBSET"
    SUPERSET = "ISSUPERSET"
    EXISTS = "EXISTS"


class Joint(StrEnum):
    """What joins comparisons, or observations (9.5.2, 9.6)."""

    AND = "AND"
    OR = "OR"
    FOLLOWEDBY = "FOLLOWEDBY"


EVERY = "*"
"""The index that means every item of a list."""


@dataclass(frozen=True, slots=True)
class Path:
    """An object type and the way to a property: names, list indices, `EVERY` (9.7)."""

    type: str
    steps: tuple[str | int, ...]
    indices: frozenset[int] = frozenset()
    """The places of the steps that are list indices: a property may be called `*` too."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison. An equality has one constant, a set any number, EXISTS none."""

    path: Path
    operator: Operator
    constants: tuple[Constant, ...] = ()
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Joined:
    """Several comparisons, or several observations, joined by one operator; at least two."""

    joint: Joint
    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """Comparisons in square brackets: they hold of one observation."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Qualified:
    """Observations under a qualifier (9.5.1): `REPEATS 5 TIMES`, `WITHIN 300 SECONDS`, `START t'' STOP t''`."""

    inner: "Node"
    name: str
    operands: tuple[str, ...]


Node = Comparison | Joined | Observation | Qualified
