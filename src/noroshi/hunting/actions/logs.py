"""Log files into the lake: from the command line at once, from the page by way of a waiting room and a job."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.hunting import policy, queries
from noroshi.hunting.domain.drop_folder import Outcome, put_away, ready_files
from noroshi.hunting.engine import IngestReport, LakeError, Progress, Reading
from noroshi.hunting.lake import drop_folder, open_lake, waiting_room
from noroshi.hunting.models import HuntState, LogFile
from noroshi.hunting.wording import in_words
from noroshi.kit.domain.durable import sync
from noroshi.kit.progress import now_and_then
from noroshi.members.models import Organisation

MAX_NAME_BYTES: Final = 180


def ingest_logs(
    actor: Actor,
    *,
    organisation: Organisation,
    source: str,
    files: Sequence[Path],
    reading: Reading | None = None,
    progress: Callable[[Progress], None] | None = None,
    stream: bool = False,
) -> IngestReport:
    """Read log files into the lake of `organisation`; who may is the caller's to know.

    `reading` is what the organisation has said of the source, unless it is given. A file that the lake knows adds
    nothing; batches of a `stream` it knows by their names, too. Raises InvalidInput for a bad name, mapping, format or
    time zone.
    """
    reading = reading or queries.reading_of(organisation, source)
    try:
        report = open_lake().ingest(
            organisation.slug,
            source,
            files,
            mapping=reading.mapping,
            timezone=reading.timezone or settings.TIME_ZONE,
            format=reading.format,
            progress=progress,
            stream=stream,
        )
    except LakeError as error:
        raise InvalidInput("source", in_words(str(error))) from error
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
    """Move the file at `path` into the waiting room and ask for its ingest into the own organisation's lake.

    It is on the disk before it is asked for: what was accepted outlives a failure of the power.
    """
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
        for place in (room / file.name, room, room.parent):
            sync(place)
        with transaction.atomic():
            file.save(force_insert=True)
            ledger.record(actor, "hunting.log.sent", file, source=source)
    except BaseException:  # even where the process is told to stop: the file goes with the row that was not written
        shutil.rmtree(room, ignore_errors=True)
        raise
    return file


def notice_dropped_file(*, organisation: Organisation, source: str, name: str) -> LogFile:
    """Ask for the ingest of a file that lies in the drop folder of a source; whoever asked before has given up."""
    with transaction.atomic():
        before = LogFile.everything.filter(organisation=organisation, source=source, name=name, dropped=True)
        before.filter(state=HuntState.WAITING).update(state=HuntState.FAILED)
        file = LogFile.everything.create(organisation=organisation, source=source, name=name, dropped=True)
        ledger.record(Actor.system("drop-folder"), "hunting.log.sent", file, source=source)
    return file


def take_in(file: LogFile) -> None:
    """Ingest a log file from where it lies; one that was taken in before stays as it is.

    Its row tells the end before the file is put away: a worker killed between leaves a file that the lake knows, which
    the next look at the folder puts away.
    """
    rows = LogFile.everything.filter(pk=file.pk).exclude(state__in=(HuntState.DONE, HuntState.FAILED))
    if not rows.update(state=HuntState.RUNNING):
        return
    path = _place_of(file)
    try:
        report = ingest_logs(
            Actor.system("ingest", world=file.world),
            organisation=file.organisation,
            source=file.source,
            files=[path],
            progress=_telling(file),
        )
    except InvalidInput as error:  # the queue tries again; meanwhile the page says what stands in the way
        LogFile.everything.filter(pk=file.pk).update(state=HuntState.WAITING, error=error.message)
        raise
    refused = _write_report(file, report)
    if not file.dropped:
        shutil.rmtree(path.parent, ignore_errors=True)
    elif path.exists():
        put_away(path, refused)


def _place_of(file: LogFile) -> Path:
    folder = drop_folder(file.organisation, file.source) if file.dropped else waiting_room(file.pk)
    return folder / file.name


def _write_report(file: LogFile, report: IngestReport) -> str:
    """Write down how a file's ingest ended; return why it was refused, or nothing."""
    refused = " ".join(reason for _name, reason in report.refused_files)
    LogFile.everything.filter(pk=file.pk).update(
        state=HuntState.FAILED if refused else HuntState.DONE,
        error=refused,
        known=bool(report.skipped_files),
        lines=report.lines,
        lines_read=report.lines,
        events=report.events,
        quarantined=report.quarantined,
        finished_at=clock.now(),
    )
    return refused


def take_in_folder(
    actor: Actor, *, organisation: Organisation, source: str, folder: Path, reading: Reading | None = None
) -> Iterator[Outcome]:
    """Ingest the files of a folder that are ready, one after the other, and put each away; yield what became of it."""
    for path in ready_files(folder, time.time()):
        report = ingest_logs(actor, organisation=organisation, source=source, files=[path], reading=reading)
        refused = " ".join(reason for _name, reason in report.refused_files)
        put_away(path, refused)
        yield Outcome(path.name, report.events, report.quarantined, bool(report.skipped_files), refused)


def _telling(file: LogFile) -> Callable[[Progress], None]:
    """Return what writes down how far the file is, now and then."""
    rows = LogFile.everything.filter(pk=file.pk)
    tell = now_and_then(lambda _stage, done, of: rows.update(lines_read=done, lines=of))
    return lambda progress: tell("reading", progress.lines, progress.total_lines)


def _safe_name(name: str) -> str:
    """Return a name that a page can show and a file system can keep: printable, one part, of bounded length."""
    printable = "".join(character for character in Path(name).name if character.isprintable()).strip(". ")
    cut = printable.encode()[:MAX_NAME_BYTES].decode(errors="ignore")
    if not cut:
        raise InvalidInput("file", _("The file has no name."))
    return cut
