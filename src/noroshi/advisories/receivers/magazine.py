"""What goes by mail to addresses without an account when a bulletin is out, or does not hold any more."""

from noroshi.advisories import actions
from noroshi.advisories.models import Bulletin, MailingKind
from noroshi.core import ledger
from noroshi.core.models import LedgerEntry


@ledger.subscribe("advisories.mail-lists", "advisories.bulletin.published", "advisories.bulletin.withdrawn")
def mail_lists(entry: LedgerEntry) -> None:
    """Begin the mailings; jobs send them."""
    if entry.subject_id is None:
        return
    rows = Bulletin.objects.unrestricted(reason="the lists' ceilings and the policy decide what goes")
    bulletin = rows.select_related("category", "replaces").filter(pk=entry.subject_id).first()
    if bulletin is not None:
        gone = entry.action == "advisories.bulletin.withdrawn"
        actions.begin_mailings(bulletin, MailingKind.WITHDRAWAL if gone else MailingKind.ISSUE)
