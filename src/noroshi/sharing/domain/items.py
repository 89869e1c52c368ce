"""Items of frameworks, by free identifiers: the framework's name, then the item's, as `FISC 実務基準 実13`."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Final

MAX_ITEMS: Final = 10
MAX_FRAMEWORK: Final = 60
MAX_NUMBER: Final = 40

_SEPARATORS: Final = re.compile(r"[,;、；\n]")


@dataclass(frozen=True, order=True)
class FrameworkItem:
    """One item of a framework."""

    framework: str
    number: str

    def __str__(self) -> str:
        return f"{self.framework} {self.number}"

    @property
    def key(self) -> str:
        """What is compared: NFKC, one space between words, no case."""
        return normalised(str(self)).casefold()


class UnreadableItemError(ValueError):
    """A text that names no item; the message is the text."""


def normalised(text: str) -> str:
    """Return `text` with full-width and half-width forms made one, and one space between words."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


def read_items(text: str) -> tuple[FrameworkItem, ...]:
    """Read identifiers, separated by commas or lines: the last word of each is the item, what stands before names it.

    Raises UnreadableItemError on one without a framework, on one that is too long, and on more than MAX_ITEMS.
    """
    found: dict[str, FrameworkItem] = {}
    for part in _SEPARATORS.split(unicodedata.normalize("NFKC", text)):
        words = normalised("".join(each for each in part if each.isprintable()))
        if words:
            item = _item(words)
            found.setdefault(item.key, item)
    if len(found) > MAX_ITEMS:
        raise UnreadableItemError(list(found.values())[MAX_ITEMS])
    return tuple(found.values())


def _item(words: str) -> FrameworkItem:
    framework, _space, number = words.rpartition(" ")
    if not framework or len(framework) > MAX_FRAMEWORK or len(number) > MAX_NUMBER:
        raise UnreadableItemError(words[:100])
    return FrameworkItem(framework, number)
