"""Logs without an end: batches of a stream into the lake, one after the other, each once."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.hunting import queries
from noroshi.hunting.actions.logs import ingest_logs
from noroshi.hunting.domain.drop_folder import Outcome, put_away
from noroshi.hunting.domain.spool import SECONDS, Spool, SpoolBusyError
from noroshi.hunting.engine import Reading, is_slug
from noroshi.hunting.lake import stream_folder
from noroshi.members.models import Organisation


def open_stream(*, organisation: Organisation, source: str, seconds: float = SECONDS) -> Spool:
    """Return the spool of a source's stream, with what a killed process has left in it; one process at a time has it.

    Raises InvalidInput for a bad name, Conflict while another process has it.
    """
    if not is_slug(source):
        raise InvalidInput("source", _("A source is named by letters, digits, “.”, “_” and “-”."))
    try:
        return Spool(stream_folder(organisation, source), seconds)
    except SpoolBusyError as error:
        raise Conflict(_("Another process takes in this stream: stop it, or name another source.")) from error


def stream_reading(organisation: Organisation, source: str, given: Reading | None, usual: str | None) -> Reading:
    """Return how a stream is read: as it was `given`, or as the organisation says; in the `usual` format if none is."""
    said = given or queries.reading_of(organisation, source)
    return Reading(said.mapping, said.format or usual, said.timezone)


def take_in_batches(
    actor: Actor, spool: Spool, *, organisation: Organisation, source: str, reading: Reading
) -> Iterator[Outcome]:
    """Ingest the closed batches of a spool, the oldest first, and delete each; yield what became of it.

    One that is refused as a whole is put into `refused`, with a note. Killed between ingest and deletion, the batch is
    known by its name when it is read again. Raises InvalidInput while the disk is in the way: the batches stay.
    """
    for path in spool.closed():
        report = ingest_logs(
            actor, organisation=organisation, source=source, files=[path], reading=reading, stream=True
        )
        refused = " ".join(reason for _name, reason in report.refused_files)
        if refused:
            put_away(path, refused)
        path.unlink(missing_ok=True)
        yield Outcome(path.name, report.events, report.quarantined, bool(report.skipped_files), refused)
