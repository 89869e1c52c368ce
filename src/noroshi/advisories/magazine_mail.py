"""Sending the magazine: each mail once, no faster than its list says, in turns that keep nobody waiting.

A mail is claimed in a transaction of its own before it is handed to the mail server. A process that is killed between
the two leaves it claimed; after a while it is called unknown, and only an operator has it sent again.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from smtplib import SMTPException, SMTPNotSupportedError, SMTPRecipientsRefused, SMTPResponseException
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Min, Q, QuerySet

from noroshi.advisories.domain.magazine import FIRST_WAIT, LOST_AFTER, MINUTE, Obstacle, wait_after
from noroshi.advisories.magazine_letters import letter_of
from noroshi.advisories.magazine_signing import signer
from noroshi.advisories.models import Delivery, DeliveryState, Mailing, MailingList, MailingStage, Standing, Subscriber
from noroshi.advisories.queries import obstacle_for
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Unavailable
from noroshi.kit.jobs import job

log = logging.getLogger(__name__)

A_TURN: Final = 100
"""So many mails are sent by one job: a longer one would keep hunts waiting."""

FOR_NOW: Final = range(400, 500)
"""Answers of a mail server that may be others later (RFC 5321, 4.2.1)."""


def mails_of(mailing: Mailing) -> QuerySet[Delivery]:
    """Return all mails of a mailing, for those who send them."""
    return Delivery.everything.filter(mailing=mailing)


def queue(mailing: Mailing, at: datetime | None = None) -> None:
    """Put the next turn of a mailing on the queue, in the caller's transaction."""
    work = send_mailing.using(run_after=at) if at is not None else send_mailing
    work.enqueue(str(mailing.pk))


@job(retries=0)  # `look_after_mailings` finds what a job left behind; a second mechanism would send beside it
def send_mailing(mailing_id: str) -> None:
    """Send the next mails of a mailing, and queue its next turn."""
    mailing = Mailing.everything.filter(pk=UUID(mailing_id)).first()
    if mailing is None:
        return
    again_at = send_some(mailing)
    if again_at is not None:
        with transaction.atomic():
            queue(mailing, again_at)


def look_after_mailings() -> None:
    """Call unknown what was begun and never told of, and go on with mailings whose job was lost."""
    now = clock.now()
    lost = Delivery.everything.filter(state=DeliveryState.CLAIMED, claimed_at__lt=now - LOST_AFTER)
    lost.update(state=DeliveryState.UNKNOWN)
    with transaction.atomic():
        resting = Mailing.everything.filter(stage=MailingStage.UNDER_WAY, worked_at__lt=now - LOST_AFTER)
        for mailing in resting.select_for_update(skip_locked=True):
            mailing.worked_at = now
            mailing.save(update_fields=["worked_at"])
            queue(mailing)


def send_some(mailing: Mailing, most: int = A_TURN) -> datetime | None:
    """Send up to `most` mails; return when to go on, None where nothing is left."""
    connection = get_connection()
    try:
        signer()  # what cannot be signed is not claimed
        connection.open()
    except Unavailable as error:
        return _held_up(mailing, error.message)
    except (SMTPException, OSError) as error:
        log.warning("mail server not reached", extra={"error": type(error).__name__})
        return _held_up(mailing, str(error) or type(error).__name__)
    try:
        for _turn in range(most):
            found = claim(mailing.pk)
            if not isinstance(found, Delivery):
                return found
            trouble = _hand_over(found, connection)
            if trouble:
                return _held_up(mailing, trouble)
        return clock.now()
    finally:
        connection.close()


@transaction.atomic
def claim(mailing_id: UUID) -> Delivery | datetime | None:
    """Take the next mail to be sent; return when there is one again, or None where the mailing is at its end.

    What may be read by whom is asked here, at the last moment. The list's row is held meanwhile: its mailings share
    its pace.
    """
    rows = Mailing.everything.select_for_update(of=("self",)).select_related("bulletin__category", "mailing_list")
    mailing = rows.filter(pk=mailing_id, stage=MailingStage.UNDER_WAY).first()
    if mailing is None:
        return None
    MailingList.everything.select_for_update().get(pk=mailing.mailing_list_id)
    mailing.worked_at, mailing.trouble = clock.now(), ""
    obstacle = obstacle_for(mailing)
    mailing.obstacle = obstacle or ""
    mailing.save(update_fields=["worked_at", "trouble", "obstacle"])
    if obstacle is not None:
        if obstacle.passes:
            return mailing.bulletin.embargo_until
        stop(Actor.system("magazine"), mailing, obstacle)
        return None
    return _full_until(mailing.mailing_list) or _next(mailing)


def stop(actor: Actor, mailing: Mailing, obstacle: Obstacle) -> None:
    """End a mailing that does not go on: what was not sent is dropped."""
    mails_of(mailing).filter(state=DeliveryState.WAITING).update(state=DeliveryState.DROPPED)
    mailing.stage, mailing.obstacle, mailing.ended_at = MailingStage.STOPPED, obstacle.value, clock.now()
    mailing.save(update_fields=["stage", "obstacle", "ended_at"])
    ledger.record(actor, "advisories.mailing.stopped", mailing, rule=obstacle.value, bulletin=mailing.bulletin_id)


def _full_until(mailing_list: MailingList) -> datetime | None:
    """Return when the list may be written to again, None where it may now."""
    lately = Delivery.everything.filter(mailing_list=mailing_list, claimed_at__gt=clock.now() - MINUTE)
    place = mailing_list.per_minute - 1
    last = list(lately.order_by("-claimed_at").values_list("claimed_at", flat=True)[place : place + 1])
    return last[0] + MINUTE if last and last[0] is not None else None


def _next(mailing: Mailing) -> Delivery | datetime | None:
    for row in _due(mailing):
        if row.subscriber.state == Standing.CONFIRMED:
            row.state, row.claimed_at, row.tries = DeliveryState.CLAIMED, clock.now(), row.tries + 1
            row.has_return_address = bool(settings.MAIL_RETURN)
            row.save(update_fields=["state", "claimed_at", "tries", "has_return_address"])
            row.mailing_list, row.bulletin = mailing.mailing_list, mailing.bulletin
            return row
        _pass_on(row)
    left = mails_of(mailing).filter(state=DeliveryState.WAITING).aggregate(at=Min("due_at"))["at"]
    if left is not None:
        return left  # type: ignore[no-any-return] # a column of moments
    if mails_of(mailing).filter(state=DeliveryState.CLAIMED).exists():
        return clock.now() + MINUTE
    _end(mailing)
    return None


def _due(mailing: Mailing) -> Iterator[Delivery]:
    rows = mails_of(mailing).filter(state=DeliveryState.WAITING, due_at__lte=clock.now())
    while row := rows.select_related("subscriber").order_by("due_at", "key").first():
        yield row


def _pass_on(row: Delivery) -> None:
    """Who left this list meanwhile, and is on another to which the version goes, gets it by that one."""
    others = Mailing.everything.filter(bulletin=row.bulletin_id, kind=row.kind, stage=MailingStage.UNDER_WAY)
    here = {mailing.mailing_list_id: mailing for mailing in others}
    other = Subscriber.everything.filter(key=row.key, state=Standing.CONFIRMED, mailing_list__in=here).first()
    if other is None:
        row.state = DeliveryState.DROPPED
    else:
        row.subscriber, row.mailing_list_id = other, other.mailing_list_id
        row.mailing = here[other.mailing_list_id]
    row.save()


def _end(mailing: Mailing) -> None:
    mailing.stage, mailing.ended_at = MailingStage.ENDED, clock.now()
    mailing.save(update_fields=["stage", "ended_at"])
    ledger.record(Actor.system("magazine"), "advisories.mailing.ended", mailing, bulletin=mailing.bulletin_id)


def _hand_over(delivery: Delivery, connection: BaseEmailBackend) -> str:
    """Send a claimed mail and write down what became of it; return what keeps all others from going, if anything."""
    mail = letter_of(delivery)
    mail.connection = connection
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        _refused(delivery, *next(iter(error.recipients.values())))
    except SMTPNotSupportedError as error:
        _settle(delivery, DeliveryState.REFUSED, str(error))
    except SMTPResponseException as error:
        return _answered(delivery, error)
    except (SMTPException, OSError) as error:
        # The line broke while the mail was on its way: whether it was taken nobody can say.
        _settle(delivery, DeliveryState.UNKNOWN, type(error).__name__)
        return str(error) or type(error).__name__
    else:
        _settle(delivery, DeliveryState.SENT)
    return ""


def _answered(delivery: Delivery, error: SMTPResponseException) -> str:
    """The server answered something else than that it took it: of the sender, or of this mail."""
    said = _readable(error.smtp_error)
    if hasattr(error, "sender"):  # no mail of ours goes: it is not about this one
        _give_back(delivery, said, clock.now() + FIRST_WAIT)
        return f"{error.smtp_code} {said}"
    _refused(delivery, error.smtp_code, error.smtp_error)
    return ""


def _refused(delivery: Delivery, code: int, said: bytes | str) -> None:
    wait = wait_after(delivery.tries) if code in FOR_NOW else None
    detail = f"{code} {_readable(said)}"
    if wait is None:
        _settle(delivery, DeliveryState.REFUSED, detail)
    else:
        _give_back(delivery, detail, clock.now() + wait)


def _give_back(delivery: Delivery, detail: str, due_at: datetime) -> None:
    """Nothing was taken: it is tried again."""
    _settle(delivery, DeliveryState.WAITING, detail, due_at)


def _settle(delivery: Delivery, state: DeliveryState, detail: str = "", due_at: datetime | None = None) -> None:
    changed = {"state": state, "detail": detail[:300]} | ({"due_at": due_at} if due_at is not None else {})
    ours = Q(state=DeliveryState.CLAIMED) | Q(state=DeliveryState.UNKNOWN)
    Delivery.everything.filter(ours, pk=delivery.pk).update(**changed)


def _held_up(mailing: Mailing, trouble: str) -> datetime:
    Mailing.everything.filter(pk=mailing.pk).update(trouble=trouble[:200], worked_at=clock.now())
    return clock.now() + FIRST_WAIT


def _readable(said: bytes | str) -> str:
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
