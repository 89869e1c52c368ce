"""Servers of others: what a person says of one, how it is asked, and when it is asked again."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final, TypeVar

from cryptography.fernet import InvalidToken
from django.utils.translation import gettext as _

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput
from noroshi.intel.domain.remote import MEDIA_TYPE, RemoteError, Trouble, pause_after
from noroshi.intel.models import FeedAuth, Remote
from noroshi.kit import outbound
from noroshi.kit.sealing import opened, sealed

MOST_REMOTES: Final = 50
"""Of a kind, of an organisation."""

SECONDS: Final = 120.0
"""For one answer: a server may take its time, and has no more of a worker's than that."""

SOON: Final = timedelta(minutes=1)

HANDED_OUT: Final = timedelta(minutes=30)
"""For how long one is not handed out again while it is being asked."""

R = TypeVar("R", bound=Remote)


@dataclass(frozen=True)
class RemoteSaid:
    """What a person says of a server and a collection of it. An empty `secret` leaves the one that is known."""

    title: str
    api_root: str
    collection: str
    auth: str = FeedAuth.NONE
    username: str = ""
    secret: str = ""
    minutes: int = 60


def require_room(actor: Actor, kind: type[Remote]) -> None:
    """Raise Conflict where the organisation has as many of a kind as it may."""
    if kind.objects.visible_to(actor).count() >= MOST_REMOTES:
        raise Conflict(_("You have enough of these: remove one first."))


def write(actor: Actor, remote: Remote, said: RemoteSaid) -> None:
    """Let a row say what a person says of it, to be asked soon; raise InvalidInput where that may not be.

    A secret goes to the server alone for which it was given: with another address it has to be given again.
    """
    _check(actor, remote, said)
    if said.api_root != remote.api_root:
        remote.secret = ""
    if said.secret:
        remote.secret = sealed(_purpose(remote), said.secret.encode())
    if said.auth == FeedAuth.NONE:
        remote.secret = ""
    elif not remote.secret:
        raise InvalidInput("secret", _("Give the password, the token or the certificate for this server."))
    for field in fields(said):
        if field.name != "secret":
            setattr(remote, field.name, getattr(said, field.name))
    remote.due_at, remote.failures = clock.now(), 0
    remote.save()


def _check(actor: Actor, remote: Remote, said: RemoteSaid) -> None:
    try:
        outbound.check_url(said.api_root)
    except outbound.OutboundRefused as refusal:
        raise InvalidInput("api_root", refusal.message) from refusal
    if "?" in said.api_root or not said.collection.replace("-", "").replace("_", "").isalnum():
        raise InvalidInput("collection", _("Give the API root, and the identifier of a collection in it."))
    if type(remote).objects.visible_to(actor).filter(title=said.title).exclude(pk=remote.pk).exists():
        raise InvalidInput("title", _("You have one of this name."))


def rest(remote: R, *, paused: bool) -> R:
    """Let a row rest, or wake it; return it locked."""
    row = locked(remote)
    row.paused, row.due_at, row.failures = paused, clock.now(), 0
    row.save(update_fields=["paused", "due_at", "failures"])
    return row


def hurry(remote: Remote) -> None:
    """Have a server asked with the next round."""
    row = locked(remote)
    if row.paused:
        raise Conflict(_("This is paused."))
    row.due_at = clock.now()
    row.save(update_fields=["due_at"])


def locked(remote: R) -> R:
    """Return the row as it is now, held to the end of the transaction."""
    return type(remote).everything.select_for_update().get(pk=remote.pk)


def handed_out(kind: type[R]) -> list[R]:
    """Return the rows of a kind that are due, each to one caller."""
    now = clock.now()
    due = list(kind.everything.filter(paused=False, due_at__lte=now))
    return [row for row in due if _is_ours(row, now + HANDED_OUT)]


def _is_ours(row: Remote, until: datetime) -> bool:
    rows = type(row).everything.filter(pk=row.pk, due_at=row.due_at, paused=False)
    return bool(rows.update(due_at=until))


def note_good(row: Remote, *, complaint: str = "", has_more: bool = False) -> None:
    """Say of a row that it went well, but for what is wrong with the server; it is due again in its time, or soon."""
    row.tried_at = row.good_at = now = clock.now()
    row.trouble, row.detail, row.failures = complaint, "", 0
    row.due_at = now + (SOON if has_more else timedelta(minutes=row.minutes))


def note_failure(row: Remote, failure: RemoteError) -> None:
    """Say of a row why it did not go well; it is due again the later the oftener it fails."""
    row.tried_at = now = clock.now()
    row.trouble, row.detail, row.failures = failure.trouble, failure.detail[:300], row.failures + 1
    row.due_at = now + pause_after(row.failures, timedelta(minutes=row.minutes), failure.wait)


def ask(remote: Remote, path: str, *, most_bytes: int) -> outbound.Answer:
    """Ask for what lies below the API root of a server; raise RemoteError where it is not reached."""
    return _called(outbound.get, remote, path, headers=_headers(remote), most_bytes=most_bytes)


def send(remote: Remote, path: str, body: bytes, *, most_bytes: int) -> outbound.Answer:
    """Send a body to what lies below the API root of a server; raise RemoteError where it is not reached."""
    headers = {**_headers(remote), "Content-Type": MEDIA_TYPE}
    return _called(outbound.post, remote, path, content=body, headers=headers, most_bytes=most_bytes)


def _called(call: Any, remote: Remote, path: str, **what: Any) -> outbound.Answer:
    url = f"{remote.api_root.rstrip('/')}/{path}"
    try:
        answer: outbound.Answer = call(url, seconds=SECONDS, certificate=_certificate(remote), **what)
    except (outbound.OutboundFailed, outbound.OutboundRefused) as error:
        raise RemoteError(Trouble.UNREACHABLE, error.message) from error
    if answer.status in (401, 403):
        raise RemoteError(Trouble.DENIED, str(answer.status))
    if answer.status in (429, 503):
        raise RemoteError(Trouble.BUSY, str(answer.status), wait=outbound.wait_asked(answer.headers, clock.now()))
    return answer


def _headers(remote: Remote) -> Mapping[str, str]:
    said = {"Accept": MEDIA_TYPE, "Accept-Encoding": "identity", "User-Agent": "noroshi"}
    secret = _secret(remote)
    if remote.auth == FeedAuth.BASIC:
        both = base64.b64encode(f"{remote.username}:{secret}".encode()).decode()
        return {**said, "Authorization": f"Basic {both}"}
    return {**said, "Authorization": f"Bearer {secret}"} if remote.auth == FeedAuth.BEARER else said


def _certificate(remote: Remote) -> str:
    return _secret(remote) if remote.auth == FeedAuth.CERTIFICATE else ""


def _secret(remote: Remote) -> str:
    try:
        return opened(_purpose(remote), remote.secret).decode() if remote.secret else ""
    except InvalidToken as error:
        raise RemoteError(Trouble.DENIED, "secret") from error


def _purpose(remote: Remote) -> str:
    return f"intel.{remote._meta.model_name}"
