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


@dataclass(frozen=True)
class Module:
    """A Python file and its syntax."""

    path: Path
    tree: ast.Module


def modules(package: Path = PACKAGE) -> Iterator[Module]:
    """Yield the modules of the package, migrations left out."""
    for path in sorted(package.rglob("*.py")):
        if "migrations" not in path.parts:
            yield Module(path, _tree(path))


def actions(package: Path = PACKAGE) -> list[Action]:
    """Return every action that some `ledger.record` writes, by name, with its readers."""
    found: dict[str, Action] = {}
    for module in modules(package):
        for call in _calls(module, "record"):
            for name in _names(call, module):
                action = found.setdefault(name, Action(name))
                action.written_in.add(".".join(module.path.relative_to(package.parent).with_suffix("").parts))
                action.payload |= {keyword.arg for keyword in call.keywords if keyword.arg} - COLUMNS
    for module in modules(package):
        for call in _calls(module, "subscribe"):
            for name in _names(call, module):
                if name in found:
                    found[name].readers.add(str(ast.literal_eval(call.args[0])))
    return sorted(found.values())


def unread_names(package: Path = PACKAGE) -> list[Place]:
    """Return the calls of `record` and `subscribe` whose actions are no literals: no page can list them."""
    return [
        Place(_name(module.path, package), call.lineno, f"{verb} takes its action as a literal")
        for module in modules(package)
        for verb in ("record", "subscribe")
        for call in _calls(module, verb)
        if not _names(call, module)
    ]


def heard_but_never_written(package: Path = PACKAGE) -> list[Place]:
    """Return the subscriptions to an action that nothing records: a misspelt name hears nothing."""
    written = {action.name for action in actions(package)}
    return [
        Place(_name(module.path, package), call.lineno, f"nothing records {name!r}")
        for module in modules(package)
        for call in _calls(module, "subscribe")
        for name in _names(call, module)
        if name not in written
    ]


def attributes(module: Module, names: frozenset[str], package: Path = PACKAGE) -> list[Place]:
    """Return the uses of an attribute of one of `names`; `X.objects.none()` reads nothing and is no use."""
    nodes = [node for node in ast.walk(module.tree) if isinstance(node, ast.Attribute)]
    empty = {id(node.value) for node in nodes if node.attr == "none"}
    return [
        Place(_name(module.path, package), node.lineno, f".{node.attr}")
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


def _calls(module: Module, verb: str) -> Iterator[ast.Call]:
    """Yield the calls of the ledger's `verb`, by whichever import."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {verb, f"ledger.{verb}"}:
            yield node


def _names(call: ast.Call, module: Module) -> list[str]:
    """Return the actions that a call of `record` or `subscribe` names; none unless all of them can be read."""
    given = call.args[1:2] if ast.unparse(call.func).endswith("record") else call.args[1:]
    names = [name for argument in given for name in _literals(argument, module)]
    return names if all(names) else []


def _literals(node: ast.expr, module: Module) -> list[str]:
    """Return the text of a literal, the texts of `*NAME` where the module assigns NAME a literal, else an empty one."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.Starred(value=ast.Name(id=name)):
            return [text for item in _assigned(name, module) for text in _literals(item, module)] or [""]
    return [""]


def _assigned(name: str, module: Module) -> list[ast.expr]:
    """Return the items of the collection, the keys of the dictionary, that a module assigns to `name`."""
    for node in module.tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        if name in {ast.unparse(target) for target in targets}:
            match node.value:
                case ast.Dict(keys=keys):
                    return [key for key in keys if key is not None]
                case ast.Tuple(elts=items) | ast.List(elts=items) | ast.Set(elts=items):
                    return items
    return []


def _name(path: Path, package: Path) -> str:
    return str(path.relative_to(package.parent))
