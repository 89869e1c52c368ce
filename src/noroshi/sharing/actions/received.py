"""What was received from elsewhere becomes a signal: drafted by a person, its objects going out with the signal."""

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import AuthorMode, Entry, EntryKind
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.core.errors import InvalidInput, NotFound, TooLarge
from noroshi.intel.domain.stix.deriving import Going, Terms, going_out
from noroshi.intel.domain.stix.tlp import LEVELS
from noroshi.intel.domain.stix.writing import written_moment
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.models import Parcel, Source, StixObject
from noroshi.intel.queries import objects_of
from noroshi.intel.stix_wording import LIMITS
from noroshi.sharing.actions.drafts import draft_signal
from noroshi.sharing.actions.marking import default_profile
from noroshi.sharing.actions.values import propose_values
from noroshi.sharing.domain.content import Content, Marking
from noroshi.sharing.domain.received import Received, body_of, words_of
from noroshi.sharing.models import Signal, SignalParcel

MOST_OBJECTS: Final = 1_000
"""Of a parcel that becomes one signal: what more a person cannot look over."""

MOST_UNHUNTED: Final = 50


@transaction.atomic
def draft_from_parcel(actor: Actor, parcel: Parcel) -> Signal:
    """Write a draft of what an own parcel says: words of its reports, the values that its patterns look for.

    It has the parcel's level, and goes out at no lower one. To whom it goes, what it is about and whom it strikes, its
    author says. Raises TooLarge where nobody could look it over.
    """
    found = objects_of(actor, parcel).order_by("position")[: MOST_OBJECTS + 1]
    rows = [decode(bytes(raw)) for raw in found.values_list("raw", flat=True)]
    if not rows:
        raise NotFound
    if len(rows) > MOST_OBJECTS:
        most = f"{MOST_OBJECTS:,}"
        raise TooLarge(_("A signal is made of at most %(most)s objects: this has more.") % {"most": most})
    received = words_of(rows)
    words = Content("", "", received.title or parcel.label or _("Received STIX"), _body(received))
    draft = draft_signal(actor, content=words, marking=_marking(actor, TLP(parcel.tlp)))
    SignalParcel.everything.create(signal=draft, parcel=parcel)
    propose_values(draft)
    return draft


def _body(received: Received) -> str:
    left = [f"`{limit.about}`: {LIMITS[limit.limit]}" for limit in received.limits[:MOST_UNHUNTED]]
    return body_of(received, left, _("What is not looked for"))


def _marking(actor: Actor, level: TLP) -> Marking:
    """The parcel's level; for everybody where that may be, else for the author alone, who then says for whom."""
    alone = Entry(EntryKind.PERSON, actor.acting_person, actor.acting_organisation)
    entry = Entry(EntryKind.COMMUNITY) if level <= TLP.AMBER else alone
    return Marking(level, default_profile(), frozenset({entry}))


def floor_of(signal: Signal) -> TLP | None:
    """Return the level below which a signal may not go: the strictest of what was received for it."""
    levels = SignalParcel.everything.filter(signal=signal).values_list("parcel__tlp", flat=True)
    return max(map(TLP, levels), default=None)


def check_floor(signal: Signal, *levels: TLP) -> None:
    """Raise InvalidInput where a signal would go out at a level below what was received for it."""
    floor = floor_of(signal)
    if floor is not None and any(level < floor for level in levels):
        raise InvalidInput("tlp", _("It holds what was received as %(tlp)s: no lower level.") % {"tlp": floor.label})


def hand_on_parcels(signal: Signal, anew: Signal) -> None:
    """Let what was received for a signal go out with the draft that is issued in its place."""
    for parcel in SignalParcel.everything.filter(signal=signal).values_list("parcel", flat=True):
        SignalParcel.everything.create(signal=anew, parcel_id=parcel)
    propose_values(anew)


def received_for(signal: Signal, *, signer: str) -> list[Going]:
    """Return the objects that were received for a signal as they go out with it, the last version of each."""
    parcels = SignalParcel.everything.filter(signal=signal).values("parcel")
    rows = StixObject.everything.filter(parcel__in=parcels).order_by("modified", "parcel", "position")
    last = {name: bytes(raw) for name, raw in rows.values_list("stix_id", "raw")}
    if not last:
        return []
    statements = dict(_statements(signal, last))
    terms = Terms(
        level=TLP(signal.tlp),
        profile=Profile(signal.profile),
        signer=signer,
        at=written_moment(signal.published_at or signal.changed_at),
        item=signal.pk,
        veiled=signal.author_mode != AuthorMode.NAMED,
    )
    return going_out([*{**statements, **last}.values()], terms)


def _statements(signal: Signal, objects: dict[str, bytes]) -> Iterator[tuple[str, bytes]]:
    """Yield the markings, other than levels, of some objects, as far as the organisation was sent what they say."""
    names = {name for raw in objects.values() for name in _marking_refs(decode(raw))} - {*LEVELS, *objects}
    levels = [level for level in TLP if level <= TLP(signal.tlp)]
    sent_in: dict[str, Any] = {"parcel__owner": signal.owner_id, "parcel__source": Source.RECEIVED}
    rows = StixObject.everything.filter(stix_id__in=names, parcel__tlp__in=levels, **sent_in)
    yield from ((name, bytes(raw)) for name, raw in rows.order_by("pk").values_list("stix_id", "raw"))


def _marking_refs(value: dict[str, Any]) -> Iterator[str]:
    yield from value.get("object_marking_refs", ())
    yield from (part["marking_ref"] for part in value.get("granular_markings", ()) if "marking_ref" in part)
