"""Files of findings that people send: kept, read by a job that says how far it is, taken in whole or not at all."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from noroshi.advisories import kept_uploads, policy
from noroshi.advisories.actions.findings import TooManyFindingsError, import_findings
from noroshi.advisories.domain.findings import Findings, Hindered, UnreadableFindingsError, read_findings
from noroshi.advisories.models import ON_ITS_WAY, FindingsImport, ImportStage
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.kit.progress import now_and_then
from noroshi.members.queries import actor_of

MOST_SHOWN: Final = 100
"""Findings that were not read, of which place and reason are kept."""
_KEPT: Final = timedelta(days=30)


class _RefusedError(Exception):
    def __init__(self, because: str) -> None:
        super().__init__(because)
        self.because = because


class _OvertakenError(Exception):
    """Somebody else has ended it."""


def send_findings(actor: Actor, *, name: str, pieces: Iterable[bytes], is_whole: bool) -> FindingsImport:
    """Keep a file of findings and ask for it to be taken in; it is on the disk before that is said.

    Raises InvalidInput where the disk refuses it.
    """
    policy.require_inventory_keeper(actor)
    row = FindingsImport(
        world=actor.world,
        organisation_id=actor.acting_organisation,
        sent_by_id=actor.acting_person,
        name="".join(each for each in name if each.isprintable())[:200],
        is_whole=is_whole,
    )
    try:
        kept_uploads.keep(row.pk, pieces)
    except OSError as error:
        raise InvalidInput("file", _("The disk refuses it; nothing of it was taken in.")) from error
    try:
        _say_sent(actor, row)
    except BaseException:  # even where the process is told to stop: the file goes with the row that was not written
        kept_uploads.remove(row.pk)
        raise
    return row


@transaction.atomic
def _say_sent(actor: Actor, row: FindingsImport) -> None:
    mine = FindingsImport.everything.filter(organisation=row.organisation_id, world=row.world)
    mine.filter(sent_at__lt=clock.now() - _KEPT, ended_at__isnull=False).delete()
    row.save(force_insert=True)
    ledger.record(actor, "advisories.findings.sent", row, is_whole=row.is_whole)


def say_queued(import_id: UUID, job: str) -> None:
    """Write down what the job of a file is called on the queue."""
    FindingsImport.everything.filter(pk=import_id).update(job=job)


def take_in_findings(row: FindingsImport) -> None:
    """Take in a file, in the name of who sent it; one that has ended stays as it is.

    A worker that is killed leaves nothing of it behind but how far it was: whoever goes on begins anew.
    """
    if _going_on(row).update(stage=ImportStage.READING, done=0, items=0):
        try:
            _take_in(row)
        except _RefusedError as error:
            _refuse(row, error.because)
        except _OvertakenError:
            return
        except Exception:  # isolation point: the page says that it failed, the queue records why
            _refuse(row, Hindered.BROKEN)
            raise
    kept_uploads.remove(row.pk)  # also where a worker was killed between the end and this


def _take_in(row: FindingsImport) -> None:
    _sender(row)  # what nobody may take in is not read either
    read = _read(row)
    if not _going_on(row).update(stage=ImportStage.WRITING, done=len(read.checked), items=len(read.checked)):
        raise _OvertakenError
    with transaction.atomic():
        _take_turns(row)
        try:
            done = import_findings(_sender(row), read, is_whole=row.is_whole)
        except TooManyFindingsError as error:
            raise _RefusedError(Hindered.FULL) from error
        unread = [[each.place, each.because.value] for each in read.unread[:MOST_SHOWN]]
        ended = {"stage": ImportStage.DONE, "ended_at": clock.now(), "unread_first": unread}
        if not _going_on(row).update(**ended, **vars(done)):
            raise _OvertakenError


def _sender(row: FindingsImport) -> Actor:
    """Return who sent it, as they are now. Raises _RefusedError where they may not take it in any more."""
    person = FindingsImport.everything.select_related("sent_by").get(pk=row.pk).sent_by
    actor = None if person is None else actor_of(person, world=row.world)
    if actor is None or actor.organisation != row.organisation_id:
        raise _RefusedError(Hindered.NO_RIGHT)
    if not (policy.may_see_inventories(actor) and policy.may_keep_inventories(actor)):
        raise _RefusedError(Hindered.NO_RIGHT)
    return actor


def _read(row: FindingsImport) -> Findings:
    try:
        body = kept_uploads.read(row.pk)
    except FileNotFoundError as error:
        raise _RefusedError(Hindered.LOST) from error
    rows = _going_on(row)
    tell = now_and_then(lambda stage, done, items: rows.update(stage=stage, done=done, items=items))
    try:
        return read_findings(body, clock.now(), partial(tell, ImportStage.READING))
    except UnreadableFindingsError as error:
        raise _RefusedError(error.because) from error


def _take_turns(row: FindingsImport) -> None:
    """Within a transaction: let no other import of the organisation write meanwhile."""
    same = FindingsImport.everything.filter(organisation=row.organisation_id, world=row.world)
    list(same.filter(stage__in=ON_ITS_WAY).order_by("pk").select_for_update())


def _going_on(row: FindingsImport) -> QuerySet[FindingsImport]:
    return FindingsImport.everything.filter(pk=row.pk, stage__in=ON_ITS_WAY)


def _refuse(row: FindingsImport, because: str) -> None:
    _going_on(row).update(stage=ImportStage.REFUSED, refusal=because, ended_at=clock.now())
    kept_uploads.remove(row.pk)


def imports_on_the_queue() -> dict[UUID, str]:
    """Return the imports that have not ended, each with what its job is called; those of all organisations."""
    rows = FindingsImport.everything.filter(stage__in=ON_ITS_WAY).exclude(job="")
    return dict(rows.values_list("pk", "job"))


def give_up_imports(numbers: Iterable[UUID]) -> None:
    """Say of imports that they were broken off for good, and forget their files."""
    for row in FindingsImport.everything.filter(pk__in=list(numbers), stage__in=ON_ITS_WAY):
        _refuse(row, Hindered.LOST)


def forget_left_uploads() -> int:
    """Forget files that nobody waits for: a process was killed while it kept or forgot them; return how many."""
    before = (clock.now() - timedelta(days=1)).timestamp()
    on_their_way = FindingsImport.everything.filter(stage__in=ON_ITS_WAY).values_list("pk", flat=True)
    waited_for = set(map(str, on_their_way))
    left = [path for path in kept_uploads.older_than(before) if path.name not in waited_for]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)
