"""Who connects installations and reads what went between them."""

from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass, Role
from noroshi.core.errors import NotAllowed, NotFound
from noroshi.members.domain.authority import administers, manages_community
from noroshi.members.models import Person


def may_connect(actor: Actor) -> bool:
    """Whether the actor connects this installation with others: the hub's operators, on a node its admin."""
    return manages_community(actor) or _administers_node(actor)


def may_read_peers(actor: Actor) -> bool:
    """Whether the actor sees the peers and, of what went to them, what it may see anyway; auditors see numbers."""
    return may_connect(actor) or audits(actor)


def audits(actor: Actor) -> bool:
    """Whether the actor reads the numbers of everything: who checks the hub."""
    return actor.membership is MembershipClass.HUB and actor.has(Role.AUDITOR)


def require_reading(actor: Actor) -> None:
    """Raise NotFound for whoever has nothing to do with peers."""
    if not may_read_peers(actor):
        raise NotFound


def require_connecting(actor: Actor) -> None:
    """Raise NotFound or NotAllowed unless the actor connects installations."""
    require_reading(actor)
    if not may_connect(actor):
        raise NotAllowed(_("Only hub operators, and on a node its admin, connect installations."), rule="federation")


def is_node() -> bool:
    """Whether this installation is a member's: nobody of a hub has an account here."""
    return not Person.objects.filter(organisation__membership=MembershipClass.HUB).exists()


def _administers_node(actor: Actor) -> bool:
    own = actor.organisation is not None and administers(actor, actor.organisation)
    return own and not actor.is_supervisor and is_node()
