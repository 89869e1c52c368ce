"""Writes of the portal."""

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import NotAllowed
from noroshi.portal import policy, verification


@transaction.atomic
def request_ledger_check(actor: Actor) -> None:
    """Have the whole chain of the ledger recomputed; the ledger says who asked."""
    if not policy.may_audit_everything(actor):
        raise NotAllowed(_("Only the hub's auditors have the ledger checked."))
    ledger.record(actor, "portal.ledger.check_requested")
    verification.check_chain.enqueue()
