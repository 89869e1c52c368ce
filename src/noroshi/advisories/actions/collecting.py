"""Sources asked: one question at a time to a host, what comes is kept before anything is read of it."""

import logging
import random
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import IO, Any, Final

from cryptography.fernet import InvalidToken
from django.conf import settings
from django.db import transaction

from noroshi.advisories import raw
from noroshi.advisories.actions.csaf_providers import read_provider
from noroshi.advisories.actions.mailboxes import read_mailbox
from noroshi.advisories.actions.reading import read_fetch
from noroshi.advisories.actions.scraping import fetch_page
from noroshi.advisories.actions.sources import PURPOSE
from noroshi.advisories.actions.telling import tell_of_health
from noroshi.advisories.domain.asking import Answered, AstrayError, Cursor, address, has_more, has_pages, opened, turned
from noroshi.advisories.domain.csaf_providers import is_provider
from noroshi.advisories.domain.documents import documents
from noroshi.advisories.domain.health import FAILING_FROM
from noroshi.advisories.domain.mailboxes import is_mailbox
from noroshi.advisories.domain.pace import pause_after
from noroshi.advisories.domain.sources import SourceKind
from noroshi.advisories.models import Fetch, Origin, Outcome, Source, SourceState
from noroshi.advisories.reach import reach_of
from noroshi.core import clock
from noroshi.kit import outbound
from noroshi.kit.domain.unpacking import Room
from noroshi.kit.sealing import opened as unsealed

log = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=30)
"""For how long a source is not handed out again while it is being asked, nor is another one of its host."""

UNPACKED: Final = 4
"""An answer that came packed may be so many times as large as the source may send."""

MEGABYTE: Final = 1024 * 1024
SECONDS: Final = 120.0
SECONDS_PER_MB: Final = 2.0
"""A large file may take its time, and has no more of a worker's than that."""

_OK: Final = 200
_NOT_MODIFIED: Final = 304
_KEPT_HEADERS: Final = ("etag", "last-modified", "content-type", "retry-after", "cache-control", "date")


def handed_out(name: str = "") -> list[Source]:
    """Return the sources that are due, each to one caller and one of each host; or the one of this name, due or not."""
    now = clock.now()
    states = SourceState.objects.select_related("source").order_by("due_at")
    free = states.filter(source__enabled=True).exclude(leased_until__gt=now)
    wanted = free.filter(source__name=name) if name else free.filter(due_at__lte=now)
    busy = set(states.filter(leased_until__gt=now).values_list("host", flat=True))
    taken = []
    for state in wanted:
        if state.host not in busy and _lease(state, now):
            busy.add(state.host)
            taken.append(state.source)
    return taken


def _lease(state: SourceState, now: datetime) -> bool:
    rows = SourceState.objects.filter(pk=state.pk, leased_until=state.leased_until)
    return bool(rows.update(leased_until=now + LEASE))


def collect(source: Source, *, pages: int = 1) -> list[Fetch]:
    """Ask a source for what is new, and read it; what an earlier process left half-read is read first.

    Raises nothing for what the source does: how it went is written down, and when it is asked again.
    """
    fetches = [_resumed(fetch) for fetch in _left_over(source)]
    for page in range(pages):
        if page:
            time.sleep(source.gap_seconds)
        fetches.append(_ask(source))
        if not _has_more(fetches[-1]):
            break
    return fetches


def _has_more(fetch: Fetch) -> bool:
    return fetch.outcome == Outcome.GOOD and not fetch.is_misshapen and has_more(fetch.cursor, clock.now())


def _left_over(source: Source) -> list[Fetch]:
    return list(Fetch.objects.filter(source=source, outcome=Outcome.READING, origin=Origin.NET).order_by("at"))


def _resumed(fetch: Fetch) -> Fetch:
    try:
        with raw.opened(fetch.digest) as file:
            return _read(fetch, file)
    except FileNotFoundError:
        return _failed(fetch, "what came is not kept any more")


def _ask(source: Source) -> Fetch:
    is_many = is_mailbox(source.url) or is_provider(source.reads, source.url)
    return _ask_for_parts(source) if is_many else _ask_web(source)


def _ask_for_parts(source: Source) -> Fetch:
    """Ask a source that is no single address: what is new comes as one file of many parts."""
    state = SourceState.objects.get(pk=source.pk)
    fetch, began = Fetch(source=source, address=source.url), time.monotonic()
    with raw.scratch() as file:
        try:
            reached = _gathered(source, state, file)
        except outbound.OutboundRefused as refusal:
            return _failed(fetch, refusal.message, is_final=True)
        except outbound.OutboundFailed as error:
            return _failed(fetch, error.message)
        fetch.seconds = round(time.monotonic() - began, 3)
        if reached is None:
            return _unchanged(fetch)
        fetch.size, fetch.digest, fetch.cursor = file.tell(), raw.keep(file), reached
        fetch.save()
        return _read(fetch, file)


def _gathered(source: Source, state: SourceState, file: IO[bytes]) -> dict[str, Any] | None:
    if is_mailbox(source.url):
        return read_mailbox(source, state.cursor, _key(source), file)
    return read_provider(source, state.cursor, file, headers=_headers(), private=_private(source))


def _headers() -> dict[str, str]:
    return {"User-Agent": f"noroshi (+{settings.BASE_URL})", "Accept": "*/*"}


def _ask_web(source: Source) -> Fetch:
    state = SourceState.objects.get(pk=source.pk)
    now = clock.now()
    paged = has_pages(source.reads, source.url)
    cursor = opened(Cursor.of(state.cursor), source.reads, source.url, now)
    fetch = Fetch(source=source, address=address(source.url, source.reads, cursor)[:2000])
    with raw.scratch() as file:
        try:
            answer = _fetched(source, fetch.address, state, file)
        except outbound.OutboundRefused as refusal:
            return _failed(fetch, refusal.message, is_final=True)
        except outbound.OutboundFailed as error:
            return _failed(fetch, error.message)
        _note_answer(fetch, answer, file)
        wait = outbound.wait_asked(answer.headers, now)
        if answer.status == _NOT_MODIFIED:
            return _unchanged(fetch)
        if answer.status != _OK:
            return _failed(fetch, f"HTTP {answer.status}", wait)
        fetch.digest = raw.keep(file)
        if fetch.digest == state.digest and not paged:
            return _unchanged(fetch)
        if paged:
            try:
                fetch.cursor = _turned(source, cursor, answer, file)
            except AstrayError as error:
                return _failed(fetch, str(error))
        fetch.save()
        return _read(fetch, file)


def _turned(source: Source, cursor: Cursor, answer: outbound.Answer, file: IO[bytes]) -> dict[str, Any]:
    page = Answered(file.read(source.most_mb * MEGABYTE * UNPACKED), answer.headers.get("link", ""))
    file.seek(0)
    return turned(cursor, source.reads, source.url, page).kept


def _fetched(source: Source, url: str, state: SourceState, file: IO[bytes]) -> outbound.Answer:
    most = source.most_mb * MEGABYTE
    networks = [ip_network(each) for each in source.networks]
    paged = has_pages(source.reads, source.url)
    known = {} if paged else outbound.conditional(state.etag, state.last_modified)
    fetched = fetch_page if source.reads is SourceKind.PAGE else outbound.fetch
    return fetched(
        url,
        file,
        headers={**_headers(), **known},
        private=_private(source),
        reach=reach_of(source.ports, networks),
        bounds=outbound.Bounds(Room(most, most * UNPACKED), total=SECONDS + SECONDS_PER_MB * source.most_mb, read=20.0),
    )


def _private(source: Source) -> Mapping[str, str]:
    """Return the headers that carry the source's key, as its server wants it."""
    key = _key(source)
    if not key:
        return {}
    return {"apiKey": key} if source.reads is SourceKind.NVD else {"Authorization": f"Bearer {key}"}


def _key(source: Source) -> str:
    try:
        return unsealed(PURPOSE, source.secret).decode() if source.secret else ""
    except InvalidToken as error:
        raise outbound.OutboundFailed("the key cannot be read: give it again") from error


def _note_answer(fetch: Fetch, answer: outbound.Answer, file: IO[bytes]) -> None:
    fetch.status, fetch.seconds, fetch.address = answer.status, round(answer.seconds, 3), answer.url[:2000]
    fetch.headers = {name: answer.headers[name][:500] for name in _KEPT_HEADERS if name in answer.headers}
    fetch.size = file.tell()


def _read(fetch: Fetch, file: IO[bytes]) -> Fetch:
    source = Source.everything.get(pk=fetch.source_id)
    try:
        read = read_fetch(fetch, documents(file, source.reads, fetch.address))
    except Exception as error:  # isolation point: what one source sends stops no other, and is kept to be read again
        log.exception("an answer could not be read", extra={"source": source.name})
        return _failed(fetch, f"{type(error).__name__}: {error}".replace("\x00", ""))
    _due_again(fetch, good=True)
    return read


def _unchanged(fetch: Fetch) -> Fetch:
    """Note that a source has nothing new: it answered, so it does not fail any more."""
    fetch.outcome = Outcome.UNCHANGED
    fetch.save()
    _due_again(fetch, good=True)
    return fetch


def _failed(fetch: Fetch, detail: str, wait: timedelta = timedelta(0), *, is_final: bool = False) -> Fetch:
    """Note that there was no answer; what `is_final` is no weather, and asking again would not change it."""
    fetch.outcome, fetch.detail = Outcome.FAILED, str(detail)[:300]
    fetch.save()
    _due_again(fetch, good=False, wait=wait, failures=FAILING_FROM if is_final else 0)
    return fetch


@transaction.atomic
def _due_again(fetch: Fetch, *, good: bool, wait: timedelta = timedelta(0), failures: int = 0) -> None:
    """Write down when a source is asked again, and how it is now; it failed so many times at least."""
    state = SourceState.objects.select_for_update(of=("self",)).select_related("source").get(pk=fetch.source_id)
    now, every = clock.now(), timedelta(minutes=state.source.minutes)
    if good:
        state.failures, state.failing_since = 0, None
        if fetch.outcome == Outcome.UNCHANGED:
            state.checked_at = now
        state.due_at = now + (timedelta(seconds=state.source.gap_seconds) if _has_more(fetch) else every)
    else:
        state.failures = max(state.failures + 1, failures)
        state.failing_since = state.failing_since or now
        state.due_at = now + pause_after(state.failures, every, random.random(), wait)  # noqa: S311 - no secret
    state.leased_until = None
    tell_of_health(state)
    state.save()
