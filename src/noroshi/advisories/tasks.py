"""What comes round in the advisories room."""

from datetime import timedelta
from uuid import UUID

from noroshi.advisories import actions, magazine_mail
from noroshi.advisories.models import Source
from noroshi.core import clock
from noroshi.core.domain import worlds
from noroshi.kit.jobs import enqueue_once, job, recurring, unfinished

LOOKED_BACK = timedelta(minutes=30)
"""Longer than a worker is away when it is started anew; an inventory that is read in is held against everything."""


@job(retries=0)
def collect_source(source_id: str) -> None:
    """Ask one source; when to do so again is written down with how it ended."""
    source = Source.everything.filter(pk=UUID(source_id), enabled=True).first()
    if source is not None:
        actions.collect(source)


@recurring("advisories.collect", every=timedelta(minutes=1))
def collect_what_is_due() -> None:
    """Queue the sources that are due: a slow one delays no other."""
    for source in actions.handed_out():
        collect_source.enqueue(str(source.pk))


@recurring("advisories.look_after", every=timedelta(minutes=5))
def look_after_sources() -> None:
    """See which sources are late, or well again, and the mailbox of what comes back."""
    actions.look_after_sources()
    actions.look_after_return_box()


@job(retries=0)
def match_news() -> None:
    """Hold all inventories against what was said of vulnerabilities lately; what is held twice changes nothing."""
    actions.match_news(worlds.REAL, clock.now() - LOOKED_BACK)


@recurring("advisories.match", every=timedelta(minutes=5))
def queue_news() -> None:
    """Have a job match what is new: after a large load it takes longer than warnings can wait."""
    enqueue_once(match_news)


@recurring("advisories.watch", every=timedelta(minutes=5))
def look_for_terms() -> None:
    """Look for the words that institutions watch in what is new."""
    actions.look_for_terms(worlds.REAL)


@recurring("advisories.counts", every=timedelta(days=1))
def tell_counts() -> None:
    """Tell the hub counts of patch tasks, of who agreed."""
    actions.tell_counts()


@recurring("advisories.reopen", every=timedelta(hours=1))
def reopen_what_is_over() -> None:
    """Open again the tasks that could wait until a day that is over."""
    actions.reopen_what_is_over()


@recurring("advisories.sheet", every=timedelta(minutes=1))
def issue_scheduled_sheet() -> None:
    """Issue the daily sheet at its fixed time; a worker that was down then does so when it is back."""
    actions.issue_scheduled_sheet()


@recurring("advisories.forget", every=timedelta(days=1))
def forget_fetched() -> None:
    """Forget the bytes that were fetched long ago, and which letters were read as ones that came back."""
    actions.forget_fetched()
    actions.forget_returned_letters()


@recurring("advisories.findings", every=timedelta(minutes=1))
def look_after_imports() -> None:
    """Say of files of findings whose job ended without them that they are not taken in."""
    jobs = actions.imports_on_the_queue()
    still = unfinished(jobs.values())
    actions.give_up_imports(number for number, name in jobs.items() if name not in still)


@recurring("advisories.forget_uploads", every=timedelta(days=1))
def forget_left_uploads() -> None:
    """Forget files that nobody waits for."""
    actions.forget_left_uploads()


@recurring("advisories.forget_unconfirmed", every=timedelta(days=1))
def forget_unconfirmed() -> None:
    """Forget the addresses that nobody ever confirmed."""
    actions.forget_unconfirmed()


@recurring("advisories.mailings", every=timedelta(minutes=1))
def look_after_mailings() -> None:
    """Go on with mailings whose job was lost, and say of which mails nothing is known."""
    magazine_mail.look_after_mailings()


@job(retries=0)
def read_returned_mail() -> None:
    """Count what came back of the magazine; when to look again is written down with how it ended."""
    box = actions.handed_out_box()
    if box is not None:
        actions.read_return_box(box)


@recurring("advisories.returned", every=timedelta(minutes=1))
def look_for_returned_mail() -> None:
    """Have the mailbox to which mail of the magazine comes back read where it is due: slow ones keep nobody waiting."""
    if actions.is_box_due():
        read_returned_mail.enqueue()
