"""VEX: what makers and others say of products and vulnerabilities, in CSAF, CycloneDX or OpenVEX."""

from typing import Any, Final

import msgspec

from noroshi.advisories.domain.readers.strict import UNREADABLE
from noroshi.advisories.domain.vex import csaf, cyclonedx, openvex
from noroshi.advisories.domain.vex.statements import (
    Statement,
    Unread,
    UnreadableVexError,
    VexDocument,
    VexStatus,
    covers,
    latest,
)

MOST_BYTES: Final = 32 * 1024 * 1024
MOST_STATEMENTS: Final = 50_000


def read_vex(body: bytes) -> VexDocument:
    """Return what a document says. Raises UnreadableVexError."""
    if len(body) > MOST_BYTES:
        raise UnreadableVexError("too large")
    try:
        said: Any = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except UNREADABLE as error:
        raise UnreadableVexError("no JSON") from error
    if not isinstance(said, dict):
        raise UnreadableVexError("no VEX")
    if said.get("bomFormat") == "CycloneDX":
        document = cyclonedx.read(said)
    elif "openvex" in str(said.get("@context", "")):
        document = openvex.read(said)
    elif isinstance(said.get("document"), dict):
        document = csaf.read(body.removeprefix(b"\xef\xbb\xbf"))
    else:
        raise UnreadableVexError("no VEX")
    if not document.statements and not document.unread:
        raise UnreadableVexError("no statement")
    if len(document.statements) > MOST_STATEMENTS:
        raise UnreadableVexError("too many statements")
    return document


__all__ = [
    "MOST_BYTES",
    "Statement",
    "Unread",
    "UnreadableVexError",
    "VexDocument",
    "VexStatus",
    "covers",
    "latest",
    "read_vex",
]
