"""Fetching mail from a mailbox by IMAP (RFC 9051) over TLS: each mail is taken and filed, or filed as refused.

A mail leaves the inbox only after it was taken or refused; what broke on our side stays for the next round. If a
process dies in between, the mail is found again and is known by its digest.
"""

import imaplib
import logging
import ssl
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from django.conf import settings

from noroshi.core.errors import InvalidInput, NoroshiError
from noroshi.sharing import actions

log = logging.getLogger(__name__)

TAKEN: Final = "Noroshi-Taken"
REFUSED: Final = "Noroshi-Refused"
A_ROUND: Final = 50
PATIENCE: Final = 20.0


@dataclass
class Counts:
    """What became of the mails of one round."""

    taken: int = 0
    refused: int = 0
    left: int = 0


def fetch_mail() -> Counts:
    """Empty the inbox; raise InvalidInput where the setting is no imaps address, OSError where the server is away."""
    url = urlsplit(settings.MAIL_IN_IMAP_URL)
    if url.scheme != "imaps" or not url.hostname:
        raise InvalidInput("MAIL_IN_IMAP_URL", "NOROSHI_MAIL_IN_IMAP_URL is imaps://USER:PASSWORD@HOST:PORT/FOLDER.")
    context = ssl.create_default_context()
    with imaplib.IMAP4_SSL(url.hostname, url.port or 993, ssl_context=context, timeout=PATIENCE) as server:
        server.login(unquote(url.username or ""), unquote(url.password or ""))
        for folder in (TAKEN, REFUSED):
            server.create(folder)  # NO where it is there already
        _ok(server.select(_quoted(unquote(url.path.lstrip("/")) or "INBOX")))
        return _emptied(server)


def _emptied(server: imaplib.IMAP4_SSL) -> Counts:
    counts = Counts()
    numbers = _ok(server.uid("SEARCH", "UNDELETED"))[0].split()
    for number in numbers[:A_ROUND]:
        _file(server, number.decode(), counts)
    server.expunge()
    return counts


def _file(server: imaplib.IMAP4_SSL, number: str, counts: Counts) -> None:
    """Take one mail and move it; a failure of ours leaves it where it is."""
    raw = next((part[1] for part in _ok(server.uid("FETCH", number, "(BODY.PEEK[])")) if isinstance(part, tuple)), b"")
    try:
        actions.take_mail(raw)
    except NoroshiError as refusal:
        log.info("mail refused", extra={"why": type(refusal).__name__})
        folder = REFUSED
        counts.refused += 1
    except Exception:  # isolation point: one mail that breaks something leaves the others to be read
        log.exception("mail could not be taken")
        counts.left += 1
        return
    else:
        folder = TAKEN
        counts.taken += 1
    _ok(server.uid("COPY", number, folder))
    _ok(server.uid("STORE", number, "+FLAGS", r"(\Deleted)"))


def _ok(answer: tuple[str, Any]) -> list[Any]:
    """Return what the server answered; raise OSError where it did not do what it was asked."""
    status, data = answer
    if status != "OK":
        raise OSError(f"the mail server answered {status}")
    return list(data)


def _quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
