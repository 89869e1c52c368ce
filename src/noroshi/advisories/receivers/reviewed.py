"""Who is told about a text that one operator writes and another lets out: the same for every kind."""

from collections.abc import Iterable
from typing import TypeVar

from noroshi.advisories.models import Reviewed
from noroshi.advisories.queries import everybody_who_had
from noroshi.core.domain.audience import State
from noroshi.core.models import LedgerEntry
from noroshi.members.models import Person
from noroshi.members.queries import active_people, hub_operators
from noroshi.notify.actions import post_notices
from noroshi.notify.domain.topics import Topic
from noroshi.notify.models import NoticeKind

R = TypeVar("R", bound=Reviewed)


def row_of(entry: LedgerEntry, model: type[R]) -> R | None:
    """Return what an entry is about."""
    if entry.subject_id is None:
        return None
    rows = model.objects.unrestricted(reason="the policy chooses the readers next")
    row: R | None = rows.select_related("category").filter(pk=entry.subject_id).first()
    return row


def tell_everybody(entry: LedgerEntry, row: Reviewed | None, subject: str, kind: NoticeKind) -> None:
    """Tell everybody whom it reaches, and whom the versions before it reached, that it is out or does not hold."""
    if row is not None:
        gone = entry.action.endswith(".withdrawn")
        post(entry, row, subject, NoticeKind.WITHDRAWN if gone else kind, everybody_who_had(row))


def tell_other_operators(entry: LedgerEntry, row: Reviewed | None, subject: str) -> None:
    """Tell the hub's other operators that it waits for review."""
    if row is not None and row.state == State.HELD:
        others = [each for each in hub_operators() if each.pk != row.author_id]
        post(entry, row, subject, NoticeKind.RELEASE, others)


def tell_author(entry: LedgerEntry, row: Reviewed | None, subject: str) -> None:
    """Tell the author what another operator did with the draft."""
    if row is not None and row.author_id is not None and entry.person != row.author_id:
        post(entry, row, subject, NoticeKind.RELEASE, active_people().filter(pk=row.author_id))


def post(entry: LedgerEntry, row: Reviewed, subject: str, kind: NoticeKind, people: Iterable[Person]) -> None:
    """Post a notice about it."""
    post_notices(people=people, kind=kind, subject=subject, subject_id=row.pk, event=entry, world=entry.world)


def topic_of(row: Reviewed) -> Topic:
    """Return what people choose mail by."""
    return Topic(text="\n".join([row.title_ja, row.title_en, row.body_ja, row.body_en, *row.names]))
