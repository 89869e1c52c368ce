"""STIX that is sent in: checked object by object, held at its level by the sender's organisation until it is shared.

What is refused is held at its level, too, for a while: whoever reads a broken object reads what it says.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import InvalidInput, TooLarge
from noroshi.intel import policy
from noroshi.intel.actions.parcels import fill, show
from noroshi.intel.domain.batches import in_batches
from noroshi.intel.domain.stix.check import check_stream, is_taken_in
from noroshi.intel.domain.stix.header import Header, header_of, since_1970
from noroshi.intel.domain.stix.levels import Survey, survey
from noroshi.intel.domain.stix.packed import PackedError, unpacked
from noroshi.intel.domain.stix.reading import Element
from noroshi.intel.domain.stix.rules import Problem, Rule, found, shown
from noroshi.intel.domain.stix.tlp import LEVELS
from noroshi.intel.domain.strict_json import decode
from noroshi.intel.models import Parcel, RefusedObject, Source, StixObject
from noroshi.intel.stix_wording import reasons

UNSHARED: Final = TLP.GREEN
"""The lowest level of a parcel that nobody has decided about: CLEAR would be public by itself."""

MAX_LABEL: Final = 200

MOST_AHEAD: Final = timedelta(days=1)
"""How far a version may lie in the future: one of next year would stand before all that are true until then."""

LEFT_OVER: Final = timedelta(days=1)
"""Drafts of nobody that are older were left by a process that was killed."""

MOST_KEPT: Final = 1_000
"""Refused objects that are kept of one sending at one level."""

LARGEST_KEPT: Final = 64 * 1024
"""Bytes of a refused object that is kept; of a larger one the reasons alone."""

KEPT_FOR: Final = timedelta(days=30)

_PIECE: Final = 10_000
"""Objects deleted by one statement, so that nobody waits long for a turn to write."""


@dataclass(frozen=True)
class Outcome:
    """What became of one object that was sent in: taken, or refused with a reason."""

    place: int
    stix_id: str
    version: str
    reason: str = ""


@dataclass
class Tally:
    """What became of all that was sent in at once; the parcels that it was put into, by level."""

    accepted: int = 0
    refused: int = 0
    parcels: dict[TLP, Parcel] = field(default_factory=dict)


Tell = Callable[[Outcome], object]


def receive(
    actor: Actor,
    stream: IO[bytes],
    *,
    label: str,
    tell: Tell = lambda _outcome: None,
    most: int | None = None,
) -> Tally:
    """Take in the objects of a bundle, an envelope, a list or one object; `tell` hears of each what became of it.

    `stream` is plain or gzip (unpacked at most `most` bytes, else TooLarge). It is read twice, since what comes later
    may say how narrow something earlier is. What is taken in is shown to the sender's organisation at the end and not
    before: whoever kills it halfway has sent nothing. The same version sent again is taken without a word, and not kept
    twice.
    """
    policy.require_receiver(actor)
    try:
        return _taken(_Arriving(actor, label, tell), unpacked(stream, most=most))
    except PackedError as error:
        if error.too_large:
            raise TooLarge(_("The file is too large when it is unpacked.")) from error
        raise InvalidInput("file", _("The gzip file is damaged.")) from error


def _taken(arriving: "_Arriving", stream: IO[bytes]) -> Tally:
    start = stream.tell()
    arriving.told = survey(stream)
    stream.seek(start)
    try:
        for batch in in_batches(check_stream(stream)):
            arriving.take(batch)
        arriving.end()
    except BaseException:  # even where the process is told to stop: what came so far goes
        arriving.give_up()
        raise
    return arriving.tally


def replay_refused(actor: Actor, parcel: Parcel) -> Tally:
    """Read again what was refused of an own parcel: what is taken now leaves the quarantine, at its level or above."""
    policy.require_receiver(actor)
    kept = RefusedObject.objects.visible_to(actor).filter(parcel=parcel).order_by("place")
    rows = [(row.pk, bytes(row.raw)) for row in kept if _is_readable(bytes(row.raw))]
    told: list[Outcome] = []
    again = _Arriving(actor, parcel.label, told.append, floor=TLP(parcel.tlp), keeps_refused=False)
    tally = _taken(again, io.BytesIO(b"[" + b",".join(raw for _pk, raw in rows) + b"]"))
    taken = [pk for (pk, _raw), outcome in zip(rows, told, strict=True) if not outcome.reason]
    with transaction.atomic():
        gone = RefusedObject.everything.filter(pk__in=taken).delete()[0]
        Parcel.everything.filter(pk=parcel.pk).update(refused=F("refused") - gone)
        ledger.record(actor, "intel.quarantine.replayed", parcel, objects=gone, left=tally.refused)
    return tally


def _is_readable(raw: bytes) -> bool:
    try:
        decode(raw)
    except ValueError:
        return False
    return True


def forget_refused() -> int:
    """Delete the refused objects of parcels that came long ago; return how many there were."""
    return RefusedObject.everything.filter(parcel__shown_at__lt=clock.now() - KEPT_FOR).delete()[0]


def clear_left_over() -> int:
    """Delete what a process left halfway when it was killed; return how many parcels there were.

    Nobody has seen it: a parcel on its way in is a draft of nobody.
    """
    on_the_way = Parcel.everything.filter(source=Source.RECEIVED, state=State.DRAFT, author=None)
    drafts = list(on_the_way.filter(shown_at__lt=clock.now() - LEFT_OVER).values_list("pk", flat=True))
    for parcel in drafts:
        _forget(parcel)
    return len(drafts)


def _forget(parcel: UUID) -> None:
    """Delete a draft with what is in it, some at a time."""
    rows = StixObject.everything.filter(parcel=parcel)
    while positions := list(rows.order_by("position").values_list("position", flat=True)[:_PIECE]):
        rows.filter(position__lte=positions[-1]).delete()
    Parcel.everything.filter(pk=parcel).delete()


class _Arriving:
    """One sending on its way in. Its parcels are drafts of nobody, which no one sees, until it has ended."""

    def __init__(
        self, actor: Actor, label: str, tell: Tell, *, floor: TLP = UNSHARED, keeps_refused: bool = True
    ) -> None:
        self.tally = Tally()
        self.told = Survey()
        """What the objects say of each other."""
        self._actor = actor
        self._label = label
        self._tell = tell
        self._floor = floor
        self._keeps_refused = keeps_refused
        self._refused: list[RefusedObject] = []
        self._levels = policy.received_levels(actor)
        self._latest = since_1970(clock.now() + MOST_AHEAD)

    @transaction.atomic
    def take(self, batch: list[tuple[Element, list[Problem]]]) -> None:
        taken = list(self._sorted_out(batch))
        known = self._known({header.stix_id for _level, header, _raw in taken})
        by_level: dict[TLP, list[tuple[Header, bytes]]] = {}
        for level, header, raw in taken:
            key = (header.stix_id, header.modified)
            if key not in known or known[key] < level:
                known[key] = level
                by_level.setdefault(level, []).append((header, raw))
        for level, objects in by_level.items():
            fill(self._parcel(level), objects)
        RefusedObject.everything.bulk_create(self._refused)
        self._refused.clear()

    @transaction.atomic
    def end(self) -> None:
        """Show what came in to the sender's organisation, and write it down."""
        for level, parcel in self.tally.parcels.items():
            parcel.state, parcel.author_id = State.PUBLISHED, self._actor.person
            parcel.save(update_fields=["state", "author", "refused"])
            show(parcel)
            counts: dict[str, Any] = {"objects": parcel.size, "refused": parcel.refused}
            ledger.record(self._actor, "intel.parcel.received", parcel, tlp=level, **counts)

    def give_up(self) -> None:
        """Leave nothing behind."""
        for parcel in self.tally.parcels.values():
            _forget(parcel.pk)

    def _sorted_out(self, batch: list[tuple[Element, list[Problem]]]) -> Iterator[tuple[TLP, Header, bytes]]:
        """Yield what is taken in, and tell of each what becomes of it.

        The canonical markings of the TLP are the same everywhere, and are taken without being kept.
        """
        for element, problems in batch:
            if not is_taken_in(problems):
                self._refuse(element, problems)
                continue
            header = header_of(element.value)
            level = max(self.told.level_of(element.value), self._floor)
            if objection := self._objection(header, level):
                self._refuse(element, objection)
                continue
            self.tally.accepted += 1
            self._tell(Outcome(element.place, header.stix_id, header.version))
            if header.stix_id not in LEVELS:
                yield level, header, element.raw

    def _objection(self, header: Header, level: TLP) -> list[Problem]:
        """Return why an object of STIX is not taken in nevertheless; nothing where it is."""
        if level not in self._levels:
            return found(Rule.LEVEL, value=level.label)
        if header.modified > self._latest:
            return found(Rule.FUTURE, value=header.version)
        return []

    def _refuse(self, element: Element, problems: list[Problem]) -> None:
        said = element.value if isinstance(element.value, dict) else {}
        name, version = (text if isinstance(text := said.get(key), str) else "" for key in ("id", "modified"))
        self.tally.refused += 1
        self._tell(Outcome(element.place, name, version, reasons(problems)))
        level = max(self.told.level_of_refused(element.value, problems), self._floor)
        if self._keeps_refused and level in self._levels:
            self._set_aside(self._parcel(level), element, name, problems)

    def _set_aside(self, parcel: Parcel, element: Element, name: str, problems: list[Problem]) -> None:
        """Keep an object that is refused, as far as there is room; what came by a way too wide for it is not kept."""
        if parcel.refused < MOST_KEPT:
            row = RefusedObject(
                parcel=parcel,
                place=element.place,
                stix_id=shown(name),
                problems=[problem.stored for problem in problems],
                raw=element.raw if len(element.raw) <= LARGEST_KEPT else b"",
            )
            self._refused.append(row)
        parcel.refused += 1

    def _known(self, names: set[str]) -> dict[tuple[str, int], TLP]:
        """The versions of objects that the sender has sent in already, and at which level."""
        sent = {"parcel__owner": self._actor.acting_organisation, "parcel__source": Source.RECEIVED}
        before = StixObject.objects.visible_to(self._actor).filter(stix_id__in=names, **sent)
        now = StixObject.everything.filter(stix_id__in=names, parcel__in=self.tally.parcels.values())
        known: dict[tuple[str, int], TLP] = {}
        for rows in (before, now):
            for name, modified, level in rows.values_list("stix_id", "modified", "parcel__tlp"):
                known[name, modified] = max(known.get((name, modified), TLP(level)), TLP(level))
        return known

    def _parcel(self, level: TLP) -> Parcel:
        if level not in self.tally.parcels:
            self.tally.parcels[level] = Parcel.everything.create(
                owner_id=self._actor.acting_organisation,
                tlp=level,
                state=State.DRAFT,
                world=self._actor.world,
                source=Source.RECEIVED,
                label=self._label[:MAX_LABEL],
            )
        return self.tally.parcels[level]


def delete_received(actor: Actor, *, stix_id: str, versions: frozenset[int] | None = None) -> int:
    """Delete what the actor's organisation sent in under this id, or some versions of it; return how many there were.

    Only what lies in triage can go: what was shared is withdrawn where it was shared.
    """
    policy.require_receiver(actor)
    own = Parcel.objects.visible_to(actor).filter(source=Source.RECEIVED, owner=actor.acting_organisation)
    with transaction.atomic():
        rows = StixObject.everything.filter(stix_id=stix_id, parcel__in=own)
        gone = (rows if versions is None else rows.filter(modified__in=versions)).delete()[0]
        if gone:
            ledger.record(actor, "intel.object.deleted", objects=gone)
    return gone
