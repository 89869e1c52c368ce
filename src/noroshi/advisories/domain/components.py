"""Components and assets as they are kept, and as lists and people name them."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final

from noroshi.advisories.domain.decisions import importance_of
from noroshi.advisories.domain.matching import Component

_FIELDS: Final = ("name", "version", "vendor", "cpe", "purl")
_EXPOSURES: Final = {
    "open": ("open", "internet", "public", "external", "外部", "公開", "インターネット", "高"),
    "controlled": ("controlled", "dmz", "partner", "limited", "限定", "制限", "中"),
    "small": ("small", "internal", "closed", "local", "none", "内部", "閉域", "非公開", "なし", "低"),
}
_IMPORTANCES: Final = {
    "very high": ("very high", "critical", "最重要", "極めて高", "最高", "s"),
    "high": ("high", "高", "重要", "a"),
    "medium": ("medium", "moderate", "中", "b"),
    "low": ("low", "低", "c"),
}


def stored(component: Component) -> dict[str, str]:
    """Return a component as JSON: what it has."""
    return {name: value for name in _FIELDS if (value := getattr(component, name))}


def of_stored(value: Mapping[str, str]) -> Component:
    """Return what `stored` was made of."""
    return Component(**{"name": "", **value})


def words_of(component: Component) -> str:
    """Return a component as a person names it: vendor, product and version."""
    named = " ".join(filter(None, (component.vendor, component.name))) or component.purl or component.cpe
    return " ".join(filter(None, (named, component.version)))


def exposure_of(text: str) -> str:
    """Return how far an asset is reached, of what a list says in Japanese or English; empty where that is not known.

    Whoever says two things at once ("not public" holds "public") means the smaller: longer words are read first.
    """
    return _value_of(text, _EXPOSURES)


def importance_of_words(text: str) -> str:
    """Return how important an asset is, of what a list says in Japanese or English; empty where that is not known."""
    return _value_of(text, _IMPORTANCES)


def importance_said(importance: str, availability: str, confidentiality: str) -> str:
    """Return how important an asset is called, else the graver of what its loss and its disclosure would do."""
    both = [word for text in (availability, confidentiality) if (word := importance_of_words(text))]
    return importance_of_words(importance) or (importance_of(both[0], both[-1]) if both else "")


def _value_of(text: str, known: Mapping[str, Iterable[str]]) -> str:
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if not said:
        return ""
    words = sorted(((word, value) for value, words in known.items() for word in words), key=lambda each: -len(each[0]))
    exact = next((value for word, value in words if word == said), "")
    return exact or next((value for word, value in words if len(word) > 1 and word in said), "")
