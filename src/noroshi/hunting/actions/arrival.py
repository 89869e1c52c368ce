"""Batches of logs that machines send: onto the disk first, then accepted, then taken in like any log file."""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import IO, Final

from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput, TooLarge, TooMany
from noroshi.hunting import policy, queries
from noroshi.hunting.actions.logs import send_log_file
from noroshi.hunting.engine import is_slug
from noroshi.hunting.lake import waiting_rooms
from noroshi.hunting.models import LogFile

MAX_BATCH: Final = 64 * 1024 * 1024
MAX_WAITING: Final = 64
"""Batches of one organisation that may wait: what the disk must hold besides the lake is bounded."""
COME_AGAIN: Final = 10
"""Seconds after which a refused batch may be tried again."""


def receive_logs(actor: Actor, *, source: str, chunks: Iterable[bytes]) -> LogFile:
    """Keep a batch of the own organisation's logs and ask for its ingest; what is returned will be in the lake.

    Raises TooMany while too many batches wait, TooLarge for more than `MAX_BATCH` bytes, InvalidInput for none.
    """
    organisation = policy.require_hunter(actor)
    if not is_slug(source):
        raise InvalidInput("source", _("A source is named by letters, digits, “.”, “_” and “-”."))
    if queries.log_files_waiting(organisation) >= MAX_WAITING:
        raise TooMany(_("The batches before this one have not been taken in yet."), retry_after=COME_AGAIN)
    folder = waiting_rooms()
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder, delete=False) as file:
        path = Path(file.name)
        try:
            digest = _written(file, chunks)
            return send_log_file(actor, source=source, name=f"batch-{digest[:16]}", path=path)
        finally:
            path.unlink(missing_ok=True)


@contextmanager
def laid_down(chunks: Iterable[bytes]) -> Iterator[Path]:
    """Within the block, what comes without a name is a file called `stdin` on the lake's disk.

    Raises InvalidInput where the disk refuses it.
    """
    waiting_rooms().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="stdin-", dir=waiting_rooms()) as folder:
        path = Path(folder) / "stdin"
        try:
            with path.open("wb") as file:
                file.writelines(chunks)
        except OSError as error:
            raise InvalidInput("files", _("The disk refuses it; nothing of it was taken in.")) from error
        yield path


def _written(file: IO[bytes], chunks: Iterable[bytes]) -> str:
    """Write a batch; return its digest."""
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_BATCH:
            limit = MAX_BATCH // (1024 * 1024)
            raise TooLarge(_("A batch of logs has at most %(limit)s MB: send it in several.") % {"limit": limit})
        digest.update(chunk)
        file.write(chunk)
    if not size:
        raise InvalidInput("body", _("The batch is empty."))
    file.flush()
    return digest.hexdigest()
