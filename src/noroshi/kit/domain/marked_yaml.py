"""YAML that remembers its lines, so that an error can name one; without what makes small files large or ambiguous."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

import yaml

MAX_BYTES: Final = 262_144
MAX_DOCUMENTS: Final = 200

Place = tuple[str | int, ...]
"""Keys and numbers that lead to a value: ``("detection", "selection", "url|contains")``."""


class YamlFlaw(StrEnum):
    """Why a file is refused: a sentence with gaps; `YamlError` fills them."""

    TOO_LARGE = "The file has more than {limit} bytes."
    NOT_TEXT = "The file is not UTF-8 text."
    YAML = "This is not YAML: {detail}"
    ALIAS = "Anchors and aliases are not read: write the value out."
    TWICE = "“{name}” stands twice."
    NO_MAPPING = "This is no mapping of names and values."
    NOTHING = "The file holds nothing."


class YamlError(Exception):
    """A file is refused; ``line`` is counted from 1."""

    def __init__(self, flaw: YamlFlaw, *, line: int, **words: str) -> None:
        super().__init__(flaw.format(**words))
        self.flaw = flaw
        self.line = line
        self.words = words


@dataclass(frozen=True, slots=True)
class Document:
    """One YAML document: plain data and the line of each of its places, from 1."""

    data: dict[str, Any]
    lines: dict[Place, int] = field(default_factory=dict)

    def line(self, *place: str | int) -> int:
        """Return the line of a place, or of the nearest place around it that there is."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines[place]


def read_documents(content: bytes) -> list[Document]:
    """Read the documents of a file; raise `YamlError` with its line for what is no YAML or no mapping."""
    if len(content) > MAX_BYTES:
        raise YamlError(YamlFlaw.TOO_LARGE, line=1, limit=f"{MAX_BYTES:,}")
    try:
        found = list(_documents(content.decode("utf-8-sig")))
    except UnicodeDecodeError:
        raise YamlError(YamlFlaw.NOT_TEXT, line=1) from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(YamlFlaw.YAML, line=mark.line + 1 if mark else 1, detail=error.problem or "") from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:  # a bad character; nesting; an impossible date
        raise YamlError(YamlFlaw.YAML, line=1, detail=str(error)[:200]) from error
    if not found:
        raise YamlError(YamlFlaw.NOTHING, line=1)
    return found


def _documents(text: str) -> Iterator[Document]:
    loader = _Loader(text)
    try:
        while loader.check_node():
            node = loader.get_node()
            if node is None or _is_nothing(node):
                continue
            if not isinstance(node, yaml.MappingNode):
                raise YamlError(YamlFlaw.NO_MAPPING, line=node.start_mark.line + 1)
            lines: dict[Place, int] = {}
            _mark(node, (), lines)
            yield Document(loader.construct_document(node), lines)
    finally:
        loader.dispose()


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _mark(node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    lines.setdefault(place, node.start_mark.line + 1)
    if isinstance(node, yaml.SequenceNode):
        for number, each in enumerate(node.value):
            _mark(each, (*place, number), lines)
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            below, line = (*place, key.value if isinstance(key.value, str) else str(key.value)), key.start_mark.line + 1
            if below in lines:
                raise YamlError(YamlFlaw.TWICE, line=line, name=str(below[-1])[:80])
            lines[below] = line
            _mark(value, below, lines)


class _Loader(yaml.SafeLoader):
    """The safe loader without aliases: a page of them can stand for gigabytes."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            raise YamlError(YamlFlaw.ALIAS, line=self.line_of_event())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:  # noqa: FBT001, FBT002 - PyYAML's
        """Read every key as text: a rule's names are no numbers and no dates."""
        for key, _value in node.value:
            if isinstance(key, yaml.ScalarNode):
                key.tag = "tag:yaml.org,2002:str"
        return super().construct_mapping(node, deep=deep)

    def line_of_event(self) -> int:
        """Return the line of what is read next, from 1."""
        event: Any = self.peek_event()  # type: ignore[no-untyped-call]
        return int(event.start_mark.line) + 1
