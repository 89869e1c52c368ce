"""What the rooms above offer to do with a parcel: each says so here, and the parcel's page shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from noroshi.core.actor import Actor
from noroshi.intel.models import Parcel


@dataclass(frozen=True)
class Deed:
    """A button: what it says, and the address to which it posts."""

    label: str
    url: str


Offer = Callable[[Actor, Parcel], Deed | None]

_offers: Final[list[Offer]] = []


def offers_deed(offer: Offer) -> Offer:
    """Register the decorated function: it returns what an actor may do with a parcel, or nothing."""
    _offers.append(offer)
    return offer


def deeds_for(actor: Actor, parcel: Parcel) -> list[Deed]:
    """Return what an actor may do with a parcel."""
    return [deed for offer in _offers if (deed := offer(actor, parcel)) is not None]
