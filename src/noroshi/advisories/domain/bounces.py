"""What a mail server sends back of a mail that did not arrive: RFC 3464, and what is left to say without it."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.errors import MessageError
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from enum import StrEnum
from typing import Final

from noroshi.advisories.domain.readers.mail import header_text

MOST_BYTES: Final = 1024 * 1024
"""What a report says stands before the mail that it returns: of a longer letter its beginning is read."""
MOST_PARTS: Final = 50
_HEAD_BYTES: Final = 64 * 1024

_MESSAGE_ID: Final = re.compile(r"<([^<>\s@]{1,120}@[^<>\s@]{1,80})>")
_STATUS: Final = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
_WHERE: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
_LONGEST: Final = 2_000
_DAEMONS: Final = ("mailer-daemon", "postmaster")


class Kind(StrEnum):
    """What it means for the address."""

    PERMANENT = "permanent"
    """5.x.x: it does not exist, or takes nothing from here."""
    TEMPORARY = "temporary"
    """4.x.x: it was tried until somebody gave up."""
    UNKNOWN = "unknown"
    """It came back, and nobody says in a way that a program can read why."""


@dataclass(frozen=True)
class Bounce:
    """A mail that came back: which, and why. `named` are the numbers of mails that it names."""

    named: tuple[str, ...]
    kind: Kind
    status: str
    detail: str
    digest: str
    """Of the letter, so that it is counted once."""
    addressed: tuple[str, ...] = ()
    """What its headers say of where it was sent."""


@dataclass(frozen=True)
class Head:
    """What a letter says of itself, for a person who looks for it."""

    sender: str
    subject: str


def head_of(raw: bytes) -> Head:
    """Return what a letter says of itself; nothing in it makes this raise."""
    letter = BytesHeaderParser().parsebytes(raw[:_HEAD_BYTES])
    sender, subject = (_header(letter, name) for name in ("From", "Subject"))
    return Head(sender[:254], subject[:300])


def _header(letter: Message, name: str) -> str:
    try:
        return _one_line(header_text(str(letter.get(name, "")))[:2_000])
    except (MessageError, ValueError, LookupError, TypeError, AttributeError):
        return ""


def read_bounce(raw: bytes) -> Bounce | None:
    """Return what a letter says of a mail that did not arrive; None where it says nothing of that sort.

    An answer of a person or of a machine for a person on holiday is none, nor is the word that a mail is late and
    still being tried. Nothing in a letter makes this raise.
    """
    try:
        return _read(message_from_bytes(raw[:MOST_BYTES]), digest_of(raw))
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None  # nested thousands deep, or otherwise what no mail server writes


def digest_of(raw: bytes) -> str:
    """Return the digest of a letter, the same however its lines end: in a file, and as IMAP sends it."""
    return hashlib.sha256(raw[:MOST_BYTES].replace(b"\r\n", b"\n")).hexdigest()


def _read(letter: Message, digest: str) -> Bounce | None:
    parts = _parts(letter)
    reports = [part for part in parts if part.get_content_type() == "message/delivery-status"]
    if reports:
        fields = [found for report in reports for found in _recipients(report)]
        failed = [found for found in fields if found["action"] == "failed"]
        if not failed:
            return None
        worst = min(failed, key=lambda found: _ORDER[_kind(found)])
        return Bounce(_named(parts), _kind(worst), worst["status"], worst["detail"], digest, _addressed(letter))
    if not _is_from_a_daemon(letter):
        return None
    text = "\n".join(_text(part) for part in parts if part.get_content_maintype() == "text")
    detail = _one_line(text)[:300]
    return Bounce(_named_in_text(letter, text), Kind.UNKNOWN, "", detail, digest, _addressed(letter))


_ORDER: Final = {Kind.PERMANENT: 0, Kind.TEMPORARY: 1, Kind.UNKNOWN: 2}


def _addressed(letter: Message) -> tuple[str, ...]:
    found = [str(value)[:_LONGEST] for name in _WHERE for value in letter.get_all(name, [])[:MOST_PARTS]]
    return tuple(found)


def _parts(letter: Message) -> list[Message]:
    found: list[Message] = []
    for part in letter.walk():
        found.append(part)
        if len(found) >= MOST_PARTS:
            break
    return found


def _recipients(report: Message) -> Iterator[dict[str, str]]:
    """Yield what a report says of each recipient: its blocks but the first, which is about the whole mail."""
    blocks = report.get_payload()
    for block in blocks[:MOST_PARTS] if isinstance(blocks, list) else ():
        if isinstance(block, Message) and "Action" in block:
            status = _STATUS.search(_said(block, "Status"))
            detail = _said(block, "Diagnostic-Code").partition(";")
            yield {
                "action": _said(block, "Action").lower(),
                "status": status[0] if status else "",
                "detail": _one_line(detail[2] or detail[0])[:300],
            }


def _kind(found: dict[str, str]) -> Kind:
    return {"5": Kind.PERMANENT, "4": Kind.TEMPORARY}.get(found["status"][:1], Kind.UNKNOWN)


def _named(parts: list[Message]) -> tuple[str, ...]:
    """Return the number of the mail that came back: of the mail, or of its headers, that lies in the report."""
    found = [number for part in parts for inner in _returned(part) for number in _numbers(_said(inner, "Message-ID"))]
    return tuple(dict.fromkeys(found))


def _returned(part: Message) -> list[Message]:
    """Return the mail that lies in a part of a report, as far as it was returned."""
    if part.get_content_type() == "text/rfc822-headers":
        return [message_from_bytes(_text(part).encode())]
    if part.get_content_type() in {"message/rfc822", "message/global"}:
        inner = part.get_payload()
        return [each for each in inner if isinstance(each, Message)] if isinstance(inner, list) else []
    return []


def _named_in_text(letter: Message, text: str) -> tuple[str, ...]:
    quoted = re.findall(r"(?im)^[> \t]*message-id:\s*(<[^<>\s]+>)", text)
    answered = [_said(letter, name) for name in ("In-Reply-To", "References", "X-Failed-Message-ID")]
    return tuple(dict.fromkeys(number for each in (*quoted, *answered) for number in _numbers(each)))


def _numbers(text: str) -> list[str]:
    return _MESSAGE_ID.findall(text)


def _is_from_a_daemon(letter: Message) -> bool:
    if _said(letter, "Auto-Submitted").lower().startswith("auto-replied"):
        return False
    sender = parseaddr(_said(letter, "From"))[1].lower().partition("@")[0]
    return sender in _DAEMONS or _said(letter, "Return-Path").strip() == "<>"


def _said(block: Message, name: str) -> str:
    return _one_line(str(block.get(name, "")))


def _text(part: Message) -> str:
    body = part.get_payload(decode=True)
    return body.decode("utf-8", errors="replace") if isinstance(body, bytes) else ""


def _one_line(text: str) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())
