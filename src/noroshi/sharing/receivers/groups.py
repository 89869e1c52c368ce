"""Who is told about groups and guests, and the page that this room has about a group."""

from collections.abc import Collection, Mapping
from typing import Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from noroshi.core import ledger
from noroshi.core.actor import Actor
from noroshi.core.domain.tlp import TLP
from noroshi.core.models import LedgerEntry
from noroshi.members.group_pages import GroupPage, offers_group_pages
from noroshi.members.models import Group
from noroshi.members.queries import active_people, coordinators_of, groups_for, hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.models import NoticeKind
from noroshi.notify.presenters import Presentation, presents
from noroshi.sharing import queries
from noroshi.sharing.models import Signal
from noroshi.sharing.receivers.signals import post, signal_of

GROUP: Final = "members.group"


@offers_group_pages
def pages_of_group(actor: Actor, group: Group) -> list[GroupPage]:
    """Return the group's room and its documents, for its members."""
    if group.pk not in actor.groups:
        return []
    return [
        GroupPage(_("Signals of the group"), "signal", reverse("sharing:group-room", args=[group.slug])),
        GroupPage(_("Documents"), "file", reverse("sharing:group-documents", args=[group.slug])),
    ]


@presents(GROUP)
def present_groups(actor: Actor, ids: Collection[UUID]) -> Mapping[UUID, Presentation]:
    """Return the names of those groups that `actor` may know of; a confidential one's stands in no mail."""
    return {group.pk: _presentation(group) for group in groups_for(actor).filter(pk__in=ids)}


def _presentation(group: Group) -> Presentation:
    tlp = TLP.AMBER_STRICT if group.confidential else TLP.GREEN
    url = reverse("members:group-detail", args=[group.slug])
    return Presentation(group.name, url, tlp, is_private=group.confidential)


@ledger.subscribe("sharing.tell-coordinators", "members.group.join_requested")
def tell_coordinators(entry: LedgerEntry) -> None:
    """Tell a group's coordinators and the hub's operators that somebody asks to join."""
    assert entry.subject_id is not None  # noqa: S101 - a group has a number
    group = Group.objects.get(pk=entry.subject_id)
    told = Q(pk__in=hub_operators().values("pk")) | Q(pk__in=coordinators_of(group).values("pk"))
    people = active_people().filter(told)
    _post(entry, [person for person in people if str(person.pk) != entry.payload["person"]])


@ledger.subscribe("sharing.tell-who-asked", "members.group.request_accepted", "members.group.request_refused")
def tell_who_asked(entry: LedgerEntry) -> None:
    """Tell somebody that the request to join was answered."""
    _post(entry, active_people().filter(pk=entry.payload["person"]))


def _post(entry: LedgerEntry, people: object) -> None:
    assert entry.subject_id is not None  # noqa: S101 - a group has a number
    post_notices(
        people=people,  # type: ignore[arg-type]
        kind=NoticeKind.REQUEST,
        subject=GROUP,
        subject_id=entry.subject_id,
        event=entry,
        world=entry.world,
    )


@ledger.subscribe("sharing.tell-guest", "sharing.guest.invited")
def tell_guest(entry: LedgerEntry) -> None:
    """Tell a guest, as long as the guest sees it, that there is a signal."""
    signal = signal_of(entry)
    if signal is not None:
        _tell_somebody(entry, signal, NoticeKind.SIGNAL, entry.payload["person"])


@ledger.subscribe("sharing.tell-asker", "sharing.consent.asked")
def tell_asker(entry: LedgerEntry) -> None:
    """Tell whoever asked a question that the hub would publish an answer to it."""
    signal = signal_of(entry)
    if signal is not None and signal.author_id is not None:
        _tell_somebody(entry, signal, NoticeKind.REQUEST, signal.author_id)


def _tell_somebody(entry: LedgerEntry, signal: Signal, kind: NoticeKind, person: UUID | str) -> None:
    post(entry, signal, kind, queries.people_reached(signal, active_people().filter(pk=person)))
