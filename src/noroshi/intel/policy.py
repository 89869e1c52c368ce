"""Who may do what in the intel room. Viewing is `core.policy`."""

from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import carried_by
from noroshi.core.domain.membership import Role
from noroshi.core.domain.tlp import TLP
from noroshi.core.errors import NotAllowed, NotFound


def may_receive(actor: Actor) -> bool:
    """Whether the actor may send STIX in: whoever needs to know at a member, or its machine."""
    return actor.is_active and not actor.is_visitor and not actor.is_supervisor and actor.needs_to_know


def require_receiver(actor: Actor) -> None:
    """Raise NotFound for whoever stands behind the wall or outside, NotAllowed unless the actor may send STIX in."""
    if actor.is_supervisor or actor.is_visitor:
        raise NotFound
    if not may_receive(actor):
        message = _("Sending STIX in is for analysts, fraud analysts and coordinators, and for tokens of members.")
        raise NotAllowed(message, rule="intel.receive")


def received_levels(actor: Actor) -> frozenset[TLP]:
    """Return the levels at which the actor may send STIX in: what its channel carries; RED is a person's alone."""
    carried = carried_by(actor.channel)
    return carried - {TLP.RED} if actor.is_machine else carried


def may_keep_feeds(actor: Actor) -> bool:
    """Whether the actor may say which servers its organisation reads: whoever may send in, in person."""
    return actor.person is not None and may_receive(actor)


def require_feed_keeper(actor: Actor) -> None:
    """Raise NotFound for whoever stands behind the wall or outside, NotAllowed unless the actor may keep feeds."""
    require_receiver(actor)
    if actor.person is None:
        raise NotAllowed(_("Feeds are kept by people, not by programs."), rule="intel.feeds")


def may_keep_pushes(actor: Actor) -> bool:
    """Whether the actor may say which servers its organisation sends to.

    Content leaves by it with nobody looking, as by the token of a machine: a coordinator's, or an admin's who needs to
    know what goes.
    """
    return may_keep_feeds(actor) and actor.has(Role.COORDINATOR, Role.ORGANISATION_ADMIN)


def require_push_keeper(actor: Actor) -> None:
    """Raise NotFound or NotAllowed unless the actor may keep pushes."""
    require_feed_keeper(actor)
    if not may_keep_pushes(actor):
        message = _("What is sent to other servers is for coordinators, and for admins who are analysts too.")
        raise NotAllowed(message, rule="intel.pushes")
