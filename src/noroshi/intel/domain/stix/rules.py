"""The rules of STIX 2.1 that an object may break, each with its section, and what was found against one.

The text is "STIX Version 2.1", OASIS Standard of 10 June 2021 with Errata 01 of 2 April 2025; sections are its own
unless an RFC is named. The sentences for people are in `intel.wording`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final, Self


class Rule(StrEnum):
    """A rule, by the name that programs see. Each is a MUST of the standard, or a bound of this installation."""

    JSON = "json"
    ENCODING = "encoding"
    TOO_LARGE = "too-large"
    TOO_DEEP = "too-deep"
    DOUBLED_KEY = "doubled-key"
    NOT_AN_OBJECT = "not-an-object"
    BUNDLE = "bundle"

    TYPE_NAME = "type-name"
    TYPE_UNKNOWN = "type-unknown"
    SPEC_VERSION = "spec-version"
    IDENTIFIER = "identifier"
    IDENTIFIER_TYPE = "identifier-type"
    IDENTIFIER_RANDOM = "identifier-random"
    IDENTIFIER_SHARED = "identifier-shared"
    REQUIRED = "required"
    PROPERTY_NAME = "property-name"
    PROPERTY_UNKNOWN = "property-unknown"
    RESERVED = "reserved"
    NOT_APPLICABLE = "not-applicable"

    STRING = "string"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float"
    RANGE = "range"
    LIST = "list"
    EMPTY_LIST = "empty-list"
    DICTIONARY = "dictionary"
    EMPTY_DICTIONARY = "empty-dictionary"
    DICTIONARY_KEY = "dictionary-key"
    NULL = "null"
    ENUMERATION = "enumeration"
    TIMESTAMP = "timestamp"
    PRECISION = "precision"
    REFERENCE_TYPE = "reference-type"
    HEX = "hex"
    BINARY = "binary"
    HASH_NAME = "hash-name"
    HASH_VALUE = "hash-value"
    LANGUAGE = "language"
    URL = "url"
    VALUE_FORM = "value-form"

    ORDER = "order"
    TOGETHER = "together"
    EXCLUSIVE = "exclusive"
    ONE_OF = "one-of"
    ONLY_IF = "only-if"

    EXTERNAL_ID = "external-id"
    SELECTOR = "selector"
    SELECTOR_ABSENT = "selector-absent"
    MARKED_BY_ITSELF = "marked-by-itself"
    TLP_FORGED = "tlp-forged"
    EXTENSION_KEY = "extension-key"
    EXTENSION_TYPE = "extension-type"
    CONTAINED_OBJECT = "contained-object"
    PATTERN = "pattern"

    FUTURE = "future"
    LEVEL = "level"

    @property
    def section(self) -> str:
        """Where the rule is written: a section of the standard, or an RFC; nothing for a bound of ours."""
        return _SECTIONS[self]


_SECTIONS: Final[Mapping[Rule, str]] = {
    Rule.JSON: "RFC 8259",
    Rule.ENCODING: "2.15",
    Rule.TOO_LARGE: "",
    Rule.TOO_DEEP: "",
    Rule.DOUBLED_KEY: "RFC 7493 2.3",
    Rule.NOT_AN_OBJECT: "8.1",
    Rule.BUNDLE: "8.1",
    Rule.TYPE_NAME: "3.1",
    Rule.TYPE_UNKNOWN: "11.2.1",
    Rule.SPEC_VERSION: "3.2",
    Rule.IDENTIFIER: "2.9",
    Rule.IDENTIFIER_TYPE: "2.9",
    Rule.IDENTIFIER_RANDOM: "2.9",
    Rule.IDENTIFIER_SHARED: "3.6",
    Rule.REQUIRED: "3.1",
    Rule.PROPERTY_NAME: "11.1.1",
    Rule.PROPERTY_UNKNOWN: "11.1.1",
    Rule.RESERVED: "3.8",
    Rule.NOT_APPLICABLE: "3.2",
    Rule.STRING: "2.15",
    Rule.BOOLEAN: "2.2",
    Rule.INTEGER: "2.10",
    Rule.FLOAT: "2.6",
    Rule.RANGE: "2.10",
    Rule.LIST: "2.12",
    Rule.EMPTY_LIST: "2.12",
    Rule.DICTIONARY: "2.3",
    Rule.EMPTY_DICTIONARY: "2.3",
    Rule.DICTIONARY_KEY: "2.3",
    Rule.NULL: "2",
    Rule.ENUMERATION: "2.4",
    Rule.TIMESTAMP: "2.16.1",
    Rule.PRECISION: "3.2",
    Rule.REFERENCE_TYPE: "3.3",
    Rule.HEX: "2.8",
    Rule.BINARY: "2.1",
    Rule.HASH_NAME: "2.7",
    Rule.HASH_VALUE: "10.7",
    Rule.LANGUAGE: "RFC 5646",
    Rule.URL: "RFC 3986",
    Rule.VALUE_FORM: "6",
    Rule.ORDER: "3.6.1",
    Rule.TOGETHER: "4",
    Rule.EXCLUSIVE: "4",
    Rule.ONE_OF: "4",
    Rule.ONLY_IF: "4",
    Rule.EXTERNAL_ID: "2.5.2",
    Rule.SELECTOR: "7.2.3",
    Rule.SELECTOR_ABSENT: "7.2.3",
    Rule.MARKED_BY_ITSELF: "3.2",
    Rule.TLP_FORGED: "7.2.1.4",
    Rule.EXTENSION_KEY: "11.3.1",
    Rule.EXTENSION_TYPE: "7.3",
    Rule.CONTAINED_OBJECT: "2.13",
    Rule.PATTERN: "9",
    Rule.FUTURE: "",
    Rule.LEVEL: "",
}

HARMLESS: Final = frozenset({Rule.PRECISION})
"""Broken by producers in good faith without changing what an object says: intake takes such objects in."""

MAX_PROBLEMS: Final = 20
MAX_SHOWN: Final = 80
"""Characters of a refused value that its sentence repeats."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that an object breaks, and where: `path` leads from the object to the value.

    `names` holds what the sentence names, such as the value found; `section` is that of the object's own table where
    the rule is written there.
    """

    rule: Rule
    path: tuple[str | int, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    table: str = ""

    @property
    def where(self) -> str:
        """The path as selectors of granular markings write it (7.2.3): `external_references.[0].url`."""
        return ".".join(f"[{step}]" if isinstance(step, int) else step for step in self.path)

    @property
    def section(self) -> str:
        """Where the standard writes the rule that is broken."""
        return self.table or self.rule.section

    def below(self, step: str | int) -> "Problem":
        """Return the same problem seen from one level up."""
        return replace(self, path=(step, *self.path))

    @property
    def stored(self) -> list[Any]:
        """The problem as JSON keeps it."""
        path = [step if isinstance(step, int) else shown(step) for step in self.path]
        return [self.rule.value, path, dict(self.names), self.table]

    @classmethod
    def of(cls, stored: list[Any]) -> Self:
        """Return the problem that JSON has kept."""
        rule, path, names, table = stored
        return cls(Rule(rule), tuple(path), names, table)


_SHORT: Final[Mapping[type, Callable[[Any], str]]] = {
    list: lambda _: "[…]",
    dict: lambda _: "{…}",
    int: lambda number: repr(number) if number.bit_length() <= 8 * MAX_SHOWN else "…",
    bool: lambda truth: "true" if truth else "false",
    type(None): lambda _: "null",
}

Found = list[Problem] | None
"""What a check finds; nothing is by far the most frequent."""


def found(rule: Rule, *path: str | int, **names: object) -> list[Problem]:
    """Return one problem as a check returns it."""
    return [Problem(rule, path, {name: shown(value) for name, value in names.items()})]


def gathered(problems: list[Problem], step: str | int, bad: list[Problem]) -> bool:
    """Add the problems of a part to those of the whole; return whether that is enough of them.

    A check is asked once: asked again to gather what it finds, values within values would take a time that doubles
    with each level. An object that is wrong a million times is not wrong a million problems.
    """
    problems += [problem.below(step) for problem in bad]
    return len(problems) >= MAX_PROBLEMS


def shown(value: object) -> str:
    """Return a value as a sentence repeats it: one line, not too long, without what would control a terminal."""
    text = value if isinstance(value, str) else _SHORT.get(type(value), repr)(value)
    short = text if len(text) <= MAX_SHOWN else f"{text[: MAX_SHOWN - 1]}…"
    return "".join(character if character.isprintable() else "�" for character in short)
