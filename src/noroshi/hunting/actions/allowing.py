"""Writes of allow-lists, and the judgement of hits by them.

A hit that its organisation allows stays written, with what allows it, and is told to nobody. Which hits that are is
decided when they are written, and again when the list changes or a line of it ends: `judge_hits` sets what follows from
the list as it is now, so it may be repeated. What becomes a hit by that is told then.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotFound, TooLarge
from noroshi.hunting import policy, queries
from noroshi.hunting.actions.detections import stated_reason
from noroshi.hunting.actions.hits import hold_hits, tell_owner
from noroshi.hunting.actions.hunts import values_in
from noroshi.hunting.engine import Needle
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import AllowedValue, Hit, Hunt
from noroshi.intel.domain.observables import InvalidObservable, Observable, ObservableType, parse_observable
from noroshi.members.models import Organisation

MAX_ALLOWED: Final = 10_000
"""Lines of one organisation's list."""

_OF_PERSONS: Final = (ObservableType.ACCOUNT, ObservableType.EMAIL, ObservableType.IPV4, ObservableType.IPV6)


@dataclass(frozen=True)
class Allowed:
    """What came of a list: the values that are allowed now, and (line or value, reason) of those that are not.

    The reason is empty where no value was recognised.
    """

    values: list[AllowedValue]
    refused: list[tuple[str, str]]


def allow_values(actor: Actor, *, text: str, reason: str, until: datetime | None = None) -> Allowed:
    """Allow the values of `text`, one a line, in the logs of the actor's own organisation, up to a moment (None: ever).

    A value that is allowed already takes the new reason and end. Raises InvalidInput where nothing can be allowed.
    """
    return allow_for(actor, organisation=policy.require_hunter(actor), text=text, reason=reason, until=until)


def allow_for(actor: Actor, *, organisation: UUID, text: str, reason: str, until: datetime | None = None) -> Allowed:
    """Do the same for an organisation: the installation's own shell."""
    why = stated_reason(reason)
    _require_future(until)
    found = values_in(text)
    covering = open_lake().covering(Needle(value.type, value.value) for value in found.values)
    wanted = [value for value in found.values if Needle(value.type, value.value) in covering.needles]
    if not wanted:
        raise InvalidInput("values", _("No line names a value that can be allowed."))
    with transaction.atomic():
        rows = [_row(actor, organisation, value, why, until) for value in wanted]
        held = _write(actor, organisation, rows)
        ledger.record(actor, "hunting.value.allowed", Organisation(pk=organisation), values=len(rows))
    return Allowed(held, [*((line, "") for line in found.refused), *covering.refused])


@transaction.atomic
def change_allowed(actor: Actor, line: AllowedValue, *, reason: str, until: datetime | None) -> None:
    """Give a line of the own list another reason and end."""
    organisation = policy.require_hunter(actor)
    _require_future(until)
    said = {"reason": stated_reason(reason), "until": until, "added_by": actor.person, "added_at": clock.now()}
    if not AllowedValue.everything.filter(pk=line.pk, organisation=organisation).update(**said):
        raise NotFound
    ledger.record(actor, "hunting.value.allowed", Organisation(pk=organisation), values=1)


def disallow_values(actor: Actor, *, lines: Iterable[AllowedValue]) -> int:
    """Take lines off the own allow-list; what they suppressed is a hit again, and told. Return how many they were."""
    return disallow_for(actor, organisation=policy.require_hunter(actor), lines=lines)


@transaction.atomic
def disallow_for(actor: Actor, *, organisation: UUID, lines: Iterable[AllowedValue]) -> int:
    """Do the same for an organisation: the installation's own shell."""
    rows = AllowedValue.everything.filter(organisation=organisation, pk__in=[line.pk for line in lines])
    leaving = set(rows.values_list("pk", flat=True))
    if leaving:
        ledger.record(actor, "hunting.value.disallowed", Organisation(pk=organisation), values=len(leaving))
        _judge(organisation, Hit.everything.filter(allowed__in=leaving), leaving)
        rows.delete()
    return len(leaving)


@transaction.atomic
def read_allow_list(actor: Actor, *, organisation: Organisation) -> list[AllowedValue]:
    """Return an organisation's allow-list to the installation's own shell; that it was read is on record."""
    lines = list(queries.allowed_by(organisation))
    ledger.record(actor, "hunting.value.listed", organisation, values=len(lines))
    return lines


@transaction.atomic
def judge_hits(organisation: Organisation) -> None:
    """Judge all hits of an organisation by its allow-list as it is now."""
    _judge(organisation.pk, Hit.everything.filter(organisation=organisation))


def forget_allowed(actor: Actor, organisation: Organisation, subject: str) -> int:
    """Take a person's account or address off an organisation's allow-list; return how many lines that were."""
    names = Q(pk__in=())
    for kind in _OF_PERSONS:
        try:
            names |= Q(type=kind, value=parse_observable(kind, subject).value)
        except InvalidObservable:
            continue
    lines = AllowedValue.everything.filter(names, organisation=organisation)
    return disallow_for(actor, organisation=organisation.pk, lines=lines)


def _require_future(until: datetime | None) -> None:
    if until is not None and until <= clock.now():
        raise InvalidInput("until", _("The last day is over already."))


def _row(actor: Actor, organisation: UUID, value: Observable, reason: str, until: datetime | None) -> AllowedValue:
    return AllowedValue(
        organisation_id=organisation,
        type=value.type,
        value=value.value,
        digest=hashlib.sha256(f"{value.type}\n{value.value}".encode()).hexdigest(),
        reason=reason,
        until=until,
        added_by_id=actor.person,
        added_at=clock.now(),
        world=actor.world,
    )


def _write(actor: Actor, organisation: UUID, rows: list[AllowedValue]) -> list[AllowedValue]:
    """Write the lines, and return them as they are held: one that was there keeps its number."""
    AllowedValue.everything.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["organisation", "world", "digest"],
        update_fields=["reason", "until", "added_by", "added_at"],
    )
    known = AllowedValue.everything.filter(organisation=organisation, world=actor.world)
    if known.count() > MAX_ALLOWED:
        raise TooLarge(_("An allow-list has at most %(limit)s values.") % {"limit": f"{MAX_ALLOWED:,}"})
    held = {row.digest: row for row in known.select_related("added_by")}
    return [held[row.digest] for row in rows]


def _judge(organisation: UUID, hits: QuerySet[Hit], leaving: Collection[UUID] = ()) -> None:
    """Set what allows each of some hits now, and tell of those that nothing allows any more."""
    hold_hits(organisation)
    known = queries.allow_list_of(organisation, leaving)
    changed: list[Hit] = []
    new: Counter[UUID] = Counter()
    for hit in hits.only("type", "value", "allowed", "hunt").iterator():
        line = known.allowing(hit.type, hit.value)
        if hit.allowed_id != (line and line.pk):
            new[hit.hunt_id] += line is None
            hit.allowed = line
            changed.append(hit)
    Hit.everything.bulk_update(changed, ["allowed"], batch_size=500)
    for hunt in Hunt.everything.filter(pk__in=new, signal__isnull=False).order_by("pk"):
        tell_owner(hunt, organisation, new[hunt.pk])
