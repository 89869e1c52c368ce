"""Guests of one signal: invited, sent away."""

from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.core.models import AudienceEntry
from noroshi.members.models import Person
from noroshi.members.queries import actor_of
from noroshi.sharing import policy
from noroshi.sharing.actions.rows import audience_rows, locked, named
from noroshi.sharing.models import Guest, Signal

MOST: Final = 20


@transaction.atomic
def invite_guest(actor: Actor, signal: Signal, *, person: Person, until: datetime | None = None) -> Guest:
    """Let one person see a published signal, and nobody else of that organisation.

    One sentence refuses whoever would not see it all the same: that the class is too low, and that the author left
    the person out, are not told apart, since nobody learns of an exclusion.
    """
    signal = locked(actor, signal)
    policy.require(actor, "invite", signal)
    if until is not None and until <= clock.now():
        raise InvalidInput("until", _("This moment has passed."))
    stays = Guest.everything.filter(signal=signal, ended_at__isnull=True)
    if stays.filter(person=person).exists():
        raise Conflict(_("This person is a guest here already."))
    if stays.count() >= MOST:
        raise Conflict(_("A signal has at most %(number)s guests. Ask for a group instead.") % {"number": MOST})
    line = Entry(EntryKind.PERSON, person.pk)
    if not _would_see(person, signal, line):
        raise InvalidInput("email", _("This person cannot be a guest of a signal with this marking and audience."))
    guest = Guest.everything.create(signal=signal, person=person, until=until, brought_line=_grant(signal, line))
    ledger.record(named(actor, signal), "sharing.guest.invited", signal, person=person.pk, until=until)
    return guest


@transaction.atomic
def end_guest(actor: Actor, signal: Signal, *, guest_id: UUID) -> None:
    """Send a guest away: what came by the invitation is out of sight at once."""
    signal = locked(actor, signal)
    policy.require(actor, "invite", signal)
    guest = Guest.everything.select_for_update().filter(pk=guest_id, signal=signal, ended_at__isnull=True).first()
    if guest is None:
        raise NotFound
    _end(guest)
    ledger.record(named(actor, signal), "sharing.guest.ended", signal, person=guest.person_id)


@transaction.atomic
def end_due_guests() -> int:
    """End the stays whose time has come; return how many."""
    rows = Guest.everything.select_for_update(skip_locked=True, of=("self",)).select_related("signal")
    due = list(rows.filter(ended_at__isnull=True, until__lte=clock.now()))
    for guest in due:
        _end(guest)
        actor = Actor.system("guests", world=guest.signal.world)
        ledger.record(actor, "sharing.guest.ended", guest.signal, person=guest.person_id)
    return len(due)


def _would_see(person: Person, signal: Signal, line: Entry) -> bool:
    item = signal.as_item()
    reader = replace(actor_of(person), world=signal.world)
    granted = replace(item, audience=item.audience | {line})
    return rules.decide(rules.viewing(reader, clock.now()), granted).allowed


def _grant(signal: Signal, line: Entry) -> bool:
    """Write the line; return False where the person is named already."""
    if AudienceEntry.objects.filter(item_id=signal.pk, kind=line.kind, target=line.target).exists():
        return False
    AudienceEntry.objects.bulk_create(audience_rows(signal, [line]))
    return True


def _end(guest: Guest) -> None:
    guest.ended_at = clock.now()
    guest.save(update_fields=["ended_at"])
    if guest.brought_line:
        AudienceEntry.objects.filter(
            item_id=guest.signal_id, kind=EntryKind.PERSON, target=guest.person_id, organisation__isnull=True
        ).delete()
