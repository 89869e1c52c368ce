"""What a signal says, in STIX: its parcel is kept to what the signal says now."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import transaction
from django.db.models import Max, QuerySet

from noroshi.core.domain.audience import AuthorMode, State
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.actions import publish_identity, publish_parcel, replace_parcel
from noroshi.intel.domain.observables import Observable, ObservableType
from noroshi.intel.domain.stix.header import Header, header_of
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.revoking import gone
from noroshi.intel.domain.stix.writing import as_bytes, is_same_said, written_moment
from noroshi.intel.models import Parcel, StixObject
from noroshi.intel.queries import doubts_about, seen
from noroshi.members.models import Organisation
from noroshi.members.queries import the_hub
from noroshi.sharing.actions.received import received_for
from noroshi.sharing.actions.rows import tag_names
from noroshi.sharing.domain.handling import Objective
from noroshi.sharing.domain.stix_signals import Remark, SignalSaid, Value, objects_of
from noroshi.sharing.models import Comment, Signal, SignalObservable, SignalVersion, StanceKind
from noroshi.sharing.queries.stances import stances_on

Written = tuple[Header, bytes]


@transaction.atomic
def say_in_stix(signal_id: UUID) -> None:
    """Bring the parcel of a signal to what the signal says now; called again, it changes nothing.

    What has changed is a new version of its object; what is no longer said is revoked. Where the level was lowered
    nothing is left of what was said under the old one: versions before, and what others had answered.
    """
    signal = Signal.everything.select_for_update().get(pk=signal_id)
    if signal.state == State.WITHDRAWN:
        _take_back(signal)
    elif signal.state == State.PUBLISHED:
        _say(signal)


def _say(signal: Signal) -> None:
    parcel = Parcel.everything.filter(pk=signal.pk).first()
    lowered = parcel is not None and (parcel.tlp, parcel.profile) != (signal.tlp, signal.profile)
    before = _latest(signal.pk)
    there = set() if lowered else _held(signal.pk)
    fresh = [each for each in received_for(signal, signer=_signer_of(signal)) if each.value["id"] not in there]
    held = sorted(there | {each.value["id"] for each in fresh})
    now = {each["id"]: each for each in objects_of(_said(signal, tuple(held)))}
    dropped = [] if lowered else _gone(value for name, value in before.items() if name not in now)
    (replace_parcel if lowered else publish_parcel)(
        signal,
        list(_changed([*now.values(), *dropped], before, signal.changed_at)),
        received=[(header_of(each.value), each.raw) for each in fresh if not each.is_derived],
        derived=list(_anew([each.value for each in fresh if each.is_derived], _derived(signal), signal.changed_at)),
        shown_at=signal.changed_at,
    )


def _take_back(signal: Signal) -> None:
    """Revoke what the signal said and what was derived for it; what went out as it came is its creator's to revoke."""
    before = {**_latest(signal.pk), **_derived(signal)}
    left = list(_changed(_gone(before.values()), before, signal.changed_at))
    if left:
        replace_parcel(signal, left, shown_at=signal.changed_at, state=State.PUBLISHED)


def _gone(objects: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    return [left for value in objects if (left := gone(value)) is not None]


def _latest(parcel: UUID) -> dict[str, dict[str, Any]]:
    """Return what the signal says of each object last, revoked ones too."""
    return _read(StixObject.everything.filter(parcel=parcel, received=False))


def _derived(signal: Signal) -> dict[str, dict[str, Any]]:
    """Return what was derived of objects that were received for the signal."""
    return _read(StixObject.everything.filter(parcel=signal.pk, derived=True))


def _read(rows: QuerySet[StixObject]) -> dict[str, dict[str, Any]]:
    found = rows.order_by("position").values_list("stix_id", "raw")
    return {name: msgspec.json.decode(raw) for name, raw in found}


def _held(parcel: UUID) -> set[str]:
    """Return the objects that were received for the signal, or derived of such, and went out with it."""
    return set(StixObject.everything.filter(parcel=parcel, received=True).values_list("stix_id", flat=True))


def _changed(
    objects: list[dict[str, Any]], before: dict[str, dict[str, Any]], changed_at: datetime
) -> Iterator[Written]:
    """Yield the objects that say something else than before, each as a version later than that."""
    for value in objects:
        known = before.get(value["id"])
        if known is not None and is_same_said(value, known):
            continue
        version = {**value, "modified": value["created"] if known is None else _later(known["modified"], changed_at)}
        yield header_of(version), as_bytes(version)


def _anew(objects: list[dict[str, Any]], before: dict[str, dict[str, Any]], changed_at: datetime) -> Iterator[Written]:
    """Yield derived objects, those that went out before (at another level) as a later version."""
    for value in objects:
        known = before.get(value["id"], {})
        later = {"modified": _later(known["modified"], changed_at)} if "modified" in known else {}
        yield header_of({**value, **later}), as_bytes({**value, **later})


def _later(version: str, moment: datetime) -> str:
    """Return `moment`, or the first one after the version before: two changes may fall into one vague hour."""
    return written_moment(max(moment, datetime.fromisoformat(version) + timedelta(milliseconds=1)))


def _said(signal: Signal, held: tuple[str, ...] = ()) -> SignalSaid:
    since = (
        SignalVersion.everything.filter(signal=signal).exclude(tlp=signal.tlp).aggregate(at=Max("replaced_at"))["at"]
    )
    told = seen(signal.pk, named_after=since)
    numbers, names = stances_on(signal, since)
    affected = [organisation for organisation, kind in names.items() if kind == StanceKind.AFFECTED]
    return SignalSaid(
        id=signal.pk,
        reference=signal.reference,
        kind=signal.kind,
        target=signal.target,
        title=signal.title,
        text=signal.words,
        level=TLP(signal.tlp),
        profile=Profile(signal.profile),
        author=_signer_of(signal),
        held=held,
        created=signal.published_at or signal.changed_at,
        expires=signal.expires_at,
        handling=signal.handling,
        values=tuple(_values(signal)),
        remarks=tuple(_remarks(signal, since)),
        seen=told.number,
        seen_by=_identities(told.named),
        affected=numbers.get(StanceKind.AFFECTED),
        affected_by=_identities(affected),
        hub=_identity_of(None),
        grading=signal.grading,
        tags=tuple(tag_names(signal)),
    )


def _values(signal: Signal) -> Iterator[Value]:
    rows = SignalObservable.everything.filter(signal=signal).select_related("observable").order_by("pk")
    doubts = doubts_about([row.observable_id for row in rows], signal.world)
    for row in rows:
        value = Observable(ObservableType(row.observable.type), row.observable.value)
        yield Value(value, Objective(row.objective), bool(row.benign), doubts.get(row.observable_id))


def _remarks(signal: Signal, since: datetime | None) -> Iterator[Remark]:
    """What was said under the level of now; what came before keeps the level under which it was said."""
    rows = Comment.everything.filter(signal=signal).select_related("author__organisation").order_by("place")
    for row in rows.filter(created_at__gt=since) if since else rows:
        speaks = row.author if row.author_mode == AuthorMode.NAMED else None
        yield Remark(row.pk, row.body, _identity_of(speaks.organisation if speaks else None), row.created_at)


def _identities(organisations: Collection[UUID]) -> tuple[str, ...]:
    return tuple(publish_identity(row) for row in Organisation.objects.filter(pk__in=organisations).order_by("pk"))


def _signer_of(signal: Signal) -> str:
    return _identity_of(signal.owner if signal.author_mode == AuthorMode.NAMED else None)


def _identity_of(organisation: Organisation | None) -> str:
    """Return who signs: the organisation, or the hub for whoever is not named; where there is no hub, nobody known."""
    signs = organisation or the_hub()
    return publish_identity(signs) if signs is not None else stable_id("identity", "hub")
