"""Pushes: named, changed, paused, removed; what a collection gives is sent when they are due.

Each version of an object gets a mark of what became of it, and the marks of an envelope are written together with how
far the push has come. So whatever is cut, and wherever, the next look goes on behind the last envelope that was marked;
the one that was not goes once more, which is no error there (TAXII 2.1, 5.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, NotFound, TooMany
from noroshi.intel import policy
from noroshi.intel.actions import remotes
from noroshi.intel.actions.readers import look_after
from noroshi.intel.actions.remotes import RemoteSaid
from noroshi.intel.actions.taxii import note_delivery
from noroshi.intel.domain import pushing
from noroshi.intel.domain.pushing import Fate, Reason, StatusSaid
from noroshi.intel.domain.remote import RemoteError, Trouble, read_resource
from noroshi.intel.domain.wanted import Wanted
from noroshi.intel.models import Mark, MarkState, Push, Whose
from noroshi.intel.queries import SENT_IN, Delivered, delivered, pushed_views, pusher_of, view_of
from noroshi.kit.domain.plain_text import one_line
from noroshi.kit.outbound import Answer

LIMIT: Final = 1_000
"""Objects read at once."""

MOST_SENT: Final = 100
"""Requests of one look; what is left goes with the next, soon."""

MOST_ANSWERED: Final = 8 * 1024 * 1024
"""Bytes of an answer: a status may name each object."""

OVERDUE: Final = timedelta(days=1)
"""For how long a server keeps a status (4.3): what it has not told by then it tells no more."""

MOST_SAID: Final = 400

_TAKEN: Final = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)
_UNFIT: Final = (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, HTTPStatus.UNPROCESSABLE_ENTITY)
"""Something of what was sent is in the way: it is sent in halves until that is found."""


@dataclass(frozen=True)
class PushSaid(RemoteSaid):
    """What a person says of a push: also who reads what is there, and which own collection (its id) is sent."""

    whose: str = Whose.OWN
    view: str = ""


@transaction.atomic
def add_push(actor: Actor, *, said: PushSaid) -> Push:
    """Have what an own collection gives sent to a collection of a server, from now on."""
    policy.require_push_keeper(actor)
    remotes.require_room(actor, Push)
    push = Push(organisation_id=actor.acting_organisation, added_by_id=actor.acting_person, world=actor.world)
    _write(actor, push, said)
    ledger.record(actor, "intel.push.added", push, whose=push.whose, view=push.view)
    return push


@transaction.atomic
def change_push(actor: Actor, push: Push, *, said: PushSaid) -> None:
    """Say something else of a push. Another server, collection or reader is sent everything, with new marks."""
    policy.require_push_keeper(actor)
    push = remotes.locked(push)
    if (said.api_root, said.collection, said.whose, said.view) != push.way:
        push.after = 0
        push.marks.all().delete()
    _write(actor, push, said)
    ledger.record(actor, "intel.push.changed", push, whose=push.whose, view=push.view)


def _write(actor: Actor, push: Push, said: PushSaid) -> None:
    if said.whose not in Whose.values:
        raise InvalidInput("whose", _("Choose one of the list."))
    view = next((view for view in pushed_views(actor) if str(view.id) == said.view), None)
    if view is None:
        raise InvalidInput("view", _("Choose one of the list."))
    if said.whose == Whose.PARTNER and view.alias == SENT_IN:
        raise InvalidInput("view", _("What was sent in goes to nobody else until one of you shares it."))
    remotes.write(actor, push, said)


@transaction.atomic
def pause_push(actor: Actor, push: Push, *, paused: bool) -> None:
    """Send nothing for a while, or again."""
    policy.require_push_keeper(actor)
    ledger.record(actor, "intel.push.changed", remotes.rest(push, paused=paused), paused=paused)


@transaction.atomic
def remove_push(actor: Actor, push: Push) -> None:
    """Forget a push, its secret and its marks; what was taken there stays there."""
    policy.require_push_keeper(actor)
    ledger.record(actor, "intel.push.removed", push)
    push.delete()


@transaction.atomic
def hurry_push(actor: Actor, push: Push) -> None:
    """Have what is new sent with the next round."""
    policy.require_push_keeper(actor)
    remotes.hurry(push)


@transaction.atomic
def send_again(actor: Actor, push: Push) -> int:
    """Have what was refused there, or never answered, sent once more; return how many objects."""
    policy.require_push_keeper(actor)
    push = remotes.locked(push)
    again = push.marks.filter(state__in=(MarkState.REFUSED, MarkState.UNTOLD))
    number = again.update(state=MarkState.WAITING, reason="", said="", at=clock.now())
    if number and not push.paused:
        remotes.hurry(push)
    return number


def push_out(push: Push) -> None:
    """Send what is new, and what waits to go again; ask what became of what was sent before."""
    failure: RemoteError | None = None
    look = _Look(push)
    try:
        look.run()
    except RemoteError as error:
        failure = error
    except _Ended:
        return
    _note(push, look, failure)


@transaction.atomic
def _note(push: Push, look: "_Look", failure: RemoteError | None) -> None:
    """Write down how a look ended, and when the next one is due."""
    row = Push.everything.select_for_update().filter(pk=push.pk).first()
    if row is None or row.way != push.way:
        return
    if failure is None:
        is_open = row.marks.filter(state__in=(MarkState.SENT, MarkState.WAITING)).exists()
        remotes.note_good(row, has_more=is_open or (look.has_more and look.is_welcome))
    else:
        remotes.note_failure(row, failure)
    row.save()
    if any(look.tally.values()):
        ledger.record(pusher_of(row), "intel.objects.pushed", row, objects=look.tally)


class _Ended(Exception):  # noqa: N818 - reads as the sentence it is
    """The push was removed, paused or led elsewhere meanwhile."""


class _Look:
    """One look at what is to be sent."""

    def __init__(self, push: Push) -> None:
        self.push = push
        self.room = pushing.MOST_BYTES
        self.requests = MOST_SENT
        self.has_more = False
        self.is_welcome = False
        """Whether anything was taken: a server that refuses everything is not asked again at once."""
        self.tally: dict[MarkState, int] = {}

    def run(self) -> None:
        """Do it all; what is done stays done where it fails."""
        self._meet()
        self._follow()
        self._send_waiting()
        self._send_new()
        self._follow()

    def _meet(self) -> None:
        """Ask how much the server takes at once, and whether one may write there at all."""
        self.room = read_resource(pushing.Root, *self._asked("")).room
        said = read_resource(pushing.CollectionSaid, *self._asked(f"collections/{self.push.collection}/"))
        if not said.can_write:
            raise RemoteError(Trouble.READ_ONLY)

    def _asked(self, path: str) -> tuple[bytes, str]:
        answer = remotes.ask(self.push, path, most_bytes=MOST_ANSWERED)
        if answer.status != HTTPStatus.OK:
            raise RemoteError(Trouble.STATUS, str(answer.status))
        return answer.body, answer.headers.get("content-type", "")

    def _send_waiting(self) -> None:
        """Send again what somebody wants sent again, as it is now: another version may have come, or the right gone."""
        waiting = self.push.marks.filter(state=MarkState.WAITING)
        while self.requests and (names := list(waiting.values_list("stix_id", flat=True).distinct()[:LIMIT])):
            self._deliver(self._read(Wanted(ids=frozenset(names))))
            if self.requests:
                skipped = waiting.filter(stix_id__in=names)
                skipped.update(state=MarkState.SKIPPED, reason=Reason.NO_MORE, at=clock.now())

    def _send_new(self) -> None:
        while self.requests and (rows := self._read(Wanted(), after=self.push.after)):
            self._deliver(rows)
        self.has_more = not self.requests

    def _read(self, wanted: Wanted, *, after: int = 0) -> list[Delivered]:
        """Return what is given to the organisation now, its rights asked anew."""
        actor = pusher_of(self.push)
        try:
            view = view_of(self.push, actor)
        except NotFound as error:
            raise RemoteError(Trouble.CLOSED) from error
        return delivered(actor, look_after(actor), view, wanted, limit=LIMIT, after=after)

    def _deliver(self, rows: list[Delivered]) -> None:
        for envelope in pushing.envelopes(rows, self.room):
            self._post(envelope)

    def _post(self, rows: list[Delivered]) -> None:
        """Send rows as one envelope, or in halves where something of it is in the way."""
        if not self.requests:
            return
        body = pushing.envelope(row.raw for row in rows)
        if len(body) > self.room:
            self._mark(rows, {row.stix_id: Fate(is_taken=False, reason=Reason.TOO_LARGE) for row in rows})
            return
        self.requests -= 1
        self._note_reading(rows)
        path = f"collections/{self.push.collection}/objects/"
        answer = remotes.send(self.push, path, body, most_bytes=MOST_ANSWERED)
        if answer.status in _TAKEN:
            self._settle(rows, pushing.read_status(answer.body, answer.headers.get("content-type", "")))
        elif answer.status not in _UNFIT:
            raise RemoteError(Trouble.STATUS, _said(answer))
        elif len(rows) > 1:
            self._post(rows[: len(rows) // 2])
            self._post(rows[len(rows) // 2 :])
        else:
            self._mark(rows, {rows[0].stix_id: Fate(is_taken=False, reason=Reason.REFUSED, said=_said(answer))})

    def _note_reading(self, rows: Iterable[Delivered]) -> None:
        """Note whose signals go, before they go."""
        try:
            note_delivery(
                pusher_of(self.push),
                view_of(self.push, pusher_of(self.push)).id,
                given=0,
                signals={row.signal for row in rows if row.signal},
            )
        except TooMany as error:
            raise RemoteError(Trouble.LIMITED, wait=timedelta(seconds=error.retry_after)) from error

    def _settle(self, rows: list[Delivered], status: StatusSaid) -> None:
        names = [row.stix_id for row in rows]
        if status.is_complete:
            self._mark(rows, pushing.fates(status, names))
        elif status.name:
            self._mark(rows, {}, status.name)
        else:
            self._mark(rows, dict.fromkeys(names, _NEVER))

    @transaction.atomic
    def _mark(self, rows: list[Delivered], fates: Mapping[str, Fate], status: str = "") -> None:
        """Write down what became of rows, and that the push has come past them; `status` will tell of the others."""
        push = self._held()
        marks = [_mark_of(push, row, fates.get(row.stix_id), status) for row in rows]
        Mark.objects.bulk_create(
            marks,
            update_conflicts=True,
            unique_fields=["push", "stix_id", "modified"],
            update_fields=["state", "reason", "said", "status", "at"],
        )
        push.after = self.push.after = max(push.after, rows[-1].added)
        push.save(update_fields=["after"])
        self._count(marks)

    def _held(self) -> Push:
        push = Push.everything.select_for_update().filter(pk=self.push.pk, paused=False).first()
        if push is None or push.way != self.push.way:
            raise _Ended
        return push

    def _count(self, marks: Iterable[Mark]) -> None:
        for mark in marks:
            state = MarkState(mark.state)
            self.tally[state] = self.tally.get(state, 0) + 1
            self.is_welcome = self.is_welcome or state in (MarkState.TAKEN, MarkState.SENT)

    def _follow(self) -> None:
        """Ask what became of what was sent and is not answered."""
        open_ones = self.push.marks.filter(state=MarkState.SENT).order_by("status")
        for name in list(open_ones.values_list("status", flat=True).distinct()[: self.requests]):
            self.requests -= 1
            self._answer(name, list(open_ones.filter(status=name)))

    def _answer(self, name: str, marks: list[Mark]) -> None:
        answer = remotes.ask(self.push, f"status/{name}/", most_bytes=MOST_ANSWERED)
        if answer.status in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
            self._close(marks, dict.fromkeys((each.stix_id for each in marks), _NEVER))
            return
        if answer.status != HTTPStatus.OK:
            raise RemoteError(Trouble.STATUS, _said(answer))
        status = pushing.read_status(answer.body, answer.headers.get("content-type", ""))
        if status.is_complete:
            self._close(marks, pushing.fates(status, [each.stix_id for each in marks]))
        elif marks[0].at < clock.now() - OVERDUE:
            late = Fate(is_taken=None, reason=Reason.OVERDUE)
            self._close(marks, dict.fromkeys((each.stix_id for each in marks), late))

    @transaction.atomic
    def _close(self, marks: list[Mark], fates: Mapping[str, Fate]) -> None:
        self._held()
        for mark in marks:
            _say(mark, fates[mark.stix_id])
        Mark.objects.bulk_update(marks, ["state", "reason", "said", "status", "at"], batch_size=500)
        self._count(marks)


_NEVER: Final = Fate(is_taken=None, reason=Reason.FORGOTTEN)


def _mark_of(push: Push, row: Delivered, fate: Fate | None, status: str) -> Mark:
    mark = Mark(push=push, stix_id=row.stix_id, type=row.type, modified=row.modified)
    if fate is None:
        mark.state, mark.status = MarkState.SENT, status
    else:
        _say(mark, fate)
    return mark


def _say(mark: Mark, fate: Fate) -> None:
    """Let a mark say what became of its object."""
    states = {True: MarkState.TAKEN, False: MarkState.REFUSED, None: MarkState.UNTOLD}
    mark.state = MarkState.SKIPPED if fate.reason is Reason.TOO_LARGE else states[fate.is_taken]
    mark.reason, mark.said = fate.reason or "", one_line(fate.said)[:MOST_SAID]
    mark.status, mark.at = "", clock.now()


def _said(answer: Answer) -> str:
    """Return the status of an answer, and what the server says of it."""
    words = pushing.message_of(answer.body, answer.headers.get("content-type", ""))
    return one_line(f"{answer.status} {words}")[:MOST_SAID]
