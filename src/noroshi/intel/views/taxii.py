"""The TAXII 2.1 server (OASIS Standard, 10 June 2021): discovery, one API root, collections, objects.

What an object says goes out as the bytes that came in. What is hidden from whoever asks and what is not there are one
answer; every count, page and header is of what may be seen.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NoroshiError, NotAllowed, NotFound, TooLarge
from noroshi.intel import actions, queries
from noroshi.intel import taxii_wording as wording
from noroshi.intel.domain.stix.values import is_identifier
from noroshi.intel.domain.taxii import moments, resources
from noroshi.intel.domain.taxii.media import STIX, TAXII, accepts_taxii, is_taxii
from noroshi.intel.domain.taxii.query import MalformedQueryError, Query, read_query
from noroshi.intel.domain.wanted import Version, Wanted
from noroshi.intel.queries import Collection, Delivered
from noroshi.kit.errors import answers_below
from noroshi.members.credentials import CHALLENGES, open_request
from noroshi.members.domain.scopes import Scope

SCOPES: Final = (Scope.TAXII_READ, Scope.TAXII_WRITE)
FIELDS: Final = ("id", "type", "version", "spec_version")
OF_OBJECT: Final = ("version", "spec_version")
OF_VERSIONS: Final = ("spec_version",)

IN_MEMORY: Final = 4 * 1024 * 1024
"""Bytes of a body that are kept in memory; a longer one lies on the disk meanwhile."""


@dataclass(frozen=True)
class Asked:
    """A request, who asks, and for what its token may be used."""

    request: HttpRequest
    actor: Actor
    scopes: frozenset[str]


Handler = Callable[..., HttpResponse]


@answers_below("/taxii2/")
def error(status: HTTPStatus, sentence: str) -> HttpResponse:
    """Return an error message (3.6.1)."""
    return _answer(resources.error(status.phrase, sentence, status.value), status)


def _answer(body: bytes, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    return HttpResponse(body, status=status, content_type=TAXII)


def endpoint(**handlers: Handler) -> Callable[..., HttpResponse]:
    """Return the view of an address whose methods these handlers answer; a token asks, never a session."""

    @wraps(next(iter(handlers.values())))
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        handler = handlers.get("GET" if request.method == "HEAD" else request.method or "")
        if handler is None:
            refusal = error(HTTPStatus.METHOD_NOT_ALLOWED, "")
            refusal["Allow"] = ", ".join(sorted(handlers))
            return refusal
        if not accepts_taxii(request.headers.get("Accept", "")):
            return error(HTTPStatus.NOT_ACCEPTABLE, str(wording.NOT_ACCEPTED) % {"kind": TAXII})
        opened = open_request(request, Channel.TAXII, SCOPES)
        if opened is None:
            refusal = error(HTTPStatus.UNAUTHORIZED, str(wording.NO_TOKEN))
            refusal["WWW-Authenticate"] = CHALLENGES
            return refusal
        request.actor = opened.actor  # type: ignore[attr-defined] # as the middleware does for sessions
        return handler(Asked(request, opened.actor, opened.scopes), **named)

    view: Callable[..., HttpResponse] = login_not_required(csrf_exempt(answered))
    return view


def discovery(asked: Asked) -> HttpResponse:
    """Tell which API roots there are (4.1)."""
    del asked
    root = reverse("taxii-root")
    description = _("Threat intelligence that members share with each other.")
    return _answer(resources.encoded(title="Noroshi", description=description, default=root, api_roots=[root]))


def api_root(asked: Asked) -> HttpResponse:
    """Tell about the one API root (4.2)."""
    del asked
    description = _("What you see is decided for each object by its marking and its audience.")
    limit = settings.TAXII_LIMIT
    return _answer(resources.api_root(title="Noroshi", description=description, max_content_length=limit))


def status(asked: Asked, status_id: UUID) -> HttpResponse:
    """Tell what became of what was sent (4.3)."""
    return _answer(queries.status_for(asked.actor, status_id))


def collections(asked: Asked) -> HttpResponse:
    """Tell which collections there are for whoever asks (5.1)."""
    found = [_described(asked, each) for each in queries.collections_for(asked.actor)]
    return _answer(resources.encoded(collections=found))


def one_collection(asked: Asked, collection: str) -> HttpResponse:
    """Tell about one collection (5.2)."""
    return _answer(resources.encoded(**_described(asked, queries.collection_for(asked.actor, collection))))


def manifest(asked: Asked, collection: str) -> HttpResponse:
    """Tell which objects a collection has (5.3)."""
    found = _page(asked, _readable(asked, collection), _query(asked, FIELDS))
    records = [resources.record_of(row.stix_id, row.added, row.raw) for row in found.rows]
    return _paged(found, resources.manifest(records, following=found.following))


def objects(asked: Asked, collection: str) -> HttpResponse:
    """Give the objects of a collection (5.4)."""
    return _given(asked, _readable(asked, collection), _query(asked, FIELDS))


def add_objects(asked: Asked, collection: str) -> HttpResponse:
    """Take in objects (5.5): each by itself, so that one that is refused does not keep out the others."""
    if not _may_write(asked, found := queries.collection_for(asked.actor, collection)):
        raise NotAllowed(str(wording.NO_WRITING)) if _may_read(asked, found) else NotFound
    kind = asked.request.headers.get("Content-Type", "")
    if not is_taxii(kind) or asked.request.headers.get("Content-Encoding", "identity") != "identity":
        return error(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, str(wording.NOT_READ) % {"kind": TAXII})
    length = asked.request.headers.get("Content-Length", "")
    if not length.isdigit():
        return error(HTTPStatus.LENGTH_REQUIRED, str(wording.NO_LENGTH))
    if int(length) > settings.TAXII_LIMIT:
        raise TooLarge(str(wording.TOO_LONG) % {"most": settings.TAXII_LIMIT})
    with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
        shutil.copyfileobj(asked.request, body, IN_MEMORY)
        body.seek(0)
        return _answer(actions.add_objects(asked.actor, body), HTTPStatus.ACCEPTED)


def stix_object(asked: Asked, collection: str, stix_id: str) -> HttpResponse:
    """Give one object (5.6)."""
    return _given(asked, _readable(asked, collection), _query(asked, OF_OBJECT, stix_id), stix_id)


def delete_object(asked: Asked, collection: str, stix_id: str) -> HttpResponse:
    """Delete an object, or versions of it (5.7)."""
    found = queries.collection_for(asked.actor, collection)
    rights = (_may_read(asked, found), _may_write(asked, found))
    if not all(rights):
        raise NotAllowed(str(wording.NO_DELETING)) if any(rights) else NotFound
    query = _query(asked, OF_OBJECT, stix_id)
    chosen = None
    if "match[version]" in asked.request.GET and query.wanted is not None:
        chosen = frozenset(row.modified for row in _delivered(asked, found, query.wanted, limit=query.limit))
    if query.wanted is None or not actions.delete_received(asked.actor, stix_id=stix_id, versions=chosen):
        raise NotFound
    return _answer(b"")


def versions(asked: Asked, collection: str, stix_id: str) -> HttpResponse:
    """Tell which versions of an object there are (5.8)."""
    query = _query(asked, OF_VERSIONS, stix_id)
    every = query.wanted and replace(query.wanted, versions=frozenset({Version.ALL}))
    found = _page(asked, _readable(asked, collection), replace(query, wanted=every), stix_id)
    names = [resources.version_of(row.raw) for row in found.rows]
    return _paged(found, resources.versions(names, following=found.following))


@dataclass(frozen=True)
class _Page:
    """Some objects, and where to go on; empty at the end."""

    rows: list[Delivered]
    following: str


def _given(asked: Asked, collection: Collection, query: Query, stix_id: str = "") -> HttpResponse:
    """Give a page of objects, and note who gets what before it goes."""
    found = _page(asked, collection, query, stix_id)
    signals = {row.signal for row in found.rows if row.signal}
    actions.note_delivery(asked.actor, collection.id, given=len(found.rows), signals=signals)
    return _paged(found, resources.envelope((row.raw for row in found.rows), following=found.following))


def _paged(found: _Page, body: bytes) -> HttpResponse:
    """Answer with when the first and the last of what is given were added (3.2)."""
    answer = _answer(body)
    if found.rows:
        answer["X-TAXII-Date-Added-First"] = moments.written(found.rows[0].added)
        answer["X-TAXII-Date-Added-Last"] = moments.written(found.rows[-1].added)
    return answer


def _page(asked: Asked, collection: Collection, query: Query, stix_id: str = "") -> _Page:
    """Return what is asked for; of an object that is named and not there, raise NotFound."""
    if asked.request.GET.get("next"):
        actions.note_page(asked.actor)
    wanted = query.wanted
    rows = _delivered(asked, collection, wanted, after=query.after, limit=query.limit + 1) if wanted else []
    if stix_id and not rows:
        _require_object(asked, collection, stix_id)
    shown = _within_bytes(rows[: query.limit])
    return _Page(shown, str(shown[-1].added) if len(shown) < len(rows) else "")


def _require_object(asked: Asked, collection: Collection, stix_id: str) -> None:
    every = Wanted(frozenset({stix_id}), versions=frozenset({Version.ALL}))
    if not is_identifier(stix_id) or not _delivered(asked, collection, every, limit=1):
        raise NotFound


def _within_bytes(rows: list[Delivered]) -> list[Delivered]:
    """Return the first of `rows`, as many as an answer holds."""
    room = queries.MOST_BYTES
    for number, row in enumerate(rows):
        room -= len(row.raw)
        if room < 0 and number:
            return rows[:number]
    return rows


def _delivered(asked: Asked, collection: Collection, wanted: Wanted, *, limit: int, after: int = 0) -> list[Delivered]:
    reader = actions.look_after(asked.actor)
    return queries.delivered(asked.actor, reader, collection, wanted, limit=limit, after=after)


def _query(asked: Asked, fields: tuple[str, ...], stix_id: str = "") -> Query:
    try:
        return read_query(dict(asked.request.GET.lists()), fields=fields, stix_id=stix_id)
    except MalformedQueryError as malformed:
        raise NoroshiError(wording.sentence(malformed)) from malformed


def _described(asked: Asked, collection: Collection) -> dict[str, Any]:
    return {
        "id": collection.id,
        "title": collection.title,
        "description": collection.description,
        "alias": collection.alias,
        "can_read": _may_read(asked, collection),
        "can_write": _may_write(asked, collection),
        "media_types": [STIX],
    }


def _readable(asked: Asked, name: str) -> Collection:
    """Return a collection that whoever asks reads; what is not there for it is not there."""
    found = queries.collection_for(asked.actor, name)
    if not _may_read(asked, found):
        raise NotAllowed(str(wording.NO_READING)) if _may_write(asked, found) else NotFound
    return found


def _may_read(asked: Asked, collection: Collection) -> bool:
    return collection.can_read and Scope.TAXII_READ in asked.scopes


def _may_write(asked: Asked, collection: Collection) -> bool:
    return collection.can_write and Scope.TAXII_WRITE in asked.scopes
