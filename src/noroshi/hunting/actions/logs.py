"""Log files into the lake: from the command line at once, from the page by way of a waiting room and a job."""

import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.hunting import policy
from noroshi.hunting.engine import IngestReport, LakeError, Progress, Reading
from noroshi.hunting.lake import open_lake, waiting_room
from noroshi.hunting.models import HuntState, LogFile
from noroshi.members.models import Organisation

MAX_NAME_BYTES: Final = 180
PROGRESS_SECONDS: Final = 0.5
_AS_IT_IS: Final = Reading()


def ingest_logs(
    actor: Actor,
    *,
    organisation: Organisation,
    source: str,
    files: Sequence[Path],
    reading: Reading = _AS_IT_IS,
    progress: Callable[[Progress], None] | None = None,
) -> IngestReport:
    """Read log files into the lake of `organisation`; who may is the caller's to know.

    A file that the lake knows adds nothing. Raises InvalidInput for a bad name, mapping, format or time zone.
    """
    try:
        report = open_lake().ingest(
            organisation.slug,
            source,
            files,
            mapping=reading.mapping,
            timezone=reading.timezone or settings.TIME_ZONE,
            format=reading.format,
            progress=progress,
        )
    except LakeError as error:
        raise InvalidInput("source", str(error)) from error
    with transaction.atomic():
        ledger.record(
            actor,
            "hunting.log.ingested",
            organisation,
            source=source,
            files=report.files,
            events=report.events,
            quarantined=report.quarantined,
        )
    return report


def send_log_file(actor: Actor, *, source: str, name: str, path: Path) -> LogFile:
    """Move the file at `path` into the waiting room and ask for its ingest into the own organisation's lake."""
    file = LogFile(
        organisation_id=policy.require_hunter(actor),
        sent_by_id=actor.person,
        source=source,
        name=_safe_name(name),
        world=actor.world,
    )
    room = waiting_room(file.pk)
    try:
        room.mkdir(parents=True)
        shutil.move(path, room / file.name)
        with transaction.atomic():
            file.save(force_insert=True)
            ledger.record(actor, "hunting.log.sent", file, source=source)
    except BaseException:  # even where the process is told to stop: the file goes with the row that was not written
        shutil.rmtree(room, ignore_errors=True)
        raise
    return file


def take_in(file: LogFile) -> None:
    """Ingest a log file from its waiting room; one that was taken in before stays as it is."""
    rows = LogFile.everything.filter(pk=file.pk).exclude(state__in=(HuntState.DONE, HuntState.FAILED))
    if not rows.update(state=HuntState.RUNNING):
        return
    room = waiting_room(file.pk)
    try:
        report = ingest_logs(
            Actor.system("ingest", world=file.world),
            organisation=file.organisation,
            source=file.source,
            files=[room / file.name],
            progress=_telling(file),
        )
    except InvalidInput as error:  # the queue tries again; meanwhile the page says what stands in the way
        LogFile.everything.filter(pk=file.pk).update(state=HuntState.WAITING, error=error.message)
        raise
    _write_report(file, report)
    shutil.rmtree(room, ignore_errors=True)


def _write_report(file: LogFile, report: IngestReport) -> None:
    refused = [reason for _name, reason in report.refused_files]
    LogFile.everything.filter(pk=file.pk).update(
        state=HuntState.FAILED if refused else HuntState.DONE,
        error=" ".join(refused),
        known=bool(report.skipped_files),
        lines=report.lines,
        lines_read=report.lines,
        events=report.events,
        quarantined=report.quarantined,
        finished_at=clock.now(),
    )


def _telling(file: LogFile) -> Callable[[Progress], None]:
    """Return what writes down how far the file is, now and then."""
    due = time.monotonic()

    def tell(progress: Progress) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + PROGRESS_SECONDS
            rows = LogFile.everything.filter(pk=file.pk)
            rows.update(lines_read=progress.lines, lines=progress.total_lines)

    return tell


def _safe_name(name: str) -> str:
    """Return a name that a page can show and a file system can keep: printable, one part, of bounded length."""
    printable = "".join(character for character in Path(name).name if character.isprintable()).strip(". ")
    cut = printable.encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    if not cut:
        raise InvalidInput("file", _("The file has no name."))
    return cut
