"""Names that look like others: Unicode Technical Standard 39, on the data of `confusable-homoglyphs`.

Two texts are confusable if they have the same skeleton (section 4): `ミ二銀行` with the numeral is `ミニ銀行` to
the eye, `Аlpha` with a Cyrillic letter is `Alpha`, and `rnizuho` is `mizuho`. What is the same but for case, width and
spaces counts as well.
"""

import re
import unicodedata
from functools import cache
from typing import Final

from confusable_homoglyphs.categories import alias

_WORD: Final = re.compile(r"[^\W_]+")
_ROUNDS: Final = 3
"""A prototype of several letters may hold letters that have one themselves; no chain in the data is longer."""

LOOK_LATIN: Final = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "LISU"})
"""Scripts with letters that look like Latin ones."""


def mixes_scripts(text: str) -> bool:
    """Whether a word mixes Latin letters with letters of other scripts that look like them.

    Japanese beside Latin is no mixture: that is how names are written here (UTS 39, section 5.2, "highly restrictive").
    """
    scripts = [{alias(letter) for letter in word} for word in _WORD.findall(text)]
    return any("LATIN" in found and not found.isdisjoint(LOOK_LATIN) for found in scripts)


def hides_something(text: str) -> bool:
    """Whether a line has characters that nobody sees: control and format characters, line and paragraph separators."""
    return any(unicodedata.category(letter) in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"} for letter in text)


def looks(text: str) -> frozenset[str]:
    """Return what `text` looks like: two that share one of these may be taken for each other.

    As written and in small letters, since `PaypaI` looks like `Paypal` and `paypal` is it.
    """
    plain = "".join(unicodedata.normalize("NFKC", text).split())
    return frozenset({_skeleton(plain), _skeleton(plain.casefold())})


def _skeleton(text: str) -> str:
    for _ in range(_ROUNDS):
        text = "".join(_prototypes().get(letter, letter) for letter in unicodedata.normalize("NFD", text))
    return unicodedata.normalize("NFD", text)


@cache
def _prototypes() -> dict[str, str]:
    """Return by which letter, or letters, each confusable one is replaced.

    The data has each pair both ways and does not say which is the prototype: any of those that look alike will do, as
    long as it is one for all. Several letters (`rn`) are the prototype of the one that looks like them.
    """
    from confusable_homoglyphs.confusables import confusables_data  # noqa: PLC0415 - a megabyte that few processes need

    found: dict[str, str] = {}
    pairs = [(_bare(one), _bare(other["c"])) for one, others in confusables_data.items() for other in others]
    for one, other in pairs:
        if len(one) == len(other) == 1:
            _unite(found, one, other)
    whole = {letter: _root(found, letter) for letter in found}
    return whole | {whole.get(one, one): many for one, many in pairs if len(one) == 1 < len(many)}


def _bare(letters: str) -> str:
    """The data puts letters that run to the left between marks, for whoever reads it."""
    return letters.replace("\u200e", "")


def _unite(parents: dict[str, str], one: str, other: str) -> None:
    first, second = sorted((_root(parents, one), _root(parents, other)))
    parents[second] = parents[first] = first


def _root(parents: dict[str, str], letter: str) -> str:
    while parents.setdefault(letter, letter) != letter:
        letter = parents[letter]
    return letter
