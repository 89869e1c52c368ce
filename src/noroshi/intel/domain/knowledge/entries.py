"""A word of a taxonomy, wherever it comes from, and how it is found."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

MAX_NAME: Final = 255
"""Longer names of a galaxy are left out: they are sentences."""
MAX_MEANING: Final = 600


@dataclass(frozen=True, slots=True)
class Family:
    """The taxonomy that a word belongs to: `mitre-attack-pattern`, "Attack Pattern"."""

    name: str
    title: str
    title_ja: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """A word: its name as machines write it (`misp-galaxy:mitre-attack-pattern="Phishing - T1566"`), and for people."""

    name: str
    family: Family
    title: str
    title_ja: str = ""
    meaning: str = ""
    meaning_ja: str = ""
    synonyms: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """All by which it is found, in the form in which words are compared."""
        return comparable("\n".join(dict.fromkeys([self.title, self.title_ja, *self.synonyms, self.name])))


def comparable(text: str) -> str:
    """Return the form in which words are compared: full-width letters and capitals make no difference."""
    return unicodedata.normalize("NFKC", text).casefold()


def shortened(text: str) -> str:
    """Return the beginning of a meaning, in one line."""
    plain = " ".join(text.split())
    return plain if len(plain) <= MAX_MEANING else plain[: MAX_MEANING - 1].rstrip() + "…"


def fitting(entries: Iterable[Entry]) -> list[Entry]:
    """Return the entries whose names fit, each name once."""
    found = {entry.name: entry for entry in entries if len(entry.name) <= MAX_NAME and entry.title}
    return list(found.values())
