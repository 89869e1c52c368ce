"""Who may use the portal's own pages. What they show is decided by the rooms they ask."""

from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass, Role


def may_search(actor: Actor) -> bool:
    """Whether there is anything to search: members' people, behind no wall."""
    return not actor.is_visitor and not actor.is_supervisor


def may_audit(actor: Actor) -> bool:
    """Whether the actor may read the ledger: auditors; those of a member read of their own organisation alone."""
    return actor.has(Role.AUDITOR) and not actor.is_supervisor


def may_audit_everything(actor: Actor) -> bool:
    """Whether the actor may read the whole ledger and have its chain checked: the hub's auditors."""
    return may_audit(actor) and actor.membership is MembershipClass.HUB
