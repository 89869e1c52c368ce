"""Who was told of signals on an installation under fire, and who should have been."""

import re
from collections import Counter
from collections.abc import Iterator
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
    """What came of it. A death between the claim of a mail and its sending costs that mail: `lost`, nothing else."""

    signals: int
    people: int
    missing: list[Telling]
    twice: list[Telling]
    strangers: list[Telling]
    letters: int
    lost: int
    """Letters that were claimed and stand in no file."""
    again: int
    """Notices that stand in more than one mail."""
    astray: int
    """Notices that stand in a mail to somebody else."""
    unsent: int
    """Notices whose mail is due and never went."""

    @property
    def holds(self) -> bool:
        """Whether everybody entitled was told, once, and nobody else, whatever died."""
        wrong = (self.missing, self.twice, self.strangers, self.again, self.astray, self.unsent)
        return not any(wrong) and self.signals > 0


def check_told(installation: Installation) -> Told:
    """Compare who has a notice of each signal with whom the plain reading of the policy lets in, but a named author."""
    with installation.as_default():
        people = list(Person.objects.select_related("organisation"))
        readers = dict(zip([person.email for person in people], actors_of(people), strict=True))
        should = Counter(chain.from_iterable(_entitled(readers, signal) for signal in Signal.everything.all()))
        told = Notice.everything.filter(kind="signal").values_list("person__email", "subject_id")
        did = Counter((email, str(number)) for email, number in told)
        owners = {str(pk): email for pk, email in Notice.everything.values_list("pk", "person__email")}
        letters = Notice.everything.exclude(letter=None).values("letter").distinct().count()
        unsent = Notice.everything.filter(mail_due_at__isnull=False, mailed_at=None).count()
        signals = Signal.everything.count()
    mails = list(_mails(installation))
    named = Counter((address, number) for address, numbers in mails for number in numbers)
    return Told(
        signals=signals,
        people=sum(should.values()),
        missing=sorted((should - did).elements()),
        twice=sorted(pair for pair, number in did.items() if number > 1),
        strangers=sorted((did - should).elements()),
        letters=letters,
        lost=letters - len(mails),
        again=sum(count > 1 for count in Counter(number for _address, number in named.elements()).values()),
        astray=sum(owners[number] != address for address, number in named),
        unsent=unsent,
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


def _mails(installation: Installation) -> Iterator[tuple[str, set[str]]]:
    """Yield each mail that went out: to whom, and the numbers of the notices that it names."""
    for file in (installation.folder / "mail").glob("*.log"):
        for letter in file.read_bytes().split(b"-" * 79 + b"\n"):
            if letter.strip():
                mail = message_from_bytes(letter)
                text = mail.get_payload(decode=True).decode()
                yield mail["To"], set(re.findall(r"/inbox/([0-9a-f-]{36})/", text))
