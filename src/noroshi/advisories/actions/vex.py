"""VEX documents: imported for an inventory, and taken away again."""

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.vex import UnreadableVexError, read_vex
from noroshi.advisories.domain.vex import VexDocument as Read
from noroshi.advisories.models import Inventory, VexDocument
from noroshi.advisories.vex_wording import fault_in_words
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound

MOST_DOCUMENTS: Final = 500
MOST_UNREAD: Final = 100


@transaction.atomic
def import_vex(actor: Actor, inventory: Inventory, body: bytes) -> VexDocument:
    """Take in a document for an inventory; a newer version takes the place of the one before. A job matches anew.

    Raises InvalidInput where it is no VEX document, Conflict where it is older than the one that is there.
    """
    policy.require_inventory_keeper(actor)
    mine = Inventory.objects.visible_to(actor).select_for_update().filter(pk=inventory.pk).first()
    if mine is None:
        raise NotFound
    try:
        read = read_vex(body)
    except UnreadableVexError as error:
        raise InvalidInput("file", fault_in_words(str(error))) from error
    identity = read.identity.replace("\x00", "")[:500]
    rows = VexDocument.everything.filter(inventory=mine)
    row = rows.filter(identity=identity).first()
    if row is not None and row.said_at > read.said_at:
        raise Conflict(_("A newer version of this document is here already."))
    if row is None and rows.count() >= MOST_DOCUMENTS:
        raise Conflict(_("There are %(limit)s documents: take some away first.") % {"limit": MOST_DOCUMENTS})
    row = row or VexDocument(inventory=mine, organisation_id=mine.organisation_id, world=mine.world, identity=identity)
    _fill(row, read)
    row.imported_at, row.imported_by_id = clock.now(), actor.person
    row.save()
    ledger.record(actor, "advisories.vex.imported", row, statements=len(read.statements))
    return row


def _fill(row: VexDocument, read: Read) -> None:
    row.form, row.author, row.title = read.form, read.author[:300], read.title[:500]
    row.said_at = read.said_at[:60]
    row.statements = [each.value for each in read.statements]
    row.unread = [[each.place, each.reason] for each in read.unread[:MOST_UNREAD]]
    row.unread_count = len(read.unread)


@transaction.atomic
def take_vex_away(actor: Actor, document: VexDocument) -> None:
    """Take a document away: what it said holds no more once a job has matched anew."""
    policy.require_inventory_keeper(actor)
    row = VexDocument.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=document.pk).first()
    if row is None:
        raise NotFound
    ledger.record(actor, "advisories.vex.taken_away", row)
    row.delete()
