"""Counting what accounts do: told when it is much, refused when it is too much, lifted by the hub.

A reading writes its receipt, and its count in the same transaction; what is looked at again within the hour writes
neither. So counting costs a page that is read again nothing.
"""

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, TooMany
from noroshi.members import policy
from noroshi.members.domain.meters import WINDOWS, Bounds, Measure
from noroshi.members.models import Alarm, Meter

LONGEST_LIFT: Final = 30
KEPT: Final = timedelta(days=400)
"""Alarms are kept for so long: a year can be looked back upon."""

SENTENCES: Final = {
    Measure.READING: gettext_lazy("This account has read %(most)d signals within an hour, the most that one may."),
    Measure.PAGING: gettext_lazy(
        "This account has turned %(most)d pages of lists within an hour, the most that one may."
    ),
    Measure.MISSING: gettext_lazy("This account has asked %(most)d times within an hour for what is not there."),
    Measure.ADDRESSES: gettext_lazy("This token was used from %(most)d addresses within a day, the most that one may."),
}


def bounds_of(measure: Measure) -> Bounds:
    """Return from when on so much of it is told and refused here."""
    if measure is Measure.REFUSED:
        return Bounds(settings.TOKEN_REFUSALS)
    name = "ADDRESS" if measure is Measure.ADDRESSES else measure.name
    return Bounds(*getattr(settings, f"{name}_LIMITS"))


@transaction.atomic
def count(actor: Actor, measure: Measure, number: int = 1) -> TooMany | None:
    """Count that the actor's account does `number` of something; return the refusal where that is too much.

    It is returned, for the caller to raise outside of its transaction: the ledger keeps that it was refused.
    """
    if actor.organisation is None:
        return None
    meter, bounds = _meter_of(actor, measure), bounds_of(measure)
    free = _is_lifted(meter)
    if bounds.is_refused(meter.count + number) and not free:
        _stop(actor, meter)
        return _refusal(meter, bounds)
    meter.count += number
    if bounds.is_told(meter.count) and meter.alarm is None and not free:
        meter.alarm = _alarm(actor, meter)
        ledger.record(actor, "members.alarm.raised", meter.alarm, measure=measure, count=meter.count)
    meter.save()
    return None


def refusal_of(actor: Actor, measure: Measure) -> TooMany | None:
    """Return why the account may do no more of something for now; None where it may."""
    if actor.organisation is None:
        return None
    stopped = Meter.objects.filter(holder=_holder(actor), measure=measure, alarm__stopped_at__isnull=False)
    meter = stopped.select_related("alarm").first()
    if meter is None or _is_over(meter) or _is_lifted(meter):
        return None
    return _refusal(meter, bounds_of(measure))


@transaction.atomic
def lift_alarm(actor: Actor, *, alarm: Alarm, days: int) -> None:
    """Let an account go on, and do as much as it likes for some days: the hub knows what for."""
    policy.require_community(actor)
    if not 1 <= days <= LONGEST_LIFT:
        raise InvalidInput("days", _("For 1 to %(number)d days.") % {"number": LONGEST_LIFT})
    holder = alarm.token_id or alarm.person_id or alarm.organisation_id
    lifted = {"lifted_until": clock.now() + timedelta(days=days)}
    fresh = {**lifted, "began_at": clock.now()}
    Meter.objects.update_or_create(holder=holder, measure=alarm.measure, defaults=lifted, create_defaults=fresh)
    ledger.record(actor, "members.alarm.lifted", alarm, measure=alarm.measure, days=days)


def forget_meters() -> int:
    """Forget what was counted in windows that are over, and old alarms; return how many meters."""
    now = clock.now()
    Alarm.objects.filter(raised_at__lt=now - KEPT).delete()
    over = Meter.objects.filter(began_at__lt=now - max(WINDOWS.values()))
    return over.exclude(lifted_until__gt=now).delete()[0]


def _holder(actor: Actor) -> UUID:
    """Return whose meter it is: the token's, the person's, or that of a machine of the house without one."""
    return actor.token or actor.person or actor.acting_organisation


def _meter_of(actor: Actor, measure: Measure) -> Meter:
    """Return the account's meter, locked until the transaction ends, set back where its window is over."""
    now, key = clock.now(), {"holder": _holder(actor), "measure": measure}
    locked = Meter.objects.select_for_update(of=("self",)).select_related("alarm")
    meter = locked.filter(**key).first()
    if meter is None:  # its first time: somebody else may be making it at this moment
        Meter.objects.get_or_create(**key, defaults={"began_at": now})
        meter = locked.get(**key)
    if _is_over(meter):
        meter.began_at, meter.count, meter.alarm = now, 0, None
    return meter


def _is_over(meter: Meter) -> bool:
    return meter.began_at + WINDOWS[Measure(meter.measure)] <= clock.now()


def _is_lifted(meter: Meter) -> bool:
    return meter.lifted_until is not None and meter.lifted_until > clock.now()


def _alarm(actor: Actor, meter: Meter) -> Alarm:
    return Alarm.objects.create(
        measure=meter.measure,
        organisation_id=actor.acting_organisation,
        person_id=actor.person,
        token_id=actor.token,
        channel=actor.channel,
        count=meter.count,
        began_at=meter.began_at,
    )


def _stop(actor: Actor, meter: Meter) -> None:
    """Write down, once in a window, that more is refused."""
    meter.alarm = meter.alarm or _alarm(actor, meter)
    if meter.alarm.stopped_at is None:
        meter.alarm.stopped_at, meter.alarm.count = clock.now(), meter.count
        meter.alarm.save(update_fields=["stopped_at", "count"])
        ledger.record(actor, "members.alarm.stopped", meter.alarm, measure=meter.measure, count=meter.count)
        meter.save()


def _refusal(meter: Meter, bounds: Bounds) -> TooMany:
    ends = meter.began_at + WINDOWS[Measure(meter.measure)]
    sentence = SENTENCES[Measure(meter.measure)] % {"most": bounds.most}
    more = _("It goes on at %(time)s, or as soon as the hub lets it.")
    here = formats.time_format(timezone.localtime(ends), "H:i")
    return TooMany(f"{sentence} {more % {'time': here}}", retry_after=int((ends - clock.now()).total_seconds()) + 1)
