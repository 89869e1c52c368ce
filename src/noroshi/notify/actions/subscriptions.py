"""What people choose to hear of."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import time
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.kit.domain.plain_text import one_line
from noroshi.members.models import InstitutionKind
from noroshi.notify.domain.delivery import DIGEST_AT
from noroshi.notify.models import Delivery, NoticeKind, Preferences, Subscription, Weekday
from noroshi.notify.presenters import kinds_on_offer, values_in
from noroshi.notify.queries import USUAL, own_subscriptions, preferences_of, subscription_of, usual_subscriptions

MOST_SUBSCRIPTIONS: Final = 50
MOST_ASSETS: Final = 300
MOST_VALUES: Final = 300
LONGEST_ASSET: Final = 80
LONGEST_TEXT: Final = 20_000
CHOSEN: Final = tuple(kind for kind in NoticeKind if kind not in (NoticeKind.HIT, NoticeKind.SEARCH))
"""Kinds of notice that people choose about: hits in the own logs always come, and each saved search has its own."""


@dataclass(frozen=True)
class Wanted:
    """A subscription as a person describes it; `values` is text in which addresses, domains and hashes stand."""

    notices: Collection[str] = ("signal", "amended", "withdrawn")
    label: str = ""
    signal_kinds: Collection[str] = ()
    groups: Collection[UUID] = ()
    sectors: Collection[str] = ()
    words: str = ""
    values: str = ""
    names_assets: bool = False
    delivery: str = Delivery.AT_ONCE
    at: time = field(default=DIGEST_AT)
    weekday: int = Weekday.MONDAY


@dataclass(frozen=True)
class Timing:
    """When a subscription's mail goes."""

    delivery: str = Delivery.AT_ONCE
    at: time = field(default=DIGEST_AT)
    weekday: int = Weekday.MONDAY


@transaction.atomic
def add_subscription(actor: Actor, *, wanted: Wanted) -> Subscription:
    """Subscribe the actor to what `wanted` describes."""
    row = described(actor, wanted)
    settle(actor)
    if own_subscriptions(actor).count() >= MOST_SUBSCRIPTIONS:
        raise Conflict(_("You have %(number)d subscriptions: delete one first.") % {"number": MOST_SUBSCRIPTIONS})
    row.save()
    ledger.record(actor, "notify.subscription.added", row, delivery=row.delivery)
    return row


@transaction.atomic
def change_subscription(actor: Actor, subscription: Subscription, *, wanted: Wanted) -> Subscription:
    """Make a subscription what `wanted` describes."""
    old = subscription_of(actor, subscription.pk)
    row = described(actor, wanted)
    row.pk, row.created_at, row.paused_at = old.pk, old.created_at, old.paused_at
    row.save(force_update=True)
    ledger.record(actor, "notify.subscription.changed", row, delivery=row.delivery)
    return row


@transaction.atomic
def pause_subscription(actor: Actor, subscription: Subscription, *, paused: bool) -> Subscription:
    """Let a subscription rest, or wake it."""
    row = subscription_of(actor, subscription.pk)
    row.paused_at = clock.now() if paused else None
    row.save(update_fields=["paused_at"])
    ledger.record(actor, "notify.subscription.paused", row, paused=paused)
    return row


@transaction.atomic
def delete_subscription(actor: Actor, subscription: Subscription) -> None:
    """End a subscription. What it spoke for stays in the inbox, and is mailed no more."""
    row = subscription_of(actor, subscription.pk)
    ledger.record(actor, "notify.subscription.deleted", row)
    row.delete()


@transaction.atomic
def subscribe_by_search(actor: Actor, *, label: str, timing: Timing, subscription: Subscription | None) -> Subscription:
    """Subscribe the actor to what a saved search finds, or change that `subscription`; a room above finds it."""
    _check_timing(timing)
    row = subscription or Subscription(person_id=actor.acting_person, notices=[NoticeKind.SEARCH.value])
    row.label, row.delivery, row.weekday = label, timing.delivery, timing.weekday
    row.at = timing.at.replace(second=0, microsecond=0, tzinfo=None)
    row.save()
    return row


@transaction.atomic
def set_preferences(
    actor: Actor, *, quiet_from: time | None = None, quiet_until: time | None = None, assets: str = ""
) -> Preferences:
    """Set the actor's quiet hours, and the list of the own products and systems (one a line)."""
    if (quiet_from is None) != (quiet_until is None):
        raise InvalidInput("quiet_until", _("Quiet hours need a beginning and an end."))
    chosen = preferences_of(actor.acting_person)
    chosen.quiet_from, chosen.quiet_until, chosen.assets = quiet_from, quiet_until, _phrases(assets)
    chosen.save()
    ledger.record(actor, "notify.preferences.set", assets=len(chosen.assets), quiet=chosen.quiet is not None)
    return chosen


@transaction.atomic
def settle(actor: Actor) -> None:
    """Write down what is usual for the actor, as subscriptions that can be changed, paused and deleted.

    A kind of notice that a later version brings is settled when the person next chooses something; until then it
    goes the usual way.
    """
    person = actor.acting_person
    chosen = preferences_of(person)
    usual = usual_subscriptions(person, chosen.settled)
    if usual:
        Subscription.objects.bulk_create(usual)
        chosen.settled = sorted(kind.value for kind in USUAL)
        chosen.save()


def described(actor: Actor, wanted: Wanted) -> Subscription:
    """Return the subscription (not saved) that `wanted` describes; raise InvalidInput on what cannot be."""
    if actor.person is None:
        raise NotAllowed(_("Only people have an inbox."))
    if actor.is_supervisor:
        raise NotFound
    _check(actor, wanted)
    return Subscription(
        person_id=actor.person,
        label=one_line(wanted.label),
        notices=sorted(set(wanted.notices)),
        signal_kinds=sorted(set(wanted.signal_kinds)),
        groups=sorted(map(str, set(wanted.groups))),
        sectors=sorted(set(wanted.sectors)),
        words=" ".join(wanted.words.split()),
        values=_values(wanted.values),
        names_assets=wanted.names_assets,
        delivery=wanted.delivery,
        at=wanted.at.replace(second=0, microsecond=0, tzinfo=None),
        weekday=wanted.weekday,
    )


def _check(actor: Actor, wanted: Wanted) -> None:
    _among("notices", wanted.notices, {kind.value for kind in CHOSEN}, _("Choose what you want to hear of."))
    if not wanted.notices:
        raise InvalidInput("notices", _("Choose what you want to hear of."))
    known = {str(value) for value, _label in kinds_on_offer()}
    _among("signal_kinds", wanted.signal_kinds, known, _("There is no such kind of signal."))
    _among("sectors", wanted.sectors, set(InstitutionKind.values), _("There is no such kind of institution."))
    _check_timing(wanted)
    if not actor.groups.issuperset(wanted.groups):
        raise InvalidInput("groups", _("You can only choose among your own groups."))
    for name, longest in (("label", 80), ("words", 200), ("values", LONGEST_TEXT)):
        if len(getattr(wanted, name)) > longest:
            raise InvalidInput(name, _("This may have %(number)d characters at most.") % {"number": longest})


def _check_timing(chosen: Wanted | Timing) -> None:
    _among("delivery", [chosen.delivery], set(Delivery.values), _("There is no such delivery."))
    _among("weekday", [chosen.weekday], set(Weekday.values), _("There is no such day of the week."))


def _among(name: str, chosen: Collection[object], known: Collection[object], sentence: str) -> None:
    if not set(chosen) <= set(known):
        raise InvalidInput(name, sentence)


def _values(text: str) -> list[str]:
    found = values_in(text)
    if text.strip() and not found:
        raise InvalidInput("values", _("There is no address, domain or hash in this text."))
    if len(found) > MOST_VALUES:
        raise InvalidInput("values", _("At most %(number)d values.") % {"number": MOST_VALUES})
    return found


def _phrases(text: str) -> list[str]:
    """Return the lines of the list of assets, each once."""
    lines = list(dict.fromkeys(line for raw in text[:LONGEST_TEXT].splitlines() if (line := " ".join(raw.split()))))
    if len(lines) > MOST_ASSETS or any(len(line) > LONGEST_ASSET for line in lines):
        sentence = _("At most %(number)d lines of %(length)d characters.")
        raise InvalidInput("assets", sentence % {"number": MOST_ASSETS, "length": LONGEST_ASSET})
    return lines
