"""Which pages the rooms above have about a group: each room names its own, so that this one need not know them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise

from noroshi.core.actor import Actor
from noroshi.members.models import Group


@dataclass(frozen=True)
class GroupPage:
    """A page about one group, for those who belong to it."""

    label: str | Promise
    icon: str
    url: str


Pages = Callable[[Actor, Group], list[GroupPage]]

_pages: Final[list[Pages]] = []


def offers_group_pages(function: Pages) -> Pages:
    """Register the decorated function: it returns what its room shows the actor about a group."""
    _pages.append(function)
    return function


def pages_of(actor: Actor, group: Group) -> list[GroupPage]:
    """Return what the rooms above show the actor about a group."""
    return [page for each in _pages for page in each(actor, group)]
