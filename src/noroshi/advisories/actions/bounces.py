"""Mail that came back: counted where it names a mail of ours, and its address written to no more when it is enough."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from noroshi.advisories import policy
from noroshi.advisories.domain.bounces import MOST_BYTES, Bounce, Kind, read_bounce
from noroshi.advisories.domain.mail_files import letters_in
from noroshi.advisories.magazine_returns import whose_return
from noroshi.advisories.models import Delivery, DeliveryState, Fate, ReturnedMail, Standing, Subscriber
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor

WITHIN: Final = timedelta(days=30)
MOST_TEMPORARY: Final = 3


@dataclass(frozen=True)
class Taken:
    """What became of one letter."""

    fate: Fate
    delivery: Delivery | None = None
    """The mail that it is about."""
    detail: str = ""
    """Why that came back."""
    stopped: int = 0
    """Addresses that are written to no more because of it."""


@dataclass
class Returned:
    """What became of letters that mail servers sent back."""

    counted: int = 0
    """They name a mail of ours, and are new."""
    known: int = 0
    """They were counted before."""
    not_ours: int = 0
    """They name no mail that was sent from here."""
    no_bounce: int = 0
    """They say of no mail that it did not arrive."""
    broken: int = 0
    """They made something of ours fail: a person should look."""
    stopped: int = 0
    """Addresses that are written to no more because of them."""

    @property
    def new(self) -> bool:
        """Whether any of them was not there before."""
        return bool(self.counted + self.not_ours + self.no_bounce + self.broken)

    def add(self, taken: Taken) -> None:
        """Add what became of one more."""
        setattr(self, taken.fate.value, getattr(self, taken.fate.value) + 1)
        self.stopped += taken.stopped


def take_bounces(actor: Actor, path: Path) -> Returned:
    """Read a letter, an mbox, a maildir or a folder of letters; each counts once, however often it is read."""
    policy.require_bounce_taker(actor)
    total = Returned()
    for raw in letters_in(path, MOST_BYTES):
        total.add(take_bounce(actor, raw))
    return total


@transaction.atomic
def take_bounce(actor: Actor, raw: bytes) -> Taken:
    """Count one letter, with what follows from it."""
    policy.require_bounce_taker(actor)
    bounce = read_bounce(raw)
    if bounce is None:
        return Taken(Fate.NO_BOUNCE)
    delivery = _meant(bounce)
    if delivery is None:
        return Taken(Fate.NOT_OURS)
    detail = f"{bounce.status} {bounce.detail}".strip()[:300]
    said = {"kind": bounce.kind.value, "status": bounce.status[:12], "detail": bounce.detail[:300]}
    _row, is_new = ReturnedMail.everything.get_or_create(
        delivery=delivery, digest=bounce.digest, defaults={**said, "key": delivery.key}
    )
    if not is_new:
        return Taken(Fate.KNOWN, delivery, detail)
    delivery.state, delivery.detail = DeliveryState.BOUNCED, detail
    delivery.save(update_fields=["state", "detail"])
    rows_of_address = Subscriber.everything.select_for_update().filter(key=delivery.key, state=Standing.CONFIRMED)
    stopped = sum(_stopped(actor, each, bounce) for each in rows_of_address)
    return Taken(Fate.COUNTED, delivery, detail, stopped)


def _meant(bounce: Bounce) -> Delivery | None:
    """Return the mail that a letter is about: only who had it, or carried it, knows its address or its number.

    Where a mail has an address of its own, its number is not enough: readers pass that on with what they forward.
    """
    rows = Delivery.everything.select_for_update(of=("self",)).select_related("subscriber")
    rows = rows.exclude(state=DeliveryState.WAITING)
    number = whose_return(bounce.addressed)
    if number is not None:
        return rows.filter(pk=number).first()
    return rows.filter(message_id__in=bounce.named, has_return_address=False).first()


def _stopped(actor: Actor, subscriber: Subscriber, bounce: Bounce) -> bool:
    """Write no more to an address after one that is for good, or several mails that came back for now.

    What came back before the address was put back counts no more.
    """
    since = max(clock.now() - WITHIN, subscriber.changed_at)
    lately = ReturnedMail.everything.filter(key=subscriber.key, kind=Kind.TEMPORARY, at__gte=since)
    enough = lately.values("delivery").distinct().count() >= MOST_TEMPORARY
    if bounce.kind is not Kind.PERMANENT and not enough:
        return False
    subscriber.state, subscriber.changed_at = Standing.BOUNCED, clock.now()
    subscriber.trouble = f"{bounce.status} {bounce.detail}".strip()[:300]
    subscriber.save(update_fields=["state", "changed_at", "trouble"])
    ledger.record(
        actor,
        "advisories.subscriber.bounced",
        subscriber,
        rule=bounce.kind.value,
        mailing_list=subscriber.mailing_list_id,
    )
    return True
