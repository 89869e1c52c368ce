"""Sending mail: who is due, what goes alone and what together, and each notice mailed once.

A notice is claimed (`mailed_at`) before its mail is handed over. A mail server that refuses gives the claim back and
the notice is tried again; a process killed between claim and handing over costs that one mail. So mail goes out at
most once: an alarm that comes twice teaches people to ignore alarms, and the notice itself stays unread in the inbox.
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils import timezone

from noroshi.core import clock, ids
from noroshi.core.domain.channels import Channel
from noroshi.kit.jobs import job
from noroshi.members.models import Person
from noroshi.members.queries import active_people, actor_of
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
from noroshi.notify.models import Delivery, Notice, NoticeKind
from noroshi.notify.presenters import tell
from noroshi.notify.queries import mail_to_send, preferences_of

log = logging.getLogger(__name__)

PEOPLE_A_JOB: Final = 50
"""One connection to the mail server serves so many people; a longer job would keep hunts waiting."""

TRY_AGAIN: Final = timedelta(minutes=5)

Writer = Callable[[Person, Sequence[Line]], EmailMessage]


class MailRefused(Exception):  # noqa: N818 - for the queue's record of the job
    """The mail server did not take the mail of some people; it is tried again."""


def queue(people: Iterable[UUID]) -> None:
    """Put the sending of these people's due mail on the queue, in the caller's transaction."""
    numbers = sorted({str(person) for person in people})
    for start in range(0, len(numbers), PEOPLE_A_JOB):
        mail_people.enqueue(numbers[start : start + PEOPLE_A_JOB])


def queue_due() -> None:
    """Queue whatever has come due: digests, what was folded, and what a mail server refused before."""
    with transaction.atomic():
        queue(mail_to_send().values_list("person_id", flat=True).distinct())


@job(retries=0)  # `queue_due` tries again what was refused; a second mechanism would mail beside it
def mail_people(numbers: list[str]) -> None:
    """Send the due mail of the people with these ids. Raises MailRefused after everybody had a turn."""
    with get_connection() as connection:
        refused = sum(not _mail_person(person, connection) for person in active_people().filter(pk__in=numbers))
    if refused:
        raise MailRefused(f"mail to {refused} of {len(numbers)} people was refused")


def _mail_person(person: Person, connection: BaseEmailBackend) -> bool:
    """Send what is due to `person`; return False if the mail server refused some of it."""
    due = _heed_quiet(person, list(mail_to_send().filter(person=person).order_by("created_at", "pk")))
    magazine = [notice for notice in due if notice.delivery == Delivery.WEEKLY]
    letters = _letters(person, [notice for notice in due if notice.delivery != Delivery.WEEKLY])
    sent = [_send(person, letter, connection) for letter in letters]
    if magazine:
        sent.append(_send(person, magazine, connection, write_magazine))
    return all(sent)


def _heed_quiet(person: Person, due: list[Notice]) -> list[Notice]:
    """Put off until the end of the person's quiet hours what falls into them; own hits come all the same."""
    quiet = preferences_of(person.pk).quiet
    ends = quiet.end_for(timezone.localtime(clock.now())) if quiet else None
    if ends is None:
        return due
    _postpone([notice for notice in due if notice.kind != NoticeKind.HIT], ends)
    return [notice for notice in due if notice.kind == NoticeKind.HIT]


def _letters(person: Person, due: Sequence[Notice]) -> list[list[Notice]]:
    """Return what goes alone and, together, what had to wait. What is too much to go alone waits for its turn."""
    hits = [notice for notice in due if notice.kind == NoticeKind.HIT and not _has_waited(notice)]
    news = [notice for notice in due if notice.kind != NoticeKind.HIT and not _has_waited(notice)]
    waited = [notice for notice in due if _has_waited(notice)]
    if len(news) > MOST_TOGETHER:  # a mass of news is one mail
        waited, news = waited + news, []
    room = max(0, MOST_A_MINUTE - _letters_since(person, FOLDING))
    _postpone(hits[room:], clock.now() + FOLDING)
    alone = news[: min(max(0, room - len(hits)), max(0, MOST_AN_HOUR - _letters_since(person, HOUR)))]
    _postpone(news[len(alone) :], _next_turn(person))
    return [[notice] for notice in (*hits[:room], *alone)] + ([_with_company(person, waited)] if waited else [])


def _has_waited(notice: Notice) -> bool:
    return notice.mail_due_at is not None and notice.mail_due_at > notice.created_at


def _with_company(person: Person, waited: list[Notice]) -> list[Notice]:
    """What goes together takes along what would go a moment later, so that a wave of changes is one mail."""
    soon = mail_to_send(SETTLING).filter(person=person, delivery=Delivery.AT_ONCE, mail_due_at__gt=clock.now())
    known = {notice.pk for notice in waited}
    return waited + [notice for notice in soon.order_by("created_at", "pk") if notice.pk not in known]


def _letters_since(person: Person, span: timedelta) -> int:
    return _letters_of(person, span).values("letter").distinct().count()


def _next_turn(person: Person) -> datetime:
    """Return when what is too much goes: after a minute; where the hour is full, when its first mail is an hour old."""
    now = clock.now()
    if _letters_since(person, HOUR) < MOST_AN_HOUR:
        return now + FOLDING
    first: datetime = _letters_of(person, HOUR).aggregate(at=Min("mailed_at"))["at"]
    return max(now + FOLDING, first + HOUR)


def _letters_of(person: Person, span: timedelta) -> QuerySet[Notice]:
    notices = Notice.objects.unrestricted(reason="how much mail a person got lately")
    return notices.filter(person=person, letter__isnull=False, mailed_at__gt=clock.now() - span)


def _send(
    person: Person, notices: Sequence[Notice], connection: BaseEmailBackend, write: Writer = write_letter
) -> bool:
    reader = actor_of(person)
    lines = readable_lines(reader, notices)
    _drop({notice.pk for notice in notices} - {line.notice.pk for line in lines})
    if not lines or not _claim([line.notice for line in lines]):
        return True
    letter = write(person, lines)
    letter.connection = connection
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        log.warning("mail refused", extra={"error": type(error).__name__, "notices": len(lines)})
        _postpone([line.notice for line in lines], clock.now() + TRY_AGAIN)
        return False
    told = [line.notice for line in lines if line.form is Form.CONTENT]
    tell(reader.by(Channel.MAIL_CONTENT), [(notice.subject, notice.kind, notice.subject_id) for notice in told])
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
