"""Who is told that a saved search has found something."""

from collections import defaultdict
from typing import Final
from uuid import UUID

from noroshi.core import ledger
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry
from noroshi.members.queries import active_people
from noroshi.notify.models import Notice, NoticeKind, Subscription
from noroshi.sharing.models import Comment
from noroshi.sharing.queries import alerting, alerting_about
from noroshi.sharing.receivers.signals import COMMENTED, post, readers_but_author, signal_of

FINDS: Final = (
    "sharing.signal.published",
    "sharing.signal.amended",
    "sharing.signal.lowered",
    "sharing.signal.disclosed",
    "sharing.signal.commented",
)
"""What may make a search find a signal that it did not find before."""


@ledger.subscribe("sharing.tell-searchers", *FINDS)
def tell_searchers(entry: LedgerEntry) -> None:
    """Tell people whose saved search finds a signal, each once of a signal; not its author, nor who has just spoken."""
    signal = signal_of(entry)
    if signal is None or signal.state != State.PUBLISHED:
        return
    told = Notice.objects.unrestricted(reason="whom a search has told of this signal").filter(
        kind=NoticeKind.SEARCH, subject_id=signal.pk
    )
    speaker = Comment.everything.filter(pk=entry.payload["comment"]) if entry.action == COMMENTED else None
    keepers = active_people().filter(pk__in=alerting(signal.world).values("person"))
    keepers = keepers.exclude(pk__in=told.values("person"))
    if speaker is not None:
        keepers = keepers.exclude(pk__in=speaker.values("author"))
    readers = {person.pk: person for person in readers_but_author(signal, keepers)}
    found = defaultdict[UUID, list[Subscription]](list)
    for search in alerting_about(signal, readers.keys()):
        if search.alert is not None:
            found[search.person_id].append(search.alert)
    post(entry, signal, NoticeKind.SEARCH, [readers[number] for number in found], by=found)
