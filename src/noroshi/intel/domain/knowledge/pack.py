"""The house's own words: versioned packs in YAML, in Japanese and English. An error names file and line.

A taxonomy::

    taxonomy: noroshi-bank-malware
    version: 1
    title: {en: Functions of banking malware, ja: 金融機関を狙うマルウェアの機能}
    entries:
      web-injection:
        title: {en: Web injection, ja: Webインジェクション}
        meaning: {en: ..., ja: ...}
        synonyms: [webinject, 画面改ざん]

A glossary gives the words of others their Japanese, by a number that is among their synonyms::

    glossary: mitre-attack-pattern
    version: 1
    entries:
      T1566: [フィッシング]
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, Final

from noroshi.intel.domain.knowledge.entries import Entry, Family
from noroshi.kit.domain.marked_yaml import Document, YamlError, read_documents

MAX_TEXT: Final = 600
_NAME: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGES: Final = {"en", "ja"}


class PackError(ValueError):
    """A pack is refused: file, line and one sentence."""


@dataclass(frozen=True)
class Taxonomy:
    """A taxonomy of the house: its version and its words."""

    version: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Glossary:
    """Japanese words for the entries of a family, by a number of theirs; the first is the title."""

    version: int
    family: str
    words: Mapping[str, tuple[str, ...]]


def read_taxonomy(content: bytes, name: str) -> Taxonomy:
    """Read a taxonomy; `name` is what its errors call the file. Raises PackError."""
    checker = _Checker(content, name, {"taxonomy", "version", "title", "entries"})
    title = checker.languages("title")
    family = Family(checker.slug("taxonomy"), title["en"], title["ja"])
    return Taxonomy(checker.version(), tuple(checker.entry(family, key) for key in checker.mapping("entries")))


def read_glossary(content: bytes, name: str) -> Glossary:
    """Read a glossary; `name` is what its errors call the file. Raises PackError."""
    checker = _Checker(content, name, {"glossary", "version", "entries"})
    words = {key: checker.texts("entries", key) for key in checker.mapping("entries")}
    return Glossary(checker.version(), checker.slug("glossary"), words)


@cache
def own_taxonomies() -> tuple[Taxonomy, ...]:
    """Return the taxonomies that come with the program."""
    return tuple(read_taxonomy(content, name) for name, content in _packs("taxonomy"))


@cache
def own_glossaries() -> tuple[Glossary, ...]:
    """Return the glossaries that come with the program."""
    return tuple(read_glossary(content, name) for name, content in _packs("glossary"))


def edition() -> str:
    """Return which versions of the packs these are."""
    packs: list[Taxonomy | Glossary] = [*own_taxonomies(), *own_glossaries()]
    return "packs " + ".".join(str(pack.version) for pack in packs)


def in_japanese(entries: Iterable[Entry], glossaries: Iterable[Glossary]) -> Iterator[Entry]:
    """Give the entries that a glossary knows their Japanese title and synonyms."""
    by_family = {glossary.family: glossary.words for glossary in glossaries}
    for entry in entries:
        words = by_family.get(entry.family.name, {})
        known = next((words[number] for number in entry.synonyms if number in words), ())
        yield replace(entry, title_ja=known[0], synonyms=(*entry.synonyms, *known[1:])) if known else entry


def _packs(kind: str) -> Iterator[tuple[str, bytes]]:
    found = files("noroshi.intel.domain.knowledge.packs")
    for file in sorted(found.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".yml") and (content := file.read_bytes()).startswith(kind.encode()):
            yield file.name, content


class _Checker:
    """Reads a pack place by place; what is wrong is said with its line."""

    def __init__(self, content: bytes, name: str, known: set[str]) -> None:
        self._name = name
        self._document = self._only(content)
        for key in self._document.data:
            if key not in known:
                raise self._error(f"“{key[:80]}” is not known: use {', '.join(sorted(known))}.", key)

    def _only(self, content: bytes) -> Document:
        try:
            first, *others = read_documents(content)
        except YamlError as error:
            raise PackError(f"{self._name}:{error.line}: {error}") from error
        if others:
            raise PackError(f"{self._name}:{others[0].line()}: A pack is one document.")
        return first

    def slug(self, *place: str) -> str:
        """Return a name in lower-case letters, digits and hyphens."""
        value = self._at(*place)
        if not isinstance(value, str) or _NAME.fullmatch(value) is None:
            raise self._error(f"“{place[-1]}” is a name in lower-case letters, digits and hyphens.", *place)
        return value

    def version(self) -> int:
        """Return the number that grows with each change."""
        value = self._at("version")
        if type(value) is not int or value < 1:
            raise self._error("“version” is a whole number from 1.", "version")
        return value

    def mapping(self, *place: str) -> dict[str, Any]:
        """Return names and values, at least one."""
        value = self._at(*place)
        if not isinstance(value, dict) or not value:
            raise self._error(f"“{place[-1]}” is a mapping of names and values.", *place)
        return value

    def languages(self, *place: str) -> dict[str, str]:
        """Return a text in both languages."""
        value = self.mapping(*place)
        if set(value) != _LANGUAGES:
            raise self._error(f"“{place[-1]}” is said in en and ja.", *place)
        return {language: self._text(*place, language) for language in value}

    def texts(self, *place: str) -> tuple[str, ...]:
        """Return a list of texts."""
        value = self._at(*place)
        if not isinstance(value, list) or not value:
            raise self._error(f"“{place[-1]}” is a list of texts.", *place)
        return tuple(self._as_text(each, *place) for each in value)

    def entry(self, family: Family, key: str) -> Entry:
        """Return a word of a taxonomy."""
        place = ("entries", key)
        if _NAME.fullmatch(key) is None:
            raise self._error(f"“{key[:80]}” is no name in lower-case letters, digits and hyphens.", *place)
        fields = self.mapping(*place)
        if unknown := sorted(set(fields) - {"title", "meaning", "synonyms"}):
            raise self._error(f"“{unknown[0][:80]}” is not known: use meaning, synonyms and title.", *place, unknown[0])
        title, meaning = self.languages(*place, "title"), self.languages(*place, "meaning")
        synonyms = self.texts(*place, "synonyms") if "synonyms" in fields else ()
        name = f"{family.name}:{key}"
        return Entry(name, family, title["en"], title["ja"], meaning["en"], meaning["ja"], synonyms)

    def _text(self, *place: str) -> str:
        return self._as_text(self._at(*place), *place)

    def _as_text(self, value: object, *place: str) -> str:
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
            raise self._error(f"“{place[-1]}” is a text of at most {MAX_TEXT} characters.", *place)
        return value.strip()

    def _at(self, *place: str) -> Any:
        value: Any = self._document.data
        for key in place:
            if not isinstance(value, dict) or key not in value:
                raise self._error(f"“{key}” is missing.", *place)
            value = value[key]
        return value

    def _error(self, sentence: str, *place: str) -> PackError:
        return PackError(f"{self._name}:{self._document.line(*place)}: {sentence}")
