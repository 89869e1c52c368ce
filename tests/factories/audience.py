"""Lines of an audience, and words to share."""

from typing import Final

from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.members.models import Group, Organisation, Person
from noroshi.sharing.domain.content import Content

COMMUNITY: Final = Entry(EntryKind.COMMUNITY)
WORDS: Final = Content(
    "phishing", "customer", "偽のログイン画面", "攻撃元は45.155.205.66、誘導先は hxxp://evil-bank[.]com/login"
)


def to_person(person: Person, kind: EntryKind = EntryKind.PERSON) -> Entry:
    return Entry(kind, person.pk, person.organisation_id)


def to_group(group: Group) -> Entry:
    return Entry(EntryKind.GROUP, group.pk)


def to_organisation(organisation: Organisation, kind: EntryKind = EntryKind.ORGANISATION) -> Entry:
    return Entry(kind, organisation.pk)


def without(organisation: Organisation) -> Entry:
    return to_organisation(organisation, EntryKind.EXCLUDED_ORGANISATION)
