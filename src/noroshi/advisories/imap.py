"""IMAP (RFC 3501), as far as a folder is read by it: only over TLS, only looked at, each message once.

Nothing is changed there: the folder is opened by EXAMINE, and a message fetched by BODY.PEEK stays unread.
"""

import imaplib
import re
import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _

from noroshi.advisories.domain.mailboxes import Mailbox
from noroshi.kit.connections import tls_to
from noroshi.kit.outbound import OutboundFailed, OutboundRefused, Reach

MOST_MESSAGES: Final = 200
"""At once; what is left comes with the next question."""
MOST_NUMBERS: Final = 50_000
"""Asked for at once: a line of them is well within what is read as one."""
SECONDS: Final = 300.0
ANSWERS: Final = 4 * 1024 * 1024
"""Bytes that a server may say besides the messages: a list of half a million numbers."""
_UID: Final = re.compile(rb"\bUID (\d{1,10})\b")
_SIZE: Final = re.compile(rb"\bRFC822\.SIZE (\d{1,12})\b")


@dataclass(frozen=True)
class Place:
    """How far a folder has been read: up to which message, of which numbering of it; and whether there is more."""

    validity: int = 0
    uid: int = 0
    more: bool = False

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Place":
        """Return the one that a database keeps."""
        return cls(int(kept.get("validity", 0)), int(kept.get("uid", 0)), bool(kept.get("more")))


@contextmanager
def signed_in(url: str, key: str, reach: Reach, most: int) -> Iterator[tuple["Folder", Mailbox]]:
    """Within the block, a connection to the server of a mailbox that lets its user in; it says so many bytes at most.

    Raise OutboundRefused or OutboundFailed, for what goes wrong within the block too.
    """
    try:
        mailbox = Mailbox.of(url)
    except ValueError as error:
        raise OutboundRefused(_("This is not an address of a mailbox.")) from error
    with tls_to(mailbox.host, mailbox.port, reach, seconds=SECONDS) as connection:
        try:
            client = Folder(connection, most + ANSWERS)
            _sign_in(client, mailbox, key)
            yield client, mailbox
            client.logout()
        except imaplib.IMAP4.error as error:
            said = {"said": str(error)[:200]}
            raise OutboundFailed(_("The mail server does not answer as it should: %(said)s") % said) from error


def _sign_in(client: "Folder", mailbox: Mailbox, key: str) -> None:
    try:
        client.login(mailbox.user, key)
    except client.abort:
        raise
    except imaplib.IMAP4.error as error:
        raise OutboundFailed(_("The mail server does not let %(user)s in.") % {"user": mailbox.user}) from error


class Folder(imaplib.IMAP4):
    """A folder, by a connection that there is; hears no more than so many bytes."""

    def __init__(self, connection: ssl.SSLSocket, most: int) -> None:
        self._given = connection
        self._left = most
        super().__init__()

    def _create_socket(self, _timeout: float | None = None) -> ssl.SSLSocket:
        return self._given

    def read(self, size: int) -> bytes:
        """Return so many bytes of what the server says."""
        self._count(size)
        return super().read(size)

    def readline(self) -> bytes:
        """Return a line of what the server says."""
        line = super().readline()
        self._count(len(line))
        return line

    def _count(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self.abort("it sends too much")

    def examine(self, folder: str) -> int:
        """Open it to be looked at; return the number of its numbering."""
        self._good(self.select(folder, readonly=True))
        said = self.response("UIDVALIDITY")[1]
        if not said or not isinstance(said[0], bytes) or not said[0].isdigit():
            raise self.error("it does not number its messages")
        return int(said[0])

    def behind(self, folder: str, place: Place) -> tuple[Place, list[int], bool]:
        """Open a folder; return the place there, the numbers of the next messages, and whether more are behind these.

        A folder that is numbered anew is read anew.
        """
        validity = self.examine(folder)
        here = Place(validity, place.uid if validity == place.validity else 0)
        uids, ends = self.uids_behind(here.uid)
        return here, uids[:MOST_MESSAGES], len(uids) > MOST_MESSAGES or not ends

    def uids_behind(self, uid: int) -> tuple[list[int], bool]:
        """Return the numbers of the messages behind one, in their order, and whether these are the last.

        A large folder is gone through part by part: a server says the numbers of each in one line.
        """
        said = self.response("UIDNEXT")[1]
        ahead = int(said[0]) if said and isinstance(said[0], bytes) and said[0].isdigit() else 0
        first = uid + 1
        while first + MOST_NUMBERS < ahead:
            if found := self._numbers(first, str(first + MOST_NUMBERS - 1)):
                return found, False
            first += MOST_NUMBERS
        return self._numbers(first, "*"), True

    def _numbers(self, first: int, last: str) -> list[int]:
        """Return the numbers from one to another; of ``n:*`` a server says its last one even where that is before n."""
        lines = self._good(self.uid("SEARCH", f"UID {first}:{last}"))
        numbers = {int(word) for line in lines if isinstance(line, bytes) for word in line.split() if word.isdigit()}
        return sorted(number for number in numbers if number >= first)

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return how many bytes each message has, as far as that is said."""
        if not uids:
            return {}
        lines = self._good(self.uid("FETCH", ",".join(map(str, uids)), "(UID RFC822.SIZE)"))
        found = {}
        for line in lines:
            uid, size = (pattern.search(line) if isinstance(line, bytes) else None for pattern in (_UID, _SIZE))
            if uid and size:
                found[int(uid[1])] = int(size[1])
        return found

    def message(self, uid: int, most: int = 0) -> bytes | None:
        """Return a message as it was received, and leave it unread; None where there is none any more.

        Of a longer one no more than the first `most` bytes, where that is not 0.
        """
        part = f"<0.{most}>" if most else ""
        lines = self._good(self.uid("FETCH", str(uid), f"(BODY.PEEK[]{part})"))
        parts = [line[1] for line in lines if isinstance(line, tuple) and b"BODY[" in line[0]]
        return bytes(parts[0]) if parts else None

    def _good(self, answer: tuple[str, Any]) -> list[Any]:
        kind, lines = answer
        if kind != "OK":
            raise self.error(
                b" ".join(line for line in lines or () if isinstance(line, bytes)).decode("utf-8", "replace")
            )
        return list(lines or ())
