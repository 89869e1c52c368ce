"""Who reads signals in plain words, and whom they call."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass
from noroshi.core.errors import NotFound
from noroshi.members.models import Organisation, Person
from noroshi.members.queries import active_people, organisations_for
from noroshi.sharing.models import PlainMail, SignalObservable


def plain_mail_houses(actor: Actor) -> QuerySet[Organisation]:
    """Return the organisations for which the actor chooses who reads mail in plain words."""
    return organisations_for(actor).exclude(membership=MembershipClass.SUPERVISOR).order_by("slug")


def plain_mail_house(actor: Actor, slug: str) -> Organisation:
    """Return one of them; raise NotFound."""
    found = plain_mail_houses(actor).filter(slug=slug).first()
    if found is None:
        raise NotFound
    return found


def plain_mail_of(organisation: Organisation) -> PlainMail:
    """Return what an organisation chose; one that is not stored where it chose nothing."""
    return PlainMail.objects.filter(organisation=organisation).first() or PlainMail(organisation=organisation)


def people_on_offer(organisation: Organisation) -> QuerySet[Person]:
    """Return the people that an organisation can choose among."""
    return active_people().filter(organisation=organisation).order_by("name", "pk")


@dataclass(frozen=True)
class PlainReader:
    """How somebody reads in plain words: in which language, and whom the organisation says to call."""

    language: str
    contact: str


def plain_readers(people: Collection[UUID]) -> dict[UUID, PlainReader]:
    """Return those of `people` who read mail in plain words."""
    chosen = PlainMail.people.through.objects.filter(
        person__in=people, person__organisation=F("plainmail__organisation")
    )
    rows = chosen.values_list("person", "person__language", "plainmail__contact") if people else ()
    return {person: PlainReader(language, contact) for person, language, contact in rows}


def chosen_of(organisations: Collection[UUID]) -> dict[UUID, list[str]]:
    """Return the names of the people whom these organisations chose."""
    rows = PlainMail.people.through.objects.filter(plainmail__in=organisations).order_by("person__name")
    found: dict[UUID, list[str]] = {}
    for house, name in rows.values_list("plainmail", "person__name"):
        found.setdefault(house, []).append(name)
    return found


def contacts(own: str) -> list[str]:
    """Return whom to call: the organisation's own contact, then the hub."""
    hub = Organisation.objects.filter(membership=MembershipClass.HUB).first()
    desk = plain_mail_of(hub).contact if hub else ""
    return [line for line in (own, f"{hub.name} {desk}".strip() if hub else "") if line]


def values_of_each(signals: Collection[UUID]) -> dict[UUID, list[SignalObservable]]:
    """Return the values of some signals, whoever sees them: the caller asks the policy before it shows any."""
    found: dict[UUID, list[SignalObservable]] = {number: [] for number in signals}
    rows = SignalObservable.objects.unrestricted(reason="of signals that the policy chooses the readers of")
    for row in rows.filter(signal__in=found).select_related("observable").order_by("id"):
        found[row.signal_id].append(row)
    return found
