"""Who is told of signals that may go to other hubs: the operators who let them go; the author, what came of it."""

from noroshi.core import ledger
from noroshi.core.models import LedgerEntry
from noroshi.notify.models import NoticeKind
from noroshi.sharing.queries.passages import operators_who_see, waits_for_release
from noroshi.sharing.receivers.signals import author_of, post, signal_of


@ledger.subscribe(
    "sharing.tell-of-passages", "sharing.passage.agreed", "sharing.signal.published", "sharing.signal.amended"
)
def tell_operators_of_passages(entry: LedgerEntry) -> None:
    """Tell the operators that something waits for their release to another hub: agreed to, or changed since."""
    signal = signal_of(entry)
    if signal is not None and not entry.payload.get("at_sending") and waits_for_release(signal):
        post(entry, signal, NoticeKind.RELEASE, operators_who_see(signal))


@ledger.subscribe("sharing.tell-passage-author", "sharing.passage.released", "sharing.passage.ended")
def tell_author_of_passage(entry: LedgerEntry) -> None:
    """Tell the author that an operator let it go to another hub, or ended that."""
    signal = signal_of(entry)
    if signal is not None and entry.person not in (None, signal.author_id):
        post(entry, signal, NoticeKind.AMENDED, author_of(signal))
