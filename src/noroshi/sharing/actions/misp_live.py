"""Events given to, and asked of, the API of a running MISP: through our own calls out, two addresses of it.

PyMISP is not needed for that: it would bring its own way out, past the networks that the operator has opened.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext as _

from noroshi.core.actor import Actor
from noroshi.core.errors import InvalidInput
from noroshi.intel.domain.misp import writing
from noroshi.intel.domain.misp.events import MOST_BYTES, Event, NotMispError, read_events
from noroshi.intel.domain.misp.writing import Outgoing
from noroshi.intel.domain.strict_json import decode
from noroshi.kit import outbound
from noroshi.kit.domain.plain_text import one_line
from noroshi.sharing.actions.receipts import note_read
from noroshi.sharing.queries import misp as queries

PAGE: Final = 20
"""Events asked for at once: each may be large."""
MOST_PAGES: Final = 500
MOST_ANSWERED: Final = 16 * 1024 * 1024
SECONDS: Final = 120.0
_KNOWN_AS_IT_IS: Final = "not newer"
"""How MISP says that it has an event of the same moment, or a later one."""


@dataclass(frozen=True)
class Instance:
    """A running MISP: its address, and the key of one of its users."""

    url: str
    key: str


class Fate(StrEnum):
    """What became of an event that was pushed."""

    TAKEN = "taken"
    KNOWN = "known"
    REFUSED = "refused"


@dataclass(frozen=True)
class Pushed:
    """One event, what became of it there, and in what words it was refused."""

    uuid: UUID
    fate: Fate
    words: str = ""


def push_events(actor: Actor, instance: Instance, collection: str, *, since: datetime) -> Iterator[Pushed]:
    """Give the events of a collection that changed `since` to an instance, one by one, as `actor` may have them.

    Raises OutboundRefused or OutboundFailed where it is not reached; what went until then is there, and going again
    changes nothing.
    """
    for out in queries.events_for(actor, collection):
        if out.changed_at >= since:
            note_read(actor, queries.signals_among(actor, collection, [out]))
            yield _pushed(instance, out)


def _pushed(instance: Instance, out: Outgoing) -> Pushed:
    body = writing.written(writing.event(out))
    answer = _call(instance, f"/events/edit/{out.uuid}", body)
    if answer.status == HTTPStatus.NOT_FOUND:
        answer = _call(instance, "/events/add", body)
    if answer.status == HTTPStatus.OK:
        return Pushed(out.uuid, Fate.TAKEN)
    words = _words(answer.body)
    return Pushed(out.uuid, Fate.KNOWN if _KNOWN_AS_IT_IS in words else Fate.REFUSED, f"{answer.status}: {words}")


def pull_events(instance: Instance, *, since: datetime) -> Iterator[Event]:
    """Yield the published events that changed `since`, page by page.

    Raises OutboundRefused, OutboundFailed, or InvalidInput where what answers is no MISP.
    """
    for page in range(1, MOST_PAGES + 1):
        wanted = {
            "returnFormat": "json", "published": True, "timestamp": int(since.timestamp()), "page": page, "limit": PAGE,
        }  # fmt: skip
        answer = _call(instance, "/events/restSearch", json.dumps(wanted).encode(), most=MOST_BYTES)
        if answer.status != HTTPStatus.OK:
            raise InvalidInput("url", f"{answer.status}: {_words(answer.body)}")
        found = _events(answer.body)
        yield from found
        if len(found) < PAGE:
            return


def _events(body: bytes) -> list[Event]:
    try:
        read: Any = decode(body)
        return [] if isinstance(read, dict) and read.get("response") == [] else read_events(body)
    except (NotMispError, ValueError) as error:
        raise InvalidInput("url", _("What answers there is no MISP: %(why)s") % {"why": error}) from error


def _call(instance: Instance, path: str, body: bytes, *, most: int = MOST_ANSWERED) -> outbound.Answer:
    headers = {
        "Authorization": instance.key,
        "Accept": "application/json",
        "Accept-Encoding": "identity",
        "Content-Type": "application/json",
        "User-Agent": "Noroshi",
    }
    url = instance.url.rstrip("/") + path
    return outbound.post(url, content=body, headers=headers, most_bytes=most, seconds=SECONDS)


def _words(body: bytes) -> str:
    """Return what MISP says, as one line: of its JSON the sentences that it has."""
    text = body[:4_000].decode("utf-8", "replace")
    try:
        read: Any = json.loads(text)
    except ValueError:
        read = None
    said = [read.get("message"), read.get("errors")] if isinstance(read, dict) else [text]
    return one_line(" ".join(json.dumps(each) if not isinstance(each, str) else each for each in said if each))[:300]
