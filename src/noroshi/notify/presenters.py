"""How a notice learns the title of what it is about: from the room that owns it, through the policy, when it is shown.

A room above registers one presenter for each subject it posts notices about:

    @presents("sharing.signal", kinds=Kind.choices)
    def present_signals(actor, ids):
        return {signal.pk: Presentation(...) for signal in Signal.objects.visible_to(actor).filter(pk__in=ids)}

    @describes("sharing.signal")
    def describe_signals(ids):
        return {signal.pk: Topic(signal.kind, ...) for signal in ...}

What the presenter leaves out, the reader may not see (any more): the notice shows a neutral line.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final
from uuid import UUID

from django.utils.functional import Promise

from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.notify.domain.topics import ANYTHING, Topic
from noroshi.notify.models import Notice

Choice = tuple[str, str | Promise]


@dataclass(frozen=True)
class Presentation:
    """What one actor may read about a subject. `url` is a path of this portal, `text` plain text for a mail."""

    title: str
    url: str
    tlp: TLP
    text: str = ""
    stands_alone: bool = False
    """Whether the text is for somebody who will not open the page: a digest has it too."""
    is_private: bool = False
    """Whether a mail may not even say of what kind the notice is."""


Shown = Mapping[UUID, Presentation]
Presenter = Callable[[Actor, Collection[UUID]], Shown]
PresenterToMany = Callable[[Iterable[Actor], Collection[UUID]], Iterable[tuple[Actor, Shown]]]

Describer = Callable[[Collection[UUID]], Mapping[UUID, Topic]]
ValueReader = Callable[[str], Iterable[str]]

Hearer = Callable[[Actor, Collection[UUID]], None]

FEED: Final = "feed"
TAXII: Final = "taxii"

_hearers: Final[dict[tuple[str, str], Hearer]] = {}
_presenters: Final[dict[str, PresenterToMany]] = {}
_kinds: Final[dict[str, Sequence[Choice]]] = {}
_describers: Final[dict[str, Describer]] = {}
_value_readers: Final[list[ValueReader]] = []


def presents(subject: str, *, kinds: Sequence[Choice] = ()) -> Callable[[Presenter], Presenter]:
    """Register the decorated presenter for `subject`; `kinds` are the kinds people can choose mail by."""

    def register(presenter: Presenter) -> Presenter:
        presents_to_many(subject, kinds=kinds)(lambda actors, ids: ((actor, presenter(actor, ids)) for actor in actors))
        return presenter

    return register


def presents_to_many(subject: str, *, kinds: Sequence[Choice] = ()) -> Callable[[PresenterToMany], PresenterToMany]:
    """Register a presenter that is asked for many readers at once: of what goes by mail to a whole sector."""

    def register(presenter: PresenterToMany) -> PresenterToMany:
        _presenters[subject] = presenter
        _kinds[subject] = kinds
        return presenter

    return register


def describes(subject: str) -> Callable[[Describer], Describer]:
    """Register the decorated describer for `subject`: what people choose mail about it by."""

    def register(describer: Describer) -> Describer:
        _describers[subject] = describer
        return describer

    return register


def hears_of(subject: str, *ways: str) -> Callable[[Hearer], Hearer]:
    """Register what is told to whom the content of a subject went: by a notice of a kind, in a FEED, by TAXII."""

    def register(hearer: Hearer) -> Hearer:
        _hearers.update({(subject, str(way)): hearer for way in ways})
        return hearer

    return register


def reads_values(reader: ValueReader) -> ValueReader:
    """Register the decorated reader: it returns the values that a text names, in the form in which topics have them."""
    _value_readers.append(reader)
    return reader


def topics_of(subject: str, ids: Collection[UUID]) -> dict[UUID, Topic]:
    """Return what each of these subjects is about, whoever may see it: for choosing, never for showing."""
    describer = _describers.get(subject)
    known = describer(ids) if describer else {}
    return {number: known.get(number, ANYTHING) for number in ids}


def values_in(text: str) -> list[str]:
    """Return the values that `text` names, in a fixed order."""
    return sorted({value for reader in _value_readers for value in reader(text)})


def tell(actor: Actor, gone: Iterable[tuple[str, str, UUID]]) -> None:
    """Tell the rooms above that content has gone to `actor` by its channel: of which subject, by which way, its id."""
    heard: dict[Hearer, set[UUID]] = {}
    for subject, way, number in gone:
        if hearer := _hearers.get((subject, way)):
            heard.setdefault(hearer, set()).add(number)
    for hearer, ids in heard.items():
        hearer(actor, ids)


def kinds_on_offer() -> list[Choice]:
    """Return the kinds of subject that a rule can name."""
    return [choice for kinds in _kinds.values() for choice in kinds]


def present(actor: Actor, notices: Iterable[Notice]) -> dict[UUID, Presentation]:
    """Return what `actor` may read about each notice, by the notice's id; nothing for those it may not."""
    return present_to_each({actor: list(notices)})[actor]


def present_to_each(notices: Mapping[Actor, Collection[Notice]]) -> dict[Actor, dict[UUID, Presentation]]:
    """Return what each reader may read about each of its notices, by the notice's id."""
    found: dict[Actor, dict[UUID, Presentation]] = {actor: {} for actor in notices}
    for subject, ids in _subjects(notices.values()).items():
        for actor, shown in _ask(subject, notices, ids):
            own = [row for row in notices[actor] if row.subject == subject and row.subject_id in shown]
            found[actor].update((row.pk, shown[row.subject_id]) for row in own)
    return found


def _subjects(notices: Iterable[Iterable[Notice]]) -> dict[str, set[UUID]]:
    found: dict[str, set[UUID]] = {}
    for row in chain.from_iterable(notices):
        found.setdefault(row.subject, set()).add(row.subject_id)
    return found


def _ask(subject: str, actors: Iterable[Actor], ids: Collection[UUID]) -> Iterable[tuple[Actor, Shown]]:
    presenter = _presenters.get(subject)
    return presenter(actors, ids) if presenter else ()
