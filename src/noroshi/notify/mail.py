"""Sending mail: who is due, what goes alone and what together, and each notice mailed once.

A notice is claimed (`mailed_at`) before its mail is handed over. A mail server that refuses gives the claim back and
the notice is tried again; a process killed between claim and handing over costs that one mail. So mail goes out at
most once: an alarm that comes twice teaches people to ignore alarms, and the notice itself stays unread in the inbox.
"""

import logging
from collections.abc import Iterable, Sequence
from datetime import timedelta
from smtplib import SMTPException
from typing import Final
from uuid import UUID

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.kit.jobs import job
from noroshi.members.models import Person
from noroshi.members.queries import active_people, actor_of
from noroshi.notify.domain.delivery import FOLDING, MOST_A_MINUTE
from noroshi.notify.letters import readable_lines, write_letter
from noroshi.notify.models import Notice, NoticeKind
from noroshi.notify.queries import mail_to_send

log = logging.getLogger(__name__)

PEOPLE_A_JOB: Final = 50
"""One connection to the mail server serves so many people; a longer job would keep hunts waiting."""

TRY_AGAIN: Final = timedelta(minutes=5)


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
    due = list(mail_to_send().filter(person=person).order_by("created_at", "pk"))
    refused = [letter for letter in _letters(person, due) if not _send(person, letter, connection)]
    return not refused


def _letters(person: Person, due: Sequence[Notice]) -> list[list[Notice]]:
    """Return what goes alone and, together, what had to wait. Above MOST_A_MINUTE the rest waits for the next round."""
    prompt = sorted((notice for notice in due if not _has_waited(notice)), key=lambda row: row.kind != NoticeKind.HIT)
    waited = [notice for notice in due if _has_waited(notice)]
    room = max(0, MOST_A_MINUTE - _mailed_lately(person))
    _postpone(prompt[room:], FOLDING)
    return [[notice] for notice in prompt[:room]] + ([waited] if waited else [])


def _has_waited(notice: Notice) -> bool:
    return notice.mail_due_at is not None and notice.mail_due_at > notice.created_at


def _mailed_lately(person: Person) -> int:
    notices = Notice.objects.unrestricted(reason="how much mail a person got within a minute")
    return notices.filter(person=person, mailed_at__gt=clock.now() - FOLDING).count()


def _send(person: Person, notices: Sequence[Notice], connection: BaseEmailBackend) -> bool:
    lines = readable_lines(actor_of(person), notices)
    _drop({notice.pk for notice in notices} - {line.notice.pk for line in lines})
    if not lines or not _claim([line.notice for line in lines]):
        return True
    letter = write_letter(person, lines)
    letter.connection = connection
    try:
        letter.send()
    except (SMTPException, OSError) as error:
        log.warning("mail refused", extra={"error": type(error).__name__, "notices": len(lines)})
        _postpone([line.notice for line in lines], TRY_AGAIN)
        return False
    return True


@transaction.atomic
def _claim(notices: Sequence[Notice]) -> bool:
    """Take all of `notices` for one mail, or none if another worker has one of them."""
    free = _rows(notice.pk for notice in notices).filter(mailed_at__isnull=True)
    taken = free.update(mailed_at=clock.now()) == len(notices)
    transaction.set_rollback(not taken)
    return taken


def _postpone(notices: Sequence[Notice], wait: timedelta) -> None:
    _rows(notice.pk for notice in notices).update(mailed_at=None, mail_due_at=clock.now() + wait)


def _drop(numbers: Iterable[UUID]) -> None:
    """Give up mail about what its reader may not see any more."""
    _rows(numbers).update(mail_due_at=None)


def _rows(numbers: Iterable[UUID]) -> QuerySet[Notice]:
    return Notice.objects.unrestricted(reason="keeping track of mail").filter(pk__in=list(numbers))
