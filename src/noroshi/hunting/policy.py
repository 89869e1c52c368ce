"""Who may use the hunting room. What may be read of it is told by the managers (`visible_to`)."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.errors import NotAllowed, NotFound

_REASON: Final = _("The log lake is for analysts, fraud analysts and coordinators of its organisation.")


def may_hunt(actor: Actor) -> bool:
    """Whether the actor may search, feed and read the own organisation's lake: its people with a need to know."""
    return actor.organisation is not None and actor.is_active and actor.needs_to_know and not actor.is_supervisor


def may_count(actor: Actor) -> bool:
    """Whether the actor may see counts by organisation, without content: the hub's operators."""
    return actor.is_active and actor.is_hub_operator


def require_hunter(actor: Actor) -> UUID:
    """Return whose lake the actor may use; raise NotAllowed, or NotFound behind the wall, where there is none."""
    _require_outside_wall(actor)
    if actor.organisation is None or not may_hunt(actor):
        raise NotAllowed(str(_REASON), "role")
    return actor.organisation


def require_onlooker(actor: Actor) -> None:
    """Raise unless the actor may see how the lake stands: the own sources, or the hub's counts."""
    _require_outside_wall(actor)
    if not may_hunt(actor) and not may_count(actor):
        raise NotAllowed(str(_REASON), "role")


def _require_outside_wall(actor: Actor) -> None:
    if actor.is_supervisor:
        raise NotFound
