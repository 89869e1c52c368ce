"""Who was told of signals on an installation under fire, and who should have been."""

import re
from collections import Counter
from dataclasses import dataclass, replace
from email import message_from_bytes
from itertools import chain

from access.oracle import sees
from factories.fire import Installation
from noroshi.core.domain.audience import Entry, EntryKind
from noroshi.core.models import AudienceEntry
from noroshi.members.models import Person
from noroshi.members.queries import actors_of
from noroshi.notify.models import Notice
from noroshi.sharing.models import Signal

Telling = tuple[str, str]
"""The address of somebody, and the number of a signal."""


@dataclass(frozen=True)
class Told:
    """What came of it: `missing`, `twice` and `strangers` should be empty. `mails` may lack what a kill took."""

    signals: int
    people: int
    missing: list[Telling]
    twice: list[Telling]
    strangers: list[Telling]
    mails: Counter[str]


def check_told(installation: Installation) -> Told:
    """Compare who has a notice of each signal with whom the plain reading of the policy lets in, but a named author."""
    with installation.as_default():
        people = list(Person.objects.select_related("organisation"))
        readers = dict(zip([person.email for person in people], actors_of(people), strict=True))
        should = Counter(chain.from_iterable(_entitled(readers, signal) for signal in Signal.everything.all()))
        did = Counter(
            (email, str(number))
            for email, number in Notice.everything.filter(kind="signal").values_list("person__email", "subject_id")
        )
        signals = Signal.everything.count()
    return Told(
        signals,
        sum(should.values()),
        sorted((should - did).elements()),
        sorted(pair for pair, number in did.items() if number > 1),
        sorted((did - should).elements()),
        _mails(installation),
    )


def _entitled(readers, signal):
    audience = frozenset(
        Entry(EntryKind(row.kind), row.target, row.organisation)
        for row in AudienceEntry.objects.filter(item_id=signal.pk)
    )
    item = replace(signal.as_item(), audience=audience).without_hidden_author()  # who is told as all others are
    for email, reader in readers.items():
        if reader.person != item.author and sees(reader, item):
            yield email, str(signal.pk)


def _mails(installation: Installation) -> Counter[str]:
    """How often each address of the inbox stands in the mails that went out, by its number."""
    found: Counter[str] = Counter()
    for file in (installation.folder / "mail").glob("*.log"):
        for letter in file.read_bytes().split(b"-" * 79 + b"\n"):
            if letter.strip():
                text = message_from_bytes(letter).get_payload(decode=True).decode()
                found.update(set(re.findall(r"/inbox/([0-9a-f-]{36})/", text)))
    return found
