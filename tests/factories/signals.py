"""Signals as rows: published at once, with their audience and their place in the search."""

from noroshi.core import clock
from noroshi.core.domain.audience import Entry, EntryKind, State
from noroshi.core.models import AudienceEntry
from noroshi.kit import search
from noroshi.members.models import Person
from noroshi.sharing.models import Signal
from noroshi.sharing.queries import SEARCH_KIND

COMMUNITY = Entry(EntryKind.COMMUNITY)


def to_person(person: Person) -> Entry:
    return Entry(EntryKind.PERSON, person.pk, person.organisation_id)


def without(organisation) -> Entry:
    return Entry(EntryKind.EXCLUDED_ORGANISATION, organisation.pk)


def make_signal(author: Person, *audience: Entry, tlp: str = "AMBER", **fields) -> Signal:
    """A signal of `author` to `audience`, the whole community if none is named."""
    values = {"title": "Phishing of the branch network", "kind": "phishing", "target": "customer", **fields}
    if values.get("state", State.PUBLISHED) == State.PUBLISHED:
        values = {"state": State.PUBLISHED, "published_at": clock.now(), **values}
    signal = Signal.everything.create(owner=author.organisation, author=author, tlp=tlp, **values)
    AudienceEntry.objects.bulk_create(
        AudienceEntry(item_id=signal.pk, kind=entry.kind, target=entry.target, organisation=entry.organisation)
        for entry in audience or [COMMUNITY]
    )
    search.index(SEARCH_KIND, signal.pk, signal.title, signal.body, at=signal.published_at)
    return signal
