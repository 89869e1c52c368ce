"""A folder of a mailbox as an address (RFC 5092): ``imaps://user@host:993/INBOX/Vendors``."""

import base64
import re
from dataclasses import dataclass
from typing import Final, Self
from urllib.parse import unquote, urlsplit

SCHEME: Final = "imaps"
PORT: Final = 993
_UNSENDABLE: Final = re.compile(r"[\x00-\x1f\x7f]")
_FOREIGN: Final = re.compile(r"[^\x20-\x7e]+|&")


@dataclass(frozen=True)
class Mailbox:
    """Whose mailbox it is, where, and which folder of it."""

    host: str
    port: int
    user: str
    folder: str

    @classmethod
    def of(cls, url: str) -> Self:
        """Return the one that an address names; raise ValueError where it is no such address."""
        parts = urlsplit(url)
        user, folder = unquote(parts.username or ""), unquote(parts.path.lstrip("/")) or "INBOX"
        if parts.scheme != SCHEME or not parts.hostname or not user or parts.password is not None:
            raise ValueError(url)
        if parts.query or parts.fragment or parts.port == 0 or _UNSENDABLE.search(user + folder):
            raise ValueError(url)
        return cls(parts.hostname, parts.port or PORT, user, folder)

    @property
    def quoted(self) -> str:
        """Return the folder's name as it is sent: in modified UTF-7 (RFC 3501, 5.1.3), between quotation marks."""
        written = _FOREIGN.sub(lambda found: _shifted(found[0]), self.folder)
        return '"{}"'.format(written.replace("\\", "\\\\").replace('"', '\\"'))


def is_mailbox(url: str) -> bool:
    """Whether an address is one of a mailbox, well written or not."""
    return url.lower().startswith(f"{SCHEME}:")


def _shifted(text: str) -> str:
    if text == "&":
        return "&-"
    packed = base64.b64encode(text.encode("utf-16-be")).decode().rstrip("=").replace("/", ",")
    return f"&{packed}-"
