"""What comes round in the sharing room."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings

from noroshi.core.ledger import subscribe
from noroshi.core.models import LedgerEntry
from noroshi.kit.jobs import job, recurring
from noroshi.sharing import actions, mailbox, queries


@recurring("sharing.lifted_embargoes", every=timedelta(minutes=1))
def tell_of_lifted_embargoes() -> None:
    """Tell those who see a signal from now on, because its embargo has ended."""
    for signal in queries.under_lifted_embargo():
        actions.disclose_signal(signal)


@recurring("sharing.downgrades", every=timedelta(minutes=1))
def lower_by_the_clock() -> None:
    """Lower the signals whose authors arranged it for now."""
    for signal in queries.due_for_downgrade():
        actions.downgrade_signal(signal)


@recurring("sharing.guests", every=timedelta(minutes=1))
def end_guests() -> None:
    """End the stays of guests whose time has come."""
    actions.end_due_guests()


@recurring("sharing.unneeded_files", every=timedelta(hours=6))
def forget_unneeded_files() -> None:
    """Remove the bytes of files that nothing refers to any more."""
    actions.forget_unneeded_files()


@recurring("sharing.misp_feeds", every=timedelta(minutes=30))
def read_misp_feeds() -> None:
    """Queue every feed of MISP that somebody follows."""
    for feed in queries.misp_feeds_followed():
        read_misp_feed.enqueue(str(feed.pk))


@subscribe("sharing.queue-misp-feeds", "sharing.misp_feed.followed", "sharing.misp_feed.requested")
def queue_misp_feed(entry: LedgerEntry) -> None:
    """Have a job read a feed that somebody follows from now on, or asks for."""
    read_misp_feed.enqueue(str(entry.subject_id))


@job(retries=0)  # the next round asks again
def read_misp_feed(number: str) -> None:
    """Read one feed of MISP, as long as somebody follows it."""
    feed = queries.misp_feeds_followed().filter(pk=UUID(number)).first()
    if feed is not None:
        actions.poll_feed(feed)


@recurring("sharing.mail_in", every=timedelta(minutes=1))
def fetch_mail() -> None:
    """Empty the mailbox to which people mail drafts, where the installation has one."""
    if settings.MAIL_IN_DOMAIN and settings.MAIL_IN_IMAP_URL:
        mailbox.fetch_mail()
