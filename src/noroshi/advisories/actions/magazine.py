"""The lists of the mail magazine, and who is on them by an operator's word."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.addresses import (
    MOST_BYTES,
    Address,
    Line,
    RefusedLine,
    WrongAddressError,
    read_addresses,
)
from noroshi.advisories.domain.magazine import CEILINGS, MOST_A_MINUTE
from noroshi.advisories.magazine_wording import wrong_address
from noroshi.advisories.models import Category, MailingLanguage, MailingList, Standing, Subscriber
from noroshi.advisories.queries import mailing_list_for, subscriber_for
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.content import MAX_REASON
from noroshi.sharing.domain.texts import one_line

MAX_NAME: Final = 80
MAX_ABOUT: Final = 400
MOST_LISTS: Final = 100


@dataclass(frozen=True)
class ListSaid:
    """A list as an operator describes it."""

    slug: str
    name_ja: str
    name_en: str
    categories: Collection[Category]
    about_ja: str = ""
    about_en: str = ""
    ceiling: str = TLP.CLEAR
    language: str = MailingLanguage.JA
    is_open: bool = False
    per_minute: int = 60
    is_retired: bool = False


@transaction.atomic
def keep_mailing_list(actor: Actor, said: ListSaid, row: MailingList | None = None) -> MailingList:
    """Make a list, or change one. Its name in addresses stays: mail programs sort by it."""
    policy.require_list_keeper(actor)
    _check(said, row)
    if row is None and MailingList.objects.visible_to(actor).count() >= MOST_LISTS:
        raise Conflict(_("There are enough lists: change one of them."))
    row = mailing_list_for(actor, row.pk) if row is not None else MailingList(slug=said.slug)
    row.name_ja = checked_sentence("name_ja", one_line(said.name_ja), MAX_NAME)
    row.name_en = checked_sentence("name_en", one_line(said.name_en), MAX_NAME)
    row.about_ja, row.about_en = one_line(said.about_ja)[:MAX_ABOUT], one_line(said.about_en)[:MAX_ABOUT]
    row.ceiling, row.language, row.is_open = said.ceiling, said.language, said.is_open
    row.per_minute, row.is_retired = said.per_minute, said.is_retired
    row.save()
    row.categories.set(said.categories)
    ledger.record(
        actor, "advisories.mailing_list.kept", row, ceiling=row.ceiling, is_open=row.is_open, is_retired=row.is_retired
    )
    return row


def _check(said: ListSaid, row: MailingList | None) -> None:
    if row is None and MailingList.everything.filter(slug=said.slug).exists():
        raise InvalidInput("slug", _("Another list has this name."))
    if said.ceiling not in CEILINGS:
        raise InvalidInput("ceiling", _("A list goes up to TLP:GREEN at most: from AMBER on mail is encrypted."))
    if said.is_open and said.ceiling != TLP.CLEAR:
        raise InvalidInput("is_open", _("Anybody may sign up only to what is for everybody: TLP:CLEAR."))
    if not said.categories:
        raise InvalidInput("categories", _("Choose the categories whose bulletins go to the list."))
    if not 1 <= said.per_minute <= MOST_A_MINUTE:
        raise InvalidInput("per_minute", _("From 1 to %(most)d mails a minute.") % {"most": MOST_A_MINUTE})


@transaction.atomic
def add_subscriber(
    actor: Actor, mailing_list: MailingList, *, address: str, language: str = "ja", reason: str
) -> Subscriber:
    """Put an address on a list. Raises InvalidInput where it is none, or where it chose to leave."""
    policy.require_list_keeper(actor)
    mailing_list = mailing_list_for(actor, mailing_list.pk)
    why = checked_sentence("reason", reason, MAX_REASON)
    found = checked_address(address)
    known = Subscriber.everything.select_for_update().filter(mailing_list=mailing_list, key=found.key).first()
    if known is not None and (refusal := _kept_out(known)):
        raise InvalidInput("address", refusal)
    row = _put(actor, known or Subscriber(mailing_list=mailing_list, key=found.key), found, language, why)
    row.save()
    ledger.record(actor, "advisories.subscriber.added", row, mailing_list=mailing_list.pk)
    return row


def checked_address(text: str) -> Address:
    """Return the address that was typed. Raises InvalidInput."""
    try:
        return Address.of(text)
    except WrongAddressError as error:
        raise InvalidInput("address", wrong_address(error.wrong)) from error


def _kept_out(known: Subscriber) -> str:
    """Return why an operator does not simply put a known address on the list; empty for one that waits."""
    return {
        Standing.CONFIRMED: _("This address is on the list already."),
        Standing.LEFT: _("Who has this address has left the list: ask from its own line whether they want it again."),
        Standing.BOUNCED: _("Mail to this address came back: put it back from its own line."),
        Standing.WAITING: "",
    }[Standing(known.state)]


def _put(actor: Actor, row: Subscriber, address: Address, language: str, reason: str) -> Subscriber:
    row.address, row.language, row.state = address.text, language or "ja", Standing.CONFIRMED
    row.added_by_id, row.reason = actor.acting_person, reason
    row.confirmed_at = row.changed_at = clock.now()
    row.token_digest, row.token_until = "", None
    return row


@dataclass(frozen=True)
class Imported:
    """What became of a file of addresses: how many are new on the list or were on it, which lines are refused."""

    added: int
    known: int
    refused: Sequence[RefusedLine]
    left: Sequence[int]
    """Lines with an address whose reader has left, or that was not reached: these stay as they are."""


@transaction.atomic
def import_subscribers(
    actor: Actor, mailing_list: MailingList, *, body: bytes, language: str = "ja", reason: str
) -> Imported:
    """Put the addresses of a CSV file on a list; a line that brings nobody in keeps no other out."""
    policy.require_list_keeper(actor)
    mailing_list = mailing_list_for(actor, mailing_list.pk)
    why = checked_sentence("reason", reason, MAX_REASON)
    if len(body) > MOST_BYTES:
        raise InvalidInput("file", _("The file is larger than %(limit)s MB.") % {"limit": MOST_BYTES // 1024**2})
    lines = list(read_addresses(body))
    good = [line for line in lines if isinstance(line, Line)]
    here = Subscriber.everything.select_for_update().filter(mailing_list=mailing_list)
    known = {row.key: row for row in here}
    new, waited, left, counted = [], [], [], 0
    for line in good:
        row = known.get(line.address.key)
        if row is None:
            fresh = Subscriber(mailing_list=mailing_list, key=line.address.key)
            new.append(_put(actor, fresh, line.address, line.language or language, why))
        elif row.state == Standing.WAITING:
            waited.append(_put(actor, row, line.address, line.language or language, why))
        elif row.state == Standing.CONFIRMED:
            counted += 1
        else:
            left.append(line.place)
    Subscriber.everything.bulk_create(new, batch_size=500)
    for row in waited:
        row.save()
    refused = [line for line in lines if isinstance(line, RefusedLine)]
    ledger.record(
        actor, "advisories.subscribers.imported", mailing_list, added=len(new) + len(waited), refused=len(refused)
    )
    return Imported(len(new) + len(waited), counted, refused, left)


@transaction.atomic
def remove_subscriber(actor: Actor, subscriber: Subscriber) -> Subscriber:
    """Take an address off its list; it stays known as one that has left."""
    return _moved(actor, subscriber, Standing.LEFT, frozenset({Standing.WAITING, Standing.CONFIRMED, Standing.BOUNCED}))


@transaction.atomic
def restore_subscriber(actor: Actor, subscriber: Subscriber) -> Subscriber:
    """Write again to an address from which mail came back; what came back before counts no more."""
    return _moved(actor, subscriber, Standing.CONFIRMED, frozenset({Standing.BOUNCED}))


def _moved(actor: Actor, subscriber: Subscriber, to: Standing, begin: frozenset[Standing]) -> Subscriber:
    policy.require_list_keeper(actor)
    subscriber_for(actor, subscriber.pk)
    row = Subscriber.everything.select_for_update().get(pk=subscriber.pk)
    if row.state not in begin:
        raise Conflict(_("This cannot be done now: look at where the address stands."))
    row.state, row.changed_at, row.token_digest = to, clock.now(), ""
    row.save(update_fields=["state", "changed_at", "token_digest"])
    if to is Standing.LEFT:
        ledger.record(actor, "advisories.subscriber.removed", row, mailing_list=row.mailing_list_id)
    else:
        ledger.record(actor, "advisories.subscriber.restored", row, mailing_list=row.mailing_list_id)
    return row


@transaction.atomic
def leave_list(subscriber_id: UUID) -> Subscriber | None:
    """Take off its list whoever holds the address's own link; None where there is no such address any more."""
    row = Subscriber.everything.select_for_update().select_related("mailing_list").filter(pk=subscriber_id).first()
    if row is not None and row.state != Standing.LEFT:
        row.state, row.changed_at, row.token_digest = Standing.LEFT, clock.now(), ""
        row.save(update_fields=["state", "changed_at", "token_digest"])
        ledger.record(Actor.visitor(), "advisories.subscriber.left", row, mailing_list=row.mailing_list_id)
    return row
