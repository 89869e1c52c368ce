"""Words for a draft out of objects of STIX that were received: a title, a text, what can be looked for, what cannot."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from noroshi.intel.domain.observables import Observable
from noroshi.intel.domain.stix.patterns.hunted import Limitation
from noroshi.intel.domain.stix.summary import Summary, summary_of
from noroshi.sharing.domain.content import MAX_BODY, MAX_TITLE

_TELLING: Final = ("report", "grouping", "incident", "campaign", "malware", "threat-actor", "intrusion-set", "note")
"""Types whose names and texts make the words, the most telling first."""


@dataclass(frozen=True)
class Received:
    """What objects say: `parts` are titles with their texts; values and limits each once, in their order."""

    title: str
    parts: tuple[tuple[str, str], ...]
    values: tuple[Observable, ...]
    limits: tuple[Limitation, ...]


def words_of(objects: Iterable[Mapping[str, Any]]) -> Received:
    """Return what objects that were checked say; the last version of each is what counts."""
    last = {value["id"]: value for value in objects}
    said = [(value["type"], summary_of(value)) for value in last.values() if not value.get("revoked")]
    telling = sorted(_told(said), key=lambda each: each[0])
    parts = dict.fromkeys((summary.title, summary.text) for _rank, summary in telling)
    hunted = [summary.values for _kind, summary in said]
    return Received(
        title=next((title for title, _text in parts if title), "")[:MAX_TITLE],
        parts=tuple(parts),
        values=tuple(dict.fromkeys(value for each in hunted for value in each.values)),
        limits=tuple(dict.fromkeys(limit for each in hunted for limit in each.limits)),
    )


def _told(said: Iterable[tuple[str, Summary]]) -> Iterator[tuple[int, Summary]]:
    for kind, summary in said:
        if kind in _TELLING:
            yield _TELLING.index(kind), summary


def body_of(received: Received, unhunted: Iterable[str], heading: str) -> str:
    """Return the text of a draft in Markdown; `unhunted` are lines on what cannot be looked for."""
    first, *others = received.parts or (("", ""),)
    told = [first[1], *(f"### {_one_line(title)}\n\n{text}" for title, text in others)]
    left = "\n".join(f"- {_one_line(line)}" for line in unhunted)
    closing = f"### {heading}\n\n{left}" if left else ""
    text = "\n\n".join(part for part in told if part.strip())
    room = MAX_BODY - len(closing) - 2
    return "\n\n".join(part for part in (text[:room].strip(), closing) if part)


def _one_line(text: str) -> str:
    return " ".join(text.split())
