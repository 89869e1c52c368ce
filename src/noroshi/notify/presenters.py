"""How a notice learns the title of what it is about: from the room that owns it, through the policy, when it is shown.

A room above registers one presenter for each subject it posts notices about:

    @presents("sharing.signal", kinds=Kind.choices)
    def present_signals(actor, ids):
        return {signal.pk: Presentation(...) for signal in Signal.objects.visible_to(actor).filter(pk__in=ids)}

What the presenter leaves out, the reader may not see (any more): the notice shows a neutral line.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.functional import Promise

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.notify.models import Notice

Choice = tuple[str, str | Promise]


@dataclass(frozen=True)
class Presentation:
    """What one actor may read about a subject. `url` is a path of this portal, `text` plain text for a mail."""

    title: str
    url: str
    tlp: TLP
    text: str = ""
    is_private: bool = False
    """Whether a mail may not even say of what kind the notice is."""


Presenter = Callable[[Actor, Collection[UUID]], Mapping[UUID, Presentation]]

_presenters: Final[dict[str, Presenter]] = {}
_kinds: Final[dict[str, Sequence[Choice]]] = {}


def presents(subject: str, *, kinds: Sequence[Choice] = ()) -> Callable[[Presenter], Presenter]:
    """Register the decorated presenter for `subject`; `kinds` are the kinds people can choose mail by."""

    def register(presenter: Presenter) -> Presenter:
        _presenters[subject] = presenter
        _kinds[subject] = kinds
        return presenter

    return register


def kinds_on_offer() -> list[Choice]:
    """Return the kinds of subject that a rule can name."""
    return [choice for kinds in _kinds.values() for choice in kinds]


def present(actor: Actor, notices: Iterable[Notice]) -> dict[UUID, Presentation]:
    """Return what `actor` may read about each notice, by the notice's id; nothing for those it may not."""
    by_subject: dict[str, list[Notice]] = {}
    for notice in notices:
        by_subject.setdefault(notice.subject, []).append(notice)
    return {
        notice.pk: shown[notice.subject_id]
        for subject, rows in by_subject.items()
        for shown in [_ask(subject, actor, {row.subject_id for row in rows})]
        for notice in rows
        if notice.subject_id in shown
    }


def _ask(subject: str, actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    presenter = _presenters.get(subject)
    return presenter(actor, ids) if presenter else {}
