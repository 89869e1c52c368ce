"""Mail that came back: counted where it names a mail of ours, and its address written to no more when it is enough."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.db import transaction

from noroshi.advisories import policy
from noroshi.advisories.domain.bounces import MOST_BYTES, Bounce, Kind, read_bounce
from noroshi.advisories.domain.mail_files import letters_in
from noroshi.advisories.models import Delivery, DeliveryState, ReturnedMail, Standing, Subscriber
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor

WITHIN: Final = timedelta(days=30)
MOST_TEMPORARY: Final = 3


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
    stopped: int = field(default=0)
    """Addresses that are written to no more because of them."""


def take_bounces(actor: Actor, path: Path) -> Returned:
    """Read a letter, an mbox, a maildir or a folder of letters; each counts once, however often it is read."""
    policy.require_bounce_taker(actor)
    total = Returned()
    for raw in letters_in(path, MOST_BYTES):
        take_bounce(actor, raw, total)
    return total


@transaction.atomic
def take_bounce(actor: Actor, raw: bytes, total: Returned) -> None:
    """Count one letter in `total`, and what follows from it."""
    policy.require_bounce_taker(actor)
    bounce = read_bounce(raw)
    if bounce is None:
        total.no_bounce += 1
        return
    rows = Delivery.everything.select_for_update(of=("self",)).select_related("subscriber")
    delivery = rows.filter(message_id__in=bounce.named).exclude(state=DeliveryState.WAITING).first()
    if delivery is None:
        total.not_ours += 1
        return
    said = {"kind": bounce.kind.value, "status": bounce.status[:12], "detail": bounce.detail[:300]}
    _row, is_new = ReturnedMail.everything.get_or_create(
        delivery=delivery, digest=bounce.digest, defaults={**said, "key": delivery.key}
    )
    if not is_new:
        total.known += 1
        return
    total.counted += 1
    delivery.state, delivery.detail = DeliveryState.BOUNCED, f"{bounce.status} {bounce.detail}".strip()[:300]
    delivery.save(update_fields=["state", "detail"])
    rows_of_address = Subscriber.everything.select_for_update().filter(key=delivery.key, state=Standing.CONFIRMED)
    total.stopped += sum(_stopped(actor, each, bounce) for each in rows_of_address)


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
