"""What the author of a text is warned of before it goes."""

import ipaddress
from collections.abc import Iterable

from noroshi.core.actor import Actor
from noroshi.intel.domain.extract import extract
from noroshi.members.queries import house_of, names_of_others
from noroshi.sharing.domain.scan import Finding, Marks, scan
from noroshi.sharing.models import Signal


def marks_of(actor: Actor) -> Marks:
    """Return by what the actor's own organisation and the other members are known."""
    house = house_of(actor)
    return Marks(
        names=house.names,
        domains=house.domains,
        ranges=tuple(ipaddress.ip_network(text) for text in sorted(house.ranges)),
        staff=house.staff,
        members=names_of_others(actor),
    )


def warnings_about(actor: Actor, texts: Iterable[str]) -> list[Finding]:
    """Return what the actor's own `texts` say that they may not want to say."""
    text = "\n".join(texts)
    return scan(text, marks_of(actor), [proposal.observable for proposal in extract(text)])


def warnings_of(actor: Actor, signal: Signal) -> list[Finding]:
    """Return the same of a draft of the actor's."""
    return warnings_about(actor, [signal.title, signal.words])
