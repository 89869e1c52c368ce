"""Sending mail: who is due, what goes alone and what together, and each notice mailed once.

A notice is claimed (`mailed_at`) before its mail is handed over. A mail server that refuses gives the claim back and
the notice is tried again; a process killed between claim and handing over costs that one mail. So mail goes out at
most once: an alarm that comes twice teaches people to ignore alarms, and the notice itself stays unread in the inbox.
"""

import logging
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from noroshi.core import clock, ids
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.kit.jobs import job
from noroshi.members.models import Person
from noroshi.members.queries import active_people, actors_of
from noroshi.notify.domain.delivery import (
    FOLDING,
    HOUR,
    MOST_A_MINUTE,
    MOST_AN_HOUR,
    MOST_TOGETHER,
    SETTLING,
    Form,
)
from noroshi.notify.letters import Line, readable_lines, write_letter, write_magazine
from noroshi.notify.models import Delivery, Notice, NoticeKind, Preferences
from noroshi.notify.presenters import tell
from noroshi.notify.queries import mail_to_send

log = logging.getLogger(__name__)

PEOPLE_A_JOB: Final = 50
"""One connection to the mail server serves so many people; a longer job would keep hunts waiting."""

ROUND: Final = 10
"""For so many people at once is asked who they are and what they may see: a moment before their mail, not longer."""

TRY_AGAIN: Final = timedelta(minutes=5)

URGENT: Final = 10
"""The priority of a job with hits: they wait behind no news, of which there may be thousands of mails."""

Writer = Callable[[Person, Sequence[Line]], EmailMessage]


class MailRefused(Exception):  # noqa: N818 - for the queue's record of the job
    """The mail server did not take the mail of some people; it is tried again."""


def queue(people: Iterable[UUID], *, urgent: bool = False) -> None:
    """Put the sending of these people's due mail on the queue, in the caller's transaction."""
    numbers = sorted({str(person) for person in people})
    work = mail_people.using(priority=URGENT) if urgent else mail_people
    for start in range(0, len(numbers), PEOPLE_A_JOB):
        work.enqueue(numbers[start : start + PEOPLE_A_JOB])


def queue_due() -> None:
    """Queue whatever has come due: digests, what was folded, and what a mail server refused before."""
    with transaction.atomic():
        queue(mail_to_send().values_list("person_id", flat=True).distinct())


@job(retries=0)  # `queue_due` tries again what was refused; a second mechanism would mail beside it
def mail_people(numbers: list[str]) -> None:
    """Send the due mail of the people with these ids. Raises MailRefused after everybody had a turn."""
    with get_connection() as connection:
        rounds = [numbers[start : start + ROUND] for start in range(0, len(numbers), ROUND)]
        refused = sum(not _mail(desk, connection) for some in rounds for desk in _desks(some))
    if refused:
        raise MailRefused(f"mail to {refused} of {len(numbers)} people was refused")


@dataclass(frozen=True)
class _Desk:
    """What is needed to write to one person: who reads, what is due, and when the mails of the last hour went."""

    person: Person
    reader: Actor
    due: list[Notice]
    soon: list[Notice]
    """What would go at once, a moment later: what goes together takes it along."""
    lines: dict[UUID, Line]
    """What a mail may say of each notice, by its id; what is not there may not be seen any more."""
    quiet_ends: datetime | None
    mailed: list[datetime]

    def letters_within(self, span: timedelta) -> int:
        """How many mails went to the person within the last `span`, an hour at most."""
        return sum(at > clock.now() - span for at in self.mailed)

    def next_turn(self) -> datetime:
        """When what is too much goes: after a minute; where the hour is full, when its first mail is an hour old."""
        soon = clock.now() + FOLDING
        return soon if self.letters_within(HOUR) < MOST_AN_HOUR else max(soon, min(self.mailed) + HOUR)


def _desks(numbers: Collection[str]) -> Iterator[_Desk]:
    """Yield the desks of some people, with what is asked of the database asked for all of them at once."""
    people = list(active_people().filter(pk__in=numbers))
    readers = dict(zip(people, actors_of(people), strict=True))
    mail: dict[UUID, list[Notice]] = {person.pk: [] for person in people}
    for notice in mail_to_send(SETTLING).filter(person__in=people).order_by("created_at", "pk"):
        mail[notice.person_id].append(notice)
    lines = _lines({person: (reader, mail[person.pk]) for person, reader in readers.items()})
    wishes, mailed = Preferences.objects.in_bulk(list(mail)), _mailed_lately(people)
    now = clock.now()
    for person, reader in readers.items():
        quiet = wishes[person.pk].quiet if person.pk in wishes else None
        yield _Desk(
            person=person,
            reader=reader,
            due=[row for row in mail[person.pk] if _is_due(row, now)],
            soon=[row for row in mail[person.pk] if not _is_due(row, now) and row.delivery == Delivery.AT_ONCE],
            lines={line.notice.pk: line for line in lines[reader]},
            quiet_ends=quiet.end_for(timezone.localtime(now)) if quiet else None,
            mailed=mailed.get(person.pk, []),
        )


def _lines(mail: Mapping[Person, tuple[Actor, Collection[Notice]]]) -> dict[Actor, list[Line]]:
    """Return what a mail may say to each reader, in the reader's language: some content has words in several."""
    by_language: dict[str, dict[Actor, Collection[Notice]]] = {}
    for person, (reader, notices) in mail.items():
        by_language.setdefault(person.language, {})[reader] = notices
    lines: dict[Actor, list[Line]] = {}
    for language, notices_of in by_language.items():
        with translation.override(language):
            lines |= readable_lines(notices_of)
    return lines


def _is_due(notice: Notice, now: datetime) -> bool:
    return notice.mail_due_at is not None and notice.mail_due_at <= now


def _mailed_lately(people: Collection[Person]) -> dict[UUID, list[datetime]]:
    """When each mail of the last hour went, by person."""
    notices = Notice.objects.unrestricted(reason="how much mail people got lately")
    sent = notices.filter(person__in=people, letter__isnull=False, mailed_at__gt=clock.now() - HOUR)
    letters = {letter: (person, at) for letter, person, at in sent.values_list("letter", "person_id", "mailed_at")}
    found: dict[UUID, list[datetime]] = {}
    for person, at in letters.values():
        if at is not None:
            found.setdefault(person, []).append(at)
    return found


def _mail(desk: _Desk, connection: BaseEmailBackend) -> bool:
    """Send what is due at a desk; return False if the mail server refused some of it."""
    due = _heed_quiet(desk)
    magazine = [notice for notice in due if notice.delivery == Delivery.WEEKLY]
    letters = _letters(desk, [notice for notice in due if notice.delivery != Delivery.WEEKLY])
    sent = [_send(desk, letter, connection) for letter in letters]
    if magazine:
        sent.append(_send(desk, magazine, connection, write_magazine))
    return all(sent)


def _heed_quiet(desk: _Desk) -> list[Notice]:
    """Put off until the end of the person's quiet hours what falls into them; own hits come all the same."""
    if desk.quiet_ends is None:
        return desk.due
    _postpone([notice for notice in desk.due if notice.kind != NoticeKind.HIT], desk.quiet_ends)
    return [notice for notice in desk.due if notice.kind == NoticeKind.HIT]


def _letters(desk: _Desk, due: Sequence[Notice]) -> list[list[Notice]]:
    """Return what goes alone and, together, what had to wait. What is too much to go alone waits for its turn."""
    hits = [notice for notice in due if notice.kind == NoticeKind.HIT and not _has_waited(notice)]
    news = [notice for notice in due if notice.kind != NoticeKind.HIT and not _has_waited(notice)]
    waited = [notice for notice in due if _has_waited(notice)]
    if len(news) > MOST_TOGETHER:  # a mass of news is one mail
        waited, news = waited + news, []
    room = max(0, MOST_A_MINUTE - desk.letters_within(FOLDING))
    _postpone(hits[room:], clock.now() + FOLDING)
    alone = news[: min(max(0, room - len(hits)), max(0, MOST_AN_HOUR - desk.letters_within(HOUR)))]
    _postpone(news[len(alone) :], desk.next_turn())
    together = [waited + desk.soon] if waited else []  # so that a wave of changes is one mail
    return [[notice] for notice in (*hits[:room], *alone)] + together


def _has_waited(notice: Notice) -> bool:
    return notice.mail_due_at is not None and notice.mail_due_at > notice.created_at


def _send(desk: _Desk, notices: Sequence[Notice], connection: BaseEmailBackend, write: Writer = write_letter) -> bool:
    lines = [desk.lines[notice.pk] for notice in notices if notice.pk in desk.lines]
    _drop({notice.pk for notice in notices} - desk.lines.keys())
    if not lines or not _claim([line.notice for line in lines]):
        return True
    letter = write(desk.person, lines)
    letter.connection = connection
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        log.warning("mail refused", extra={"error": type(error).__name__, "notices": len(lines)})
        _postpone([line.notice for line in lines], clock.now() + TRY_AGAIN)
        return False
    told = [line.notice for line in lines if line.form is Form.CONTENT]
    tell(desk.reader.by(Channel.MAIL_CONTENT), [(notice.subject, notice.kind, notice.subject_id) for notice in told])
    return True


@transaction.atomic
def _claim(notices: Sequence[Notice]) -> bool:
    """Take all of `notices` for one mail, or none if another worker has one of them."""
    free = _rows(notice.pk for notice in notices).filter(mailed_at__isnull=True)
    taken = free.update(mailed_at=clock.now(), letter=ids.new_id()) == len(notices)
    transaction.set_rollback(not taken)
    return taken


def _postpone(notices: Sequence[Notice], due: datetime) -> None:
    if notices:
        _rows(notice.pk for notice in notices).update(mailed_at=None, letter=None, mail_due_at=due)


def _drop(numbers: Iterable[UUID]) -> None:
    """Give up mail about what its reader may not see any more."""
    _rows(numbers).update(mail_due_at=None)


def _rows(numbers: Iterable[UUID]) -> QuerySet[Notice]:
    return Notice.objects.unrestricted(reason="keeping track of mail").filter(pk__in=list(numbers))
