"""One form for patterns that mean the same: no needless brackets, what commutes in order, nothing twice."""

import re
from typing import Final

from noroshi.intel.domain.stix.patterns.lexer import KEYWORDS
from noroshi.intel.domain.stix.patterns.parser import parse_pattern
from noroshi.intel.domain.stix.patterns.syntax import (
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

_is_bare: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*").fullmatch
_escape: Final = re.compile(r"(['\\])").sub
_BINDING: Final = {Joint.FOLLOWEDBY: 0, Joint.OR: 1, Joint.AND: 2}
_OPPOSITE: Final = {Operator.EQUAL: Operator.UNEQUAL, Operator.UNEQUAL: Operator.EQUAL}
_QUALIFIERS: Final = {
    "START": "START t'{}' STOP t'{}'",
    "WITHIN": "WITHIN {} SECONDS",
    "REPEATS": "REPEATS {} TIMES",
}
_PREFIXES: Final = {
    ConstantKind.STRING: "",
    ConstantKind.TIMESTAMP: "t",
    ConstantKind.HEX: "h",
    ConstantKind.BINARY: "b",
}


def normal_form(pattern: str) -> str:
    """Return the one text of all patterns that differ only in their writing; raise PatternError for none.

    What AND and OR join is sorted, and doubled parts fall away, save between observations: there `[a] AND [a]` asks
    for two of them.
    """
    return written(simplified(parse_pattern(pattern)))


def simplified(node: Node) -> Node:
    """Return the tree in its one form."""
    match node:
        case Comparison():
            return _positive(node)
        case Observation(inner):
            return Observation(simplified(inner))
        case Qualified(inner, name, operands):
            return Qualified(simplified(inner), name, operands)
        case Joined(joint, parts):
            return _one_level(joint, [simplified(part) for part in parts])
    raise TypeError(node)


def _positive(node: Comparison) -> Comparison:
    """Write `NOT =` as `!=`, and a set in order; a set of one is an equality."""
    operator, constants, negated = node.operator, node.constants, node.negated
    if operator is Operator.IN:
        constants = tuple(sorted(set(constants), key=_constant))
        operator = Operator.EQUAL if len(constants) == 1 else operator
    if negated and operator in _OPPOSITE:
        operator, negated = _OPPOSITE[operator], False
    return Comparison(node.path, operator, constants, negated)


def _one_level(joint: Joint, parts: list[Node]) -> Node:
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Joined) and part.joint is joint else [part]
    if joint is not Joint.FOLLOWEDBY:
        flat.sort(key=written)
        if all(isinstance(part, Comparison) or _joins_comparisons(part) for part in flat):
            flat = list(dict.fromkeys(flat))
    return flat[0] if len(flat) == 1 else Joined(joint, tuple(flat))


def _joins_comparisons(node: Node) -> bool:
    return isinstance(node, Joined) and all(
        isinstance(part, Comparison) or _joins_comparisons(part) for part in node.parts
    )


def written(node: Node, binding: int = 0) -> str:
    """Return a tree as text; in brackets where what stands around it binds closer."""
    match node:
        case Comparison():
            return _comparison(node)
        case Observation(inner):
            return f"[{written(inner)}]"
        case Qualified(inner, name, operands):
            return f"{written(inner, 3)} {_QUALIFIERS[name].format(*operands)}"
        case Joined(joint, parts):
            own = _BINDING[joint]
            text = f" {joint} ".join(written(part, own + 1) for part in parts)
            return f"({text})" if own < binding else text
    raise TypeError(node)


def _comparison(node: Comparison) -> str:
    path = _path(node.path)
    if node.operator is Operator.EXISTS:
        return f"EXISTS {path}"
    constants = ", ".join(_constant(constant) for constant in node.constants)
    values = f"({constants})" if node.operator is Operator.IN else constants
    return f"{path} {'NOT ' if node.negated else ''}{node.operator} {values}"


def _path(path: Path) -> str:
    text = f"{path.type}:"
    for place, step in enumerate(path.steps):
        if place in path.indices:
            text += f"[{step}]"
        else:
            text += f"{'.' if place else ''}{_name(str(step))}"
    return text


def _name(step: str) -> str:
    return step if _is_bare(step) and step not in KEYWORDS else quoted(step)


def _constant(constant: Constant) -> str:
    if constant.kind not in _PREFIXES:
        return constant.value
    value = constant.value.lower() if constant.kind is ConstantKind.HEX else constant.value
    return f"{_PREFIXES[constant.kind]}{quoted(value)}"


def quoted(text: str) -> str:
    """Return a text as a string constant."""
    return "'" + _escape(r"\\\1", text) + "'"
