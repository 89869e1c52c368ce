"""What MISP's tags say of a level and of what may be done: `tlp:amber+strict`, `PAP:GREEN`, however they are written.

MISP does not act on these tags, so they come in every spelling, twice, and against each other. The strictest wins, and
a word that means no level is one that nobody may widen: RED.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from noroshi.core.domain.tlp import TLP

_TLP: Final = re.compile(r"(?:tlp|trafficlightprotocol)(?P<word>.*)")
_PAP: Final = re.compile(r"pap(?P<word>.*)")
_LEVELS: Final[Mapping[str, TLP | None]] = {
    "red": TLP.RED,
    "amberstrict": TLP.AMBER_STRICT,
    "amber": TLP.AMBER,
    "green": TLP.GREEN,
    "clear": TLP.CLEAR,
    "white": TLP.CLEAR,
    "exchr": None,  # the Chatham House rule: who said it stays untold; no level
}
_PAPS: Final = {"red": "RED", "amber": "AMBER", "green": "GREEN", "clear": "CLEAR", "white": "CLEAR"}
_STRICTEST_FIRST: Final = ("RED", "AMBER", "GREEN", "CLEAR")


def level_of(tags: Iterable[str]) -> TLP | None:
    """Return the strictest level that tags say; None where none says one."""
    levels = [_LEVELS.get(word, TLP.RED) for tag in tags if (word := _word_of_level(tag)) is not None]
    return max((level for level in levels if level is not None), key=lambda level: level.rank, default=None)


def pap_of(tags: Iterable[str]) -> str | None:
    """Return the strictest level of the Permissible Actions Protocol that tags say; None where none says one."""
    words = (match["word"] for tag in tags if _is_of(tag, "pap") and (match := _PAP.fullmatch(_bare(tag))))
    found = {_PAPS.get(word, "RED") for word in words}
    return next((level for level in _STRICTEST_FIRST if level in found), None)


def others(tags: Iterable[str]) -> list[str]:
    """Return the tags that say neither, in their order."""
    return [tag for tag in tags if _word_of_level(tag) is None and not _is_of(tag, "pap")]


def tag_of(level: TLP) -> str:
    """Return the tag of a level as MISP's taxonomy (version 10) writes it."""
    return level.label.lower()


def _word_of_level(tag: str) -> str | None:
    """Return what a tag of the TLP says, in letters alone; None for any other: TLPT is a test, no level."""
    match = _TLP.fullmatch(_bare(tag))
    if match is None or not (match["word"] in _LEVELS or _is_of(tag, "tlp") or _is_of(tag, "traffic")):
        return None
    return match["word"]


def _is_of(tag: str, namespace: str) -> bool:
    """Whether a tag is of a namespace: `pap:red` and `PAP RED`, not `paper:red`."""
    plain = unicodedata.normalize("NFKC", tag).strip().strip('"').lower()
    return plain.startswith(namespace) and not plain.removeprefix(namespace)[:1].isalpha()


def _bare(tag: str) -> str:
    """Return the letters of a tag alone: width, case, spaces, quotes and signs make no other level."""
    return re.sub(r"[^a-z]", "", unicodedata.normalize("NFKC", tag).lower())
