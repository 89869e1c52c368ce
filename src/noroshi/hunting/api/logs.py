"""Logs that machines send over REST: `/api/v1/hunting/logs/SOURCE`, in batches; and how far a batch is."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from typing import Any, Final, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Schema, Status

from noroshi.core.errors import InvalidInput
from noroshi.hunting import actions, queries, wording
from noroshi.hunting.models import LogFile
from noroshi.kit.api import example
from noroshi.kit.http import ActorRequest
from noroshi.members.api_auth import TokenAuth
from noroshi.members.domain.scopes import Scope

READS: Final = TokenAuth(Scope.HUNTING_READ)
WRITES: Final = TokenAuth(Scope.HUNTING_WRITE)

CHUNK: Final = 256 * 1024
ENCODINGS: Final = frozenset({"", "identity", "gzip", "zstd"})
"""Of a body: the lake knows the compression by the content."""
BODY: Final = {
    "requestBody": {
        "required": True,
        "description": "Lines of one log, in any format that the lake reads; plain, gzip or Zstandard",
        "content": {
            kind: {"schema": {"examples": [line]}}
            for kind, line in (
                ("application/x-ndjson", '{"timestamp": "2026-11-22T03:00:00Z", "src_ip": "203.0.113.9"}\n'),
                ("text/plain", '203.0.113.9 - - [22/Nov/2026:12:00:00 +0900] "GET / HTTP/1.1" 200 5\n'),
                ("application/gzip", "..."),
                ("application/zstd", "..."),
            )
        },
    }
}

router = Router(tags=["logs"])
batches = Router(tags=["logs"])


class LogBatch(Schema):
    """A batch of logs on its way into the lake.

    `known` where the lake had the same content already, so that it added nothing; `error` says why it was refused.
    """

    model_config = example(
        id="0192a5c4-6f1e-7c3a-9b1d-2f4e6a8c0b1d",
        source="online-banking",
        state="done",
        events=1200,
        quarantined=3,
        known=False,
        error="",
        sent_at="2026-11-22T03:00:00Z",
        finished_at="2026-11-22T03:00:02Z",
    )

    id: UUID
    source: str
    state: Literal["waiting", "running", "done", "failed"]
    events: int
    quarantined: int
    known: bool
    error: str
    sent_at: datetime
    finished_at: datetime | None


@router.post("/{source}", response={202: LogBatch}, auth=WRITES, openapi_extra=BODY)
def send_logs(request: ActorRequest, source: str) -> Status[dict[str, Any]]:
    """Send a batch of the own organisation's logs, at most 64 MB.

    Once it is accepted, it will be in the lake. The same content twice adds nothing: whoever got no answer sends it
    again. 429 while too many batches wait.
    """
    if request.headers.get("Content-Encoding", "").strip().lower() not in ENCODINGS:
        raise InvalidInput("Content-Encoding", _("Send it plain, or compressed by gzip or Zstandard."))
    return Status(202, _line(actions.receive_logs(request.actor, source=source, chunks=_chunks(request))))


@batches.get("/{uuid:file_id}", response=LogBatch, auth=READS)
def read_batch(request: ActorRequest, file_id: UUID) -> dict[str, Any]:
    """Return how far a batch, or any other log file of the own organisation, is on its way into the lake."""
    return _line(queries.log_file_for(request.actor, file_id))


def _chunks(request: HttpRequest) -> Iterator[bytes]:
    return iter(partial(request.read, CHUNK), b"")


def _line(file: LogFile) -> dict[str, Any]:
    names = ("source", "state", "events", "quarantined", "known", "finished_at")
    error = file.error and wording.in_words(file.error)
    return {**{name: getattr(file, name) for name in names}, "id": file.pk, "error": error, "sent_at": file.created_at}
