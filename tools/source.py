"""What the source says about itself, read from its syntax: events, their readers, reads past the door."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

PACKAGE: Final = Path(__file__).parent.parent / "src" / "noroshi"
# Keyword arguments of `ledger.record` that are columns of the ledger, not part of the event's payload.
COLUMNS: Final = frozenset({"subject", "rule", "reason"})


@dataclass(order=True)
class Action:
    """One action of the ledger: where it is written, what its payload holds, who reads it."""

    name: str
    written_in: set[str] = field(default_factory=set)
    payload: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)


@dataclass(frozen=True, order=True)
class Place:
    """A line of the source that breaks a rule."""

    path: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.text}"


def modules(package: Path = PACKAGE) -> Iterator[Path]:
    """Yield the Python files of the package, migrations left out."""
    return (path for path in sorted(package.rglob("*.py")) if "migrations" not in path.parts)


def actions(package: Path = PACKAGE) -> list[Action]:
    """Return every action that some `ledger.record` writes, by name, with its readers."""
    found: dict[str, Action] = {}
    for path in modules(package):
        for call in _calls(path, "record"):
            name = _literal(call.args[1])
            action = found.setdefault(name, Action(name))
            action.written_in.add(_module(path, package))
            action.payload |= {keyword.arg for keyword in call.keywords if keyword.arg} - COLUMNS
    for path in modules(package):
        for call in _calls(path, "subscribe"):
            for argument in call.args[1:]:
                if (name := _literal(argument)) in found:
                    found[name].readers.add(_literal(call.args[0]))
    return sorted(found.values())


def unread_names(package: Path = PACKAGE) -> list[Place]:
    """Return the calls of `record` and `subscribe` whose names are no literals: no page can list them."""
    return [
        Place(_name(path, package), call.lineno, f"{_called(call)} takes its action as a literal")
        for path in modules(package)
        for verb in ("record", "subscribe")
        for call in _calls(path, verb)
        if not all(_literal(argument) for argument in _names_given(call))
    ]


def heard_but_never_written(package: Path = PACKAGE) -> list[Place]:
    """Return the subscriptions to an action that nothing records: a misspelt name hears nothing."""
    written = {action.name for action in actions(package)}
    return [
        Place(_name(path, package), call.lineno, f"nothing records {_literal(argument)!r}")
        for path in modules(package)
        for call in _calls(path, "subscribe")
        for argument in call.args[1:]
        if _literal(argument) not in written
    ]


def attributes(path: Path, names: frozenset[str], package: Path = PACKAGE) -> list[Place]:
    """Return the uses of an attribute of one of `names` in a file; `X.objects.none()` reads nothing and is no use."""
    nodes = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.Attribute)]
    empty = {id(node.value) for node in nodes if node.attr == "none"}
    return [
        Place(_name(path, package), node.lineno, f".{node.attr}")
        for node in nodes
        if node.attr in names and id(node) not in empty
    ]


def documented_members(path: Path, name: str) -> list[tuple[str, str, str]]:
    """Return name, value and the string below each member of the enumeration `name` in a file."""
    body = next(node.body for node in _tree(path).body if isinstance(node, ast.ClassDef) and node.name == name)
    notes = {index - 1: ast.unparse(node.value) for index, node in enumerate(body) if isinstance(node, ast.Expr)}
    return [
        (ast.unparse(node.targets[0]), ast.unparse(node.value), str(ast.literal_eval(notes.get(index, "''"))))
        for index, node in enumerate(body)
        if isinstance(node, ast.Assign)
    ]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def _calls(path: Path, verb: str) -> Iterator[ast.Call]:
    """Yield the calls `ledger.verb(...)` of a file."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call) and _called(node) == f"ledger.{verb}":
            yield node


def _called(call: ast.Call) -> str:
    return ast.unparse(call.func)


def _names_given(call: ast.Call) -> list[ast.expr]:
    return call.args[1:2] if _called(call) == "ledger.record" else call.args


def _literal(node: ast.expr) -> str:
    """Return the text of a string literal, or nothing."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _module(path: Path, package: Path) -> str:
    return ".".join(path.relative_to(package.parent).with_suffix("").parts)


def _name(path: Path, package: Path) -> str:
    return str(path.relative_to(package.parent))
