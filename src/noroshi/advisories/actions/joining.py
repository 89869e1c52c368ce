"""Getting onto a list of the mail magazine by one's own word: asked for, confirmed from the mailbox itself."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.actions.magazine import add_subscriber, checked_address
from noroshi.advisories.domain.magazine import LINK_HOLDS
from noroshi.advisories.magazine_confirmation import mail_confirmation
from noroshi.advisories.models import MailingList, Standing, Subscriber
from noroshi.advisories.queries import subscriber_for, waiting_for
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, TooMany

MOST_A_DAY: Final = 3
"""So many confirmations are asked of one address within a day, whoever types it."""

MOST_AN_HOUR: Final = 500
"""And of all addresses together within an hour: whoever types more means no good."""

DAY: Final = timedelta(days=1)
KEPT: Final = timedelta(days=7)
"""An address that nobody confirmed is forgotten so long after its link has ended."""


@transaction.atomic
def ask_to_join(mailing_list: MailingList, *, address: str, language: str) -> None:
    """Ask of an address to confirm that it wants the list. Nothing that can be seen says whether it was known.

    Raises InvalidInput where it is no address, TooMany where too much is asked for here altogether.
    """
    found = checked_address(address)
    lately = Subscriber.everything.filter(asked_at__gt=clock.now() - timedelta(hours=1))
    if lately.count() >= MOST_AN_HOUR:
        raise TooMany(_("Too many ask just now. Come back in an hour."), retry_after=3600)
    first = {"address": found.text, "language": language}
    row, _new = Subscriber.everything.select_for_update().get_or_create(
        mailing_list=mailing_list, key=found.key, defaults=first
    )
    if row.state == Standing.CONFIRMED or not _may_be_asked(row):
        return
    row.language = language if row.state == Standing.WAITING else row.language
    _ask(Actor.visitor(), row)


@transaction.atomic
def ask_again(actor: Actor, subscriber: Subscriber) -> Subscriber:
    """Ask of an address that waits, has left or was not reached whether it wants the list."""
    policy.require_list_keeper(actor)
    subscriber_for(actor, subscriber.pk)
    row = Subscriber.everything.select_for_update().get(pk=subscriber.pk)
    if row.state == Standing.CONFIRMED:
        raise Conflict(_("This cannot be done now: look at where the address stands."))
    if not _may_be_asked(row):
        raise Conflict(_("This address was asked %(number)d times within a day. Wait.") % {"number": MOST_A_DAY})
    _ask(actor, row)
    return row


@transaction.atomic
def ask_subscriber(
    actor: Actor, mailing_list: MailingList, *, address: str, language: str = "ja", reason: str
) -> Subscriber:
    """Put an address on a list once it has said that it wants it: it is asked first. Raises as `add_subscriber`."""
    row = add_subscriber(actor, mailing_list, address=address, language=language, reason=reason)
    row.state, row.confirmed_at = Standing.WAITING, None
    row.save(update_fields=["state", "confirmed_at"])
    return ask_again(actor, row)


def _may_be_asked(row: Subscriber) -> bool:
    """Whether an address may be asked once more; a day after it was last asked counting begins anew."""
    if row.asked_at is None or row.asked_at <= clock.now() - DAY:
        row.asked_count = 0
    return row.asked_count < MOST_A_DAY


def _ask(actor: Actor, row: Subscriber) -> None:
    row.asked_at, row.asked_count = clock.now(), row.asked_count + 1
    row.save(update_fields=["language", "asked_at", "asked_count"])
    ledger.record(actor, "advisories.subscriber.asked", row, mailing_list=row.mailing_list_id)
    mail_confirmation.enqueue(str(row.pk))


@transaction.atomic
def confirm_subscription(secret: str) -> Subscriber | None:
    """Put on its list whoever holds the link of a mail that asked; None where the link does not hold any more."""
    known = waiting_for(secret)
    if known is None:
        return None
    row = Subscriber.everything.select_for_update().select_related("mailing_list").get(pk=known.pk)
    if row.token_digest != known.token_digest:
        return None
    row.state, row.confirmed_at, row.changed_at = Standing.CONFIRMED, clock.now(), clock.now()
    row.token_digest, row.token_until, row.asked_count = "", None, 0
    row.save()
    ledger.record(Actor.visitor(), "advisories.subscriber.confirmed", row, mailing_list=row.mailing_list_id)
    return row


def forget_unconfirmed() -> int:
    """Forget the addresses that nobody ever confirmed; return how many."""
    ended = clock.now() - LINK_HOLDS - KEPT
    rows = Subscriber.everything.filter(state=Standing.WAITING, confirmed_at__isnull=True, asked_at__lt=ended)
    return rows.delete()[0]
