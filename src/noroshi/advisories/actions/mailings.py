"""Mailings of the magazine: begun when a bulletin goes out or is withdrawn, stopped, sent again, tried out."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.magazine import Obstacle
from noroshi.advisories.magazine_letters import Envelope, letter, new_message_id
from noroshi.advisories.magazine_mail import mails_of, queue, stop
from noroshi.advisories.models import (
    Bulletin,
    Delivery,
    DeliveryState,
    Mailing,
    MailingKind,
    MailingLanguage,
    MailingList,
    MailingStage,
    Standing,
    Subscriber,
)
from noroshi.advisories.queries import lists_of, mailing_for, mailing_list_for, obstacle_for, who_had
from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict
from noroshi.members.models import Person

AT_ONCE: Final = 500


@transaction.atomic
def begin_mailings(bulletin: Bulletin, kind: MailingKind) -> list[Mailing]:
    """Begin what goes by mail because a version is out or withdrawn; done twice, it begins nothing anew.

    A new version goes to the lists of its category, and to everybody besides who had the version before; a withdrawal
    to those alone who had one.
    """
    withdrawn = kind is MailingKind.WITHDRAWAL
    had = who_had(bulletin, before=not withdrawn)
    wide = set() if withdrawn else set(lists_of(bulletin).values_list("pk", flat=True))
    among = wide | set(had.values_list("mailing_list", flat=True))
    lists = MailingList.everything.filter(pk__in=among).order_by("slug")
    return [_begin(each, bulletin, kind, had, everybody=each.pk in wide) for each in lists]


def _begin(
    mailing_list: MailingList, bulletin: Bulletin, kind: MailingKind, had: QuerySet[Subscriber], *, everybody: bool
) -> Mailing:
    mailing, is_new = Mailing.everything.get_or_create(mailing_list=mailing_list, bulletin=bulletin, kind=kind)
    if not is_new:
        return mailing
    mailing.mailing_list, mailing.bulletin = mailing_list, bulletin
    actor = Actor.system("magazine")
    obstacle = obstacle_for(mailing)
    if obstacle is not None and not obstacle.passes:
        stop(actor, mailing, obstacle)
        return mailing
    rows = Subscriber.everything.filter(mailing_list=mailing_list, state=Standing.CONFIRMED)
    if not everybody:
        rows = rows.filter(pk__in=had.values("pk"))
    mails = [_delivery(mailing, *each) for each in rows.order_by("pk").values_list("pk", "key")]
    Delivery.everything.bulk_create(mails, batch_size=AT_ONCE, ignore_conflicts=True)
    ledger.record(actor, "advisories.mailing.begun", mailing, bulletin=bulletin.pk, addresses=mails_of(mailing).count())
    queue(mailing)
    return mailing


def _delivery(mailing: Mailing, subscriber_id: UUID, key: str) -> Delivery:
    return Delivery(
        mailing=mailing,
        mailing_list_id=mailing.mailing_list_id,
        bulletin_id=mailing.bulletin_id,
        kind=mailing.kind,
        subscriber_id=subscriber_id,
        key=key,
        message_id=new_message_id(),
        due_at=mailing.begun_at,
    )


@transaction.atomic
def stop_mailing(actor: Actor, mailing: Mailing) -> Mailing:
    """Send no more of a mailing; what has gone has gone."""
    row = _locked(actor, mailing)
    if row.stage != MailingStage.UNDER_WAY:
        raise Conflict(_("This mailing is not under way."))
    stop(actor, row, Obstacle.STOPPED)
    return row


@transaction.atomic
def resend_unknown(actor: Actor, mailing: Mailing) -> int:
    """Send again what may or may not have gone, under the same number: programs that look show it once."""
    row = _locked(actor, mailing)
    unknown = mails_of(row).filter(state=DeliveryState.UNKNOWN)
    number = unknown.update(state=DeliveryState.WAITING, tries=0)
    if not number:
        raise Conflict(_("Nothing of this mailing is unknown."))
    row.stage, row.ended_at, row.obstacle = MailingStage.UNDER_WAY, None, ""
    row.save(update_fields=["stage", "ended_at", "obstacle"])
    ledger.record(actor, "advisories.mailing.resent", row, bulletin=row.bulletin_id, addresses=number)
    queue(row)
    return number


def _locked(actor: Actor, mailing: Mailing) -> Mailing:
    policy.require_list_keeper(actor)
    mailing_for(actor, mailing.pk)
    rows = Mailing.everything.select_for_update(of=("self",)).select_related("bulletin", "mailing_list")
    return rows.get(pk=mailing.pk)


def send_test(actor: Actor, mailing_list: MailingList, bulletin: Bulletin) -> str:
    """Mail a bulletin to oneself as the list would get it; it is marked, and counted nowhere. Return the address.

    Raises Conflict where it would not go to the list, or where the mail server does not take it.
    """
    policy.require_list_keeper(actor)
    mailing_list = mailing_list_for(actor, mailing_list.pk)
    if obstacle_for(Mailing(mailing_list=mailing_list, bulletin=bulletin, kind=MailingKind.ISSUE)) is not None:
        raise Conflict(_("This bulletin does not go to this list: its marking or its audience forbids it."))
    person = Person.objects.get(pk=actor.acting_person)
    both = mailing_list.language == MailingLanguage.BOTH
    language = (get_language() or "ja") if both else mailing_list.language
    envelope = Envelope(person.email, language, new_message_id(), is_test=True)
    with transaction.atomic():
        ledger.record(actor, "advisories.mailing_list.tried", mailing_list, bulletin=bulletin.pk)
    try:
        letter(mailing_list, bulletin, MailingKind.ISSUE, envelope).send()
    except OSError as error:  # SMTPException is one
        raise Conflict(_("The mail server did not take it: %(why)s") % {"why": str(error)[:200]}) from error
    return person.email
