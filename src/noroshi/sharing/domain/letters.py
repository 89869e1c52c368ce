"""A mail as a draft's words: what somebody sent to an address of theirs, read without believing anything it says.

The address lets a mail in, its `From` does not: that can be forged. A mail that a machine sent by itself (RFC 3834), a
list's, a bounce, one that cannot be read or carries too much is refused as a whole, with a reason.
"""

import hashlib
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import getaddresses
from enum import StrEnum
from typing import Final

import nh3

from noroshi.sharing.domain.content import MAX_BODY, MAX_TITLE
from noroshi.sharing.domain.encodings import decoded
from noroshi.sharing.domain.texts import one_line, readable

LOCAL_PART: Final = "share"
"""What stands before the plus of every address."""
MOST_PARTS: Final = 100
DEEPEST: Final = 20
_BOUNDARY: Final = re.compile(rb"(?i)boundary\s*=")
_SECRET: Final = re.compile(r"[a-z2-7]{26}")
_ADDRESSES: Final = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To", "Cc")
_BROKEN: Final = (ValueError, LookupError, AttributeError, TypeError, AssertionError, RecursionError, MessageError)
"""What the header parser of the standard library is known to raise for headers that are none."""
_LINE_ENDS: Final = re.compile(r"(?i)<\s*(?:br|/p|/div|/tr|/li|/h[1-6]|/blockquote|/table)\b[^>]*>")
_LINK: Final = re.compile(r'<a href="([^"]*)"[^>]*>(.*?)</a>', re.DOTALL)
_ANCHOR: Final = re.compile(r"</?a\b[^>]*>")
_SIGNATURES: Final = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
)
_SEALED: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})


class Unfit(StrEnum):
    """Why a mail is not taken."""

    TOO_LARGE = "too_large"
    TOO_MANY_PARTS = "too_many_parts"
    NO_MAIL = "no_mail"
    AUTOMATIC = "automatic"
    LIST = "list"
    BOUNCE = "bounce"
    SEALED = "sealed"
    EMPTY = "empty"


SILENT: Final = frozenset({Unfit.AUTOMATIC, Unfit.LIST, Unfit.BOUNCE})
"""What is not answered: an answer to a machine's answer would go round."""


class UnfitLetterError(ValueError):
    """A mail that is not taken, with the reason."""

    def __init__(self, reason: Unfit) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class LetterFile:
    """A file that came with a mail."""

    name: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """What a mail says: one line, a text, files; and what it says of its sender, which nobody believes."""

    sender: str
    title: str
    body: str
    files: tuple[LetterFile, ...]
    digest: str
    """SHA-256 over its number and content: the same mail by two ways is one, whatever headers the ways add."""


def address_of(domain: str, label: str, secret: str) -> str:
    """Return the address of somebody's mail: the label is for people to read, the secret (26 of base32) opens it.

    A local part has 64 characters at most (RFC 5321, 4.5.3.1.1).
    """
    return f"{LOCAL_PART}+{label[:30]}.{secret}@{domain}"


def secrets_in(addresses: Iterable[str], domain: str) -> list[str]:
    """Return the secrets of those of `addresses` that are of this domain and of our form, each once, in their order."""
    found: dict[str, None] = {}
    for _name, address in getaddresses(list(addresses)):
        local, _at, home = address.strip().lower().rpartition("@")
        start, _plus, rest = local.partition("+")
        secret = rest.rpartition(".")[2]
        if home == domain.lower() and start == LOCAL_PART and _SECRET.fullmatch(secret):
            found[secret] = None
    return list(found)


def recipients_of(raw: bytes) -> list[str]:
    """Return what the headers of a mail say of where it goes, for a mailbox that tells nothing else."""
    message = _message(raw)
    return [text for name in _ADDRESSES for text in _all(message, name)]


def read_letter(raw: bytes, *, most: int) -> Letter:
    """Return what a mail of at most `most` bytes says; raise UnfitLetterError."""
    if len(raw) > most:
        raise UnfitLetterError(Unfit.TOO_LARGE)
    message = _message(raw)
    _refuse_machines(message)
    texts, markup, files = _contents(message)
    body = "\n\n".join(texts).strip() or "\n\n".join(markup).strip()
    if not body and not files:
        raise UnfitLetterError(Unfit.EMPTY)
    if len(body) > MAX_BODY:
        raise UnfitLetterError(Unfit.TOO_LARGE)
    title = one_line(_one(message, "Subject"))[:MAX_TITLE] or one_line(body)[:MAX_TITLE] or files[0].name[:MAX_TITLE]
    said = hashlib.sha256()
    for piece in (_one(message, "Message-ID").strip(), title, body, *(file.name for file in files)):
        said.update(f"{len(piece)}:{piece}".encode("utf-8", "surrogatepass"))
    for file in files:
        said.update(hashlib.sha256(file.data).digest())
    return Letter(sender_of(message), title, body, tuple(files), said.hexdigest())


def sender_of(message: EmailMessage) -> str:
    """Return the address that a mail gives as its sender, in lower case; empty where it gives none."""
    pairs = getaddresses(_all(message, "From"))
    return readable(pairs[0][1]).lower()[:254] if pairs else ""


def _message(raw: bytes) -> EmailMessage:
    if len(_BOUNDARY.findall(raw)) > MOST_PARTS:
        raise UnfitLetterError(Unfit.TOO_MANY_PARTS)
    try:
        message = message_from_bytes(raw, policy=policy.default)
    except _BROKEN as error:
        raise UnfitLetterError(Unfit.NO_MAIL) from error
    if not message.keys():
        raise UnfitLetterError(Unfit.NO_MAIL)
    return message


def _refuse_machines(message: EmailMessage) -> None:
    """Refuse what no person sent: RFC 3834 (section 2), RFC 2919, and the customary headers of answering machines."""
    kind = _kind(message)
    if kind == "multipart/report" or _one(message, "Return-Path").strip() == "<>":
        raise UnfitLetterError(Unfit.BOUNCE)
    if sender_of(message).partition("@")[0] in {"mailer-daemon", "postmaster"}:
        raise UnfitLetterError(Unfit.BOUNCE)
    automatic = _one(message, "Auto-Submitted").strip().lower().partition(";")[0]
    if automatic not in {"", "no"} or any(message.get_all(name) for name in ("X-Autoreply", "X-Autorespond", "X-Loop")):
        raise UnfitLetterError(Unfit.AUTOMATIC)
    if _one(message, "Precedence").strip().lower() == "auto_reply":
        raise UnfitLetterError(Unfit.AUTOMATIC)
    bulk = _one(message, "Precedence").strip().lower() in {"bulk", "junk", "list"}
    if bulk or any(name in message for name in ("List-Id", "List-Unsubscribe", "List-Post")):
        raise UnfitLetterError(Unfit.LIST)


def _contents(message: EmailMessage) -> tuple[list[str], list[str], list[LetterFile]]:
    """Return the plain texts, the texts that stand in HTML alone, and the files."""
    texts: list[str] = []
    markup: list[str] = []
    files: list[LetterFile] = []
    for part in _leaves(message):
        kind, name = _kind(part), _file_name(part)
        if kind in _SEALED:
            raise UnfitLetterError(Unfit.SEALED)
        if kind in _SIGNATURES or (kind == "text/calendar" and not name):
            continue
        if name or not kind.startswith("text/"):
            files.append(LetterFile(name or f"part-{len(files) + 1}", _bytes(part)))
        elif kind == "text/html":
            markup.append(_words(_text(part)))
        else:
            texts.append(readable(_text(part)))
    return texts, markup, files


def _leaves(message: EmailMessage, depth: int = 0) -> Iterator[EmailMessage]:
    """Yield the parts that hold something. A mail inside a mail is a file, and is not opened."""
    if depth > DEEPEST:
        raise UnfitLetterError(Unfit.TOO_MANY_PARTS)
    inner = message.get_payload()
    if isinstance(inner, list) and _kind(message) != "message/rfc822":
        for part in inner:
            if isinstance(part, EmailMessage):
                yield from _leaves(part, depth + 1)
    else:
        yield message


def _kind(part: EmailMessage) -> str:
    try:
        return part.get_content_type()
    except _BROKEN:
        return "application/octet-stream"


def _file_name(part: EmailMessage) -> str:
    try:
        name = part.get_filename() or ""
    except _BROKEN:
        name = "file"
    if not name and _kind(part) == "message/rfc822":
        return "mail.txt"
    attached = _one(part, "Content-Disposition").strip().lower().startswith("attachment")
    return name or ("file" if attached else "")


def _bytes(part: EmailMessage) -> bytes:
    inner = part.get_payload()
    try:
        if isinstance(inner, list):
            return b"\n".join(each.as_bytes() for each in inner if isinstance(each, EmailMessage))
        data = part.get_payload(decode=True)
    except _BROKEN as error:
        raise UnfitLetterError(Unfit.NO_MAIL) from error
    return data if isinstance(data, bytes) else b""


def _text(part: EmailMessage) -> str:
    """Return the text of a part: as it says it is written, else as it is."""
    data = _bytes(part)
    try:
        charset = part.get_content_charset() or "utf-8"
        return data.decode(charset)
    except (UnicodeDecodeError, *_BROKEN):
        known = decoded(data)
        return known[1] if known else data.decode("utf-8", "replace")


def _words(markup: str) -> str:
    """Return the words of HTML: lines where there were blocks, and after a link its address, which is what matters."""
    clean = nh3.clean(
        _LINE_ENDS.sub(lambda found: f"{found[0]}\n", markup), tags={"a"}, attributes={"a": {"href"}}, link_rel=None
    )
    told = _LINK.sub(lambda found: f"{found[2]} ({found[1]})", clean)
    plain = html.unescape(_ANCHOR.sub("", told))
    lines = [" ".join(line.split()) for line in readable(plain).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _one(message: EmailMessage, name: str) -> str:
    found = _all(message, name)
    return found[0] if found else ""


def _all(message: EmailMessage, name: str) -> list[str]:
    """Return the values of a header, decoded; as they stand where they cannot be."""
    try:
        return [str(value) for value in message.get_all(name, [])]
    except _BROKEN:
        return [str(value) for key, value in message.raw_items() if key.lower() == name.lower()]
