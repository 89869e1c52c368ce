"""Searches that people keep. What somebody looks for is that person's business: the ledger has no word of it."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from noroshi.kit import search as index
from noroshi.notify.actions import Timing, subscribe_by_search
from noroshi.sharing.domain.asked import Asked
from noroshi.sharing.models import Kind, SavedSearch
from noroshi.sharing.queries import search_for, searches_of

MOST_SEARCHES: Final = 30
LONGEST_NAME: Final = 80
LONGEST_WORDS: Final = 200


@transaction.atomic
def save_search(actor: Actor, *, name: str, asked: Asked, alert: Timing | None = None) -> SavedSearch:
    """Keep a search under a name; with `alert`, its person is told of what it finds from now on."""
    if actor.person is None:
        raise NotAllowed(_("Only people keep searches."))
    if actor.is_supervisor:
        raise NotFound
    if searches_of(actor).count() >= MOST_SEARCHES:
        raise Conflict(_("You keep %(number)d searches: delete one first.") % {"number": MOST_SEARCHES})
    row = SavedSearch(person_id=actor.person, world=actor.world, seen=index.latest())
    _write(actor, row, name, asked, alert)
    ledger.record(actor, "sharing.search.saved", row, alert=alert is not None)
    return row


@transaction.atomic
def change_search(
    actor: Actor, search: SavedSearch, *, name: str, asked: Asked, alert: Timing | None = None
) -> SavedSearch:
    """Make a search what is described. Asked for something else, it begins anew: what there is was seen."""
    row = search_for(actor, search.pk)
    if asked != row.asked:
        row.seen = index.latest()
    _write(actor, row, name, asked, alert)
    ledger.record(actor, "sharing.search.changed", row, alert=alert is not None)
    return row


@transaction.atomic
def delete_search(actor: Actor, search: SavedSearch) -> None:
    """Keep a search no longer; its alert ends with it."""
    row = search_for(actor, search.pk)
    ledger.record(actor, "sharing.search.deleted", row)
    alert = row.alert
    row.delete()
    if alert is not None:
        alert.delete()


@transaction.atomic
def look_at_search(actor: Actor, search: SavedSearch) -> None:
    """Note that the actor looks at what a search finds: what is there now is not new any more."""
    row = search_for(actor, search.pk)
    row.seen = index.latest()
    row.save(update_fields=["seen"])


def _write(actor: Actor, row: SavedSearch, name: str, asked: Asked, alert: Timing | None) -> None:
    row.name = " ".join(name.split())
    row.words = " ".join(asked.words.split())
    _check(row.name, row.words, asked)
    row.kind, row.tlp, row.since = asked.kind, asked.tlp or "", asked.since
    row.with_values = asked.with_values
    ended = row.alert if alert is None else None
    row.alert = subscribe_by_search(actor, label=row.name, timing=alert, subscription=row.alert) if alert else None
    row.save()
    if ended is not None:
        ended.delete()


def _check(name: str, words: str, asked: Asked) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise InvalidInput("name", _("Give it a name of at most %(number)d characters.") % {"number": LONGEST_NAME})
    if len(words) > LONGEST_WORDS or not words.isprintable():
        raise InvalidInput("words", _("This may have %(number)d characters at most.") % {"number": LONGEST_WORDS})
    if asked.kind and asked.kind not in Kind.values:
        raise InvalidInput("kind", _("There is no such kind of signal."))
    if asked.is_anything or (not words and asked.words):
        raise InvalidInput("words", _("Say what it looks for: words, or something to narrow by."))
