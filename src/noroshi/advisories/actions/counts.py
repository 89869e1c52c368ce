"""Counts of patch tasks on their way to the hub: only where an administrator of the member agreed."""

import hashlib
from typing import Final
from uuid import UUID

import msgspec
from django.db import transaction

from noroshi.advisories import policy, queries
from noroshi.advisories.domain.counts import Counts, is_sound
from noroshi.advisories.models import CountsAgreement, MemberCounts
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.core.errors import InvalidInput
from noroshi.federation.policy import is_node

_ACTOR: Final = "advisories counts"


@transaction.atomic
def agree_to_counts(actor: Actor) -> CountsAgreement:
    """Let counts of the own organisation's tasks go up to the hub."""
    policy.require_counts_decider(actor)
    row, is_new = CountsAgreement.everything.get_or_create(
        organisation_id=actor.acting_organisation, world=worlds.REAL, defaults={"agreed_by_id": actor.person}
    )
    if is_new:
        ledger.record(actor, "advisories.counts.agreed", row)
    return row


@transaction.atomic
def revoke_counts(actor: Actor) -> None:
    """Let none go up any more; the hub is told to forget what it was told."""
    policy.require_counts_decider(actor)
    row = CountsAgreement.everything.filter(organisation=actor.acting_organisation, world=worlds.REAL).first()
    if row is not None:
        MemberCounts.everything.filter(organisation=row.organisation_id, world=row.world).delete()
        ledger.record(actor, "advisories.counts.revoked", row)
        row.delete()


def tell_counts() -> int:
    """Tell what changed since it was told last, of each organisation that agreed; return of how many."""
    rows = CountsAgreement.everything.filter(world=worlds.REAL).order_by("pk")
    return sum(_tell(row.pk) for row in rows)


@transaction.atomic
def _tell(number: UUID) -> bool:
    row = CountsAgreement.everything.select_for_update().filter(pk=number).first()
    if row is None:
        return False
    counts = queries.counts_to_tell(row.organisation_id, row.world)
    digest = hashlib.sha256(msgspec.json.encode(counts)).hexdigest()
    if digest == row.digest:
        return False
    CountsAgreement.everything.filter(pk=row.pk).update(digest=digest)
    if not is_node():
        keep_counts(row.organisation_id, counts)  # the member works at the hub itself: nothing has to travel
    ledger.record(Actor.system(_ACTOR, row.world), "advisories.counts.changed", row)
    return True


@transaction.atomic
def keep_counts(organisation: UUID, counts: Counts | None) -> None:
    """Keep what a member tells in the place of what it told before; None forgets it. Raises InvalidInput."""
    if counts is None:
        MemberCounts.everything.filter(organisation=organisation, world=worlds.REAL).delete()
        return
    if not is_sound(counts):
        raise InvalidInput("counts", "These are no counts that are taken here.")
    MemberCounts.everything.update_or_create(
        organisation_id=organisation,
        world=worlds.REAL,
        defaults={"counts": msgspec.to_builtins(counts), "told_at": clock.now()},
    )
