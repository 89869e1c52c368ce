"""Events of MISP taken in: drafts of the person who takes them, to be looked over. Nothing goes out by itself.

The level is the event's, AMBER where none is said. The audience is no wider than its `distribution`: what is for one
organisation is for that of the person, a sharing group for those of its organisations that are members here. Parts of
one event that are marked otherwise are drafts of their own.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import Entry, EntryKind, State, refusals
from noroshi.core.domain.tlp import TLP
from noroshi.intel.domain.extract import Proposal
from noroshi.intel.domain.misp.events import Attribute, Event
from noroshi.intel.domain.misp.kinds import rest_of
from noroshi.intel.domain.misp.reach import OWN, Reach, Width
from noroshi.intel.domain.observables import ObservableType, defang
from noroshi.sharing import policy
from noroshi.sharing.actions.drafts import discard_draft, draft_signal
from noroshi.sharing.actions.marking import default_profile
from noroshi.sharing.actions.values import observable_rows
from noroshi.sharing.domain.content import MAX_BODY, MAX_TITLE, Content, Marking
from noroshi.sharing.domain.handling import Handling, Objective, Pap
from noroshi.sharing.models import MispFeed, Signal, SignalObservable, TakenEvent
from noroshi.sharing.queries import organisations_on_offer, signals_for
from noroshi.sharing.wording import MISP_REASONS

_ROOM: Final = MAX_BODY - 10_000
"""Characters of attributes in one draft; the rest is for what stands above them."""


@dataclass(frozen=True)
class TakenIn:
    """What became of an event: its drafts, none where it was known; of each part left out the place and the reason."""

    drafts: list[Signal] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


@transaction.atomic
def take_event(actor: Actor, event: Event, *, feed: MispFeed | None = None) -> TakenIn:
    """Make drafts of an event, all or none. One that was taken before is taken again where it is newer.

    Drafts of the older version that were not sent yet make room for the new ones.
    """
    policy.require_sharer(actor)
    known = TakenEvent.objects.select_for_update().filter(person=actor.acting_person, uuid=event.uuid).first()
    if (known and known.stamp >= event.timestamp) or signals_for(actor).filter(pk=event.uuid).exists():
        return TakenIn()
    for old in _unsent(actor, known):
        discard_draft(actor, old)
    refused = [(each.place, f"{MISP_REASONS[each.reason]} {each.detail}".strip()) for each in event.refused]
    drafts = [_draft(actor, event, part) for part in _parts(event)]
    TakenEvent.objects.update_or_create(
        person_id=actor.acting_person,
        uuid=event.uuid,
        defaults={
            "stamp": event.timestamp,
            "taken_at": clock.now(),
            "feed": feed,
            "refused": len(refused),
            "drafts": [str(draft.pk) for draft in drafts],
        },
    )
    ledger.record(actor.veiled(), "sharing.misp_event.taken", drafts=len(drafts), refused=len(refused))
    return TakenIn(drafts, refused)


def _unsent(actor: Actor, known: TakenEvent | None) -> list[Signal]:
    if known is None:
        return []
    rows = Signal.objects.visible_to(actor).filter(pk__in=known.drafts, author=actor.person)
    return list(rows.filter(state=State.DRAFT))


@dataclass(frozen=True)
class _Part:
    """Attributes of one level and one reach, few enough for one draft."""

    level: TLP
    reach: Reach
    attributes: Sequence[Attribute]
    place: int
    of: int


def _parts(event: Event) -> Iterator[_Part]:
    marked: dict[tuple[TLP, Reach], list[Attribute]] = {(event.level, event.reach): []}
    for attribute in event.attributes:
        marked.setdefault((attribute.level, attribute.reach), []).append(attribute)
    if len(marked) > 1 and not marked[event.level, event.reach]:
        del marked[event.level, event.reach]
    cut = [(mark, some) for mark, attributes in marked.items() for some in _cut(attributes)]
    for place, ((level, reach), some) in enumerate(cut, start=1):
        yield _Part(level, reach, some, place, len(cut))


def _cut(attributes: Iterable[Attribute]) -> list[list[Attribute]]:
    """Part attributes into as many lists as it takes for each to fit a draft."""
    lists: list[list[Attribute]] = [[]]
    room = _ROOM
    for attribute in attributes:
        size = len(_line(attribute)) + 1
        if size > room and lists[-1]:
            lists.append([])
            room = _ROOM
        lists[-1].append(attribute)
        room -= size
    return lists


def _draft(actor: Actor, event: Event, part: _Part) -> Signal:
    number = f" ({part.place}/{part.of})" if part.of > 1 else ""
    title = event.info[: MAX_TITLE - len(number)] + number
    draft = draft_signal(
        actor, content=Content("", "", title, _body(event, part)), marking=_marking(actor, event, part)
    )
    _add_unread(draft, part)
    sought = {value for each in part.attributes if each.is_to_be_found for value in each.observables}
    rows = SignalObservable.everything.filter(signal=draft).select_related("observable")
    known = {(value.type.value, value.value) for value in sought}
    unsought = [row.pk for row in rows if (row.observable.type, row.observable.value) not in known]
    SignalObservable.everything.filter(pk__in=unsought).update(objective=Objective.ANALYSE)
    return draft


def _add_unread(draft: Signal, part: _Part) -> None:
    """Propose what the text does not give away again: an account without its label, a name in an unusual form."""
    found = set(SignalObservable.everything.filter(signal=draft).values_list("observable__type", "observable__value"))
    values = dict.fromkeys(value for each in part.attributes for value in each.observables)
    unread = [Proposal(value, 0, 0, "", "misp") for value in values if (value.type.value, value.value) not in found]
    SignalObservable.everything.bulk_create(observable_rows(draft, unread))


def _marking(actor: Actor, event: Event, part: _Part) -> Marking:
    """Return the widest marking that level and reach both allow."""
    level = part.level
    if level is TLP.CLEAR and part.reach.width is not Width.EVERYBODY:
        level = TLP.GREEN  # what is CLEAR is everybody's, whatever the audience
    profile = default_profile()
    wishes = (
        *_wishes(actor, part.reach),
        *_wishes(actor, OWN),
        {Entry(EntryKind.PERSON, actor.acting_person, actor.acting_organisation)},
    )
    entries = next(
        lines for lines in wishes if lines and not refusals(level, profile, frozenset(entry.kind for entry in lines))
    )
    handling = Handling(Pap(event.pap)) if event.pap else Handling()
    return Marking(level, profile, frozenset(entries), handling=handling)


def _wishes(actor: Actor, reach: Reach) -> Iterator[set[Entry]]:
    match reach.width:
        case Width.EVERYBODY | Width.COMMUNITY:
            yield {Entry(EntryKind.COMMUNITY)}
        case Width.GROUP:
            yield {
                Entry(EntryKind.ORGANISATION, each.pk)
                for each in organisations_on_offer()
                if reach.organisations & {name.casefold() for name in (each.slug, each.name_ja, each.name_en)}
            }
        case Width.ORGANISATION:
            yield {Entry(EntryKind.ORGANISATION, actor.acting_organisation)}


def _body(event: Event, part: _Part) -> str:
    head = [f"MISP `{event.uuid}`", *(_code(text) for text in (event.organisation, event.date) if text)]
    lines = [" · ".join(head)]
    for label, texts in ((_("Tags"), event.tags), (_("Galaxies"), event.galaxies)):
        if texts:
            lines.append(f"{label}: {', '.join(map(_code, texts))}"[:4_000])
    if event.refused and part.place == 1:
        lines.append(_("Parts that were left out: %(number)d") % {"number": len(event.refused)})
    values = [_line(attribute) for attribute in part.attributes]
    return "\n\n".join([*lines, "\n".join(values)]).strip()


def _line(attribute: Attribute) -> str:
    """Return an attribute as a line: what can be looked for defanged, and everything from outside as code."""
    sought = [_labelled(value.type, defang(value)) for value in attribute.observables]
    shown = " ".join([*sought, *map(_code, rest_of(attribute.type, attribute.value))]) or _code(attribute.value)
    notes = [_code(attribute.comment)] if attribute.comment else []
    if attribute.proposed:
        notes.append(str(_("proposed, not accepted")))
    if attribute.seen:
        notes.append(_("seen: %(number)d") % {"number": attribute.seen})
    if attribute.doubted:
        notes.append(_("called a false positive: %(number)d") % {"number": attribute.doubted})
    return f"- {_code(attribute.label)} {shown}{' — ' if notes else ''}{', '.join(notes)}"


def _labelled(kind: ObservableType, value: str) -> str:
    """Return a value so that it is found again in the text: a user agent is known by its label alone."""
    return f"{'User-Agent: ' if kind is ObservableType.USER_AGENT else ''}{_code(value)}"


def _code(text: str) -> str:
    """Return a text as Markdown's code, in which nothing acts; several lines become one."""
    plain = " ".join(text.replace("`", "'").split())
    return f"`{plain}`"
