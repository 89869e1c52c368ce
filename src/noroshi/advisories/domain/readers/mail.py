"""A mail (RFC 5322), as vendors and communities send their advisories.

Who sent it nobody knows by it: a sender is what a mail says. So the same Message-ID with other words is another mail,
and none replaces one that is there.
"""

import hashlib
import re
from collections.abc import Iterator
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from typing import Final

from noroshi.advisories.domain.cleaning import link_of, plain
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers import jis
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import refused
from noroshi.advisories.domain.readers.xml import decoded
from noroshi.advisories.domain.records import Found, Record, RefusedBecause
from noroshi.kit.domain.plain_text import one_line as as_one_line
from noroshi.kit.domain.plain_text import readable

MOST_BYTES: Final = 20 * 1024 * 1024
MOST_PARTS: Final = 200
LONGEST_TITLE: Final = 300
LONGEST_SUMMARY: Final = 20_000
UPDATE: Final = "update"
"""The label of a mail that says by its subject that it changes what was said before."""
_UPDATES: Final = re.compile(r"(?<![a-z])(?:updated?|revised|revision)(?![a-z])|更新|改訂|訂正|続報", re.IGNORECASE)
_ARMOUR: Final = re.compile(
    r"^-----BEGIN PGP SIGNED MESSAGE-----\n(?:[A-Za-z-]+: .*\n)*\n?"
    r"|^-----BEGIN PGP SIGNATURE-----\n[\s\S]*?^-----END PGP SIGNATURE-----$",
    re.MULTILINE,
)


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield the record of a mail."""
    if len(body) > MOST_BYTES:
        yield refused(0, RefusedBecause.TOO_LARGE, f"more than {MOST_BYTES:,} bytes")
        return
    try:
        # The newer policies parse each header as a whole, and neither hostile ones nor vendors' letters survive it.
        yield _record(BytesParser(policy=policy.compat32).parsebytes(body), body, given)
    except (MessageError, ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        yield refused(0, RefusedBecause.SHAPE, error, body)


def _record(message: Message, whole: bytes, given: Given) -> Found:
    headers = _headers(message)
    text = _ARMOUR.sub("", _words(message)).strip()
    title = as_one_line(headers.get("subject", ""))[:LONGEST_TITLE] or as_one_line(text[:LONGEST_TITLE])
    if not title:
        return refused(1, RefusedBecause.SHAPE, "neither a subject nor a text", whole)
    written = headers.get("date", "")
    return Record(
        native_id=_identity(headers, text),
        title=title,
        link=link_of(headers.get("archived-at", "").strip(" <>")),  # RFC 5064
        summary=text[:LONGEST_SUMMARY],
        published=moment_of(written, given.zone),
        language=given.language,
        names=names_in(f"{title}\n{text}"),
        categories=(UPDATE,) if _UPDATES.search(title) else (),
    )


def _identity(headers: dict[str, str], text: str) -> str:
    said = "\n".join((headers.get("subject", ""), headers.get("date", ""), text))
    digest = hashlib.sha256(said.encode("utf-8", "replace")).hexdigest()
    return f"{as_one_line(headers.get('message-id', '')).strip('<>')[:200]} sha256:{digest}".strip()


def _headers(message: Message) -> dict[str, str]:
    """Return the headers decoded, by their names in small letters; of several the first."""
    found: dict[str, str] = {}
    for name, value in message.raw_items():
        found.setdefault(name.lower(), header_text(str(value)))
    return found


def header_text(value: str) -> str:
    """Return a header's text (RFC 2047); bytes that nobody declared are read as a body's are."""
    try:
        parts = decode_header(value)
    except MessageError:
        parts = [(value, None)]
    return "".join(
        _decoded(part if isinstance(part, bytes) else part.encode("utf-8", "surrogateescape"), charset or "")
        for part, charset in parts
    )


def _words(message: Message) -> str:
    """Return what a mail says: its plain texts, or where it has none its HTML."""
    kinds: dict[str, list[str]] = {"text/plain": [], "text/html": []}
    for count, part in enumerate(message.walk()):
        if count == MOST_PARTS:
            break
        if part.get_content_type() in kinds and part.get_content_disposition() != "attachment":
            kinds[part.get_content_type()].append(_text(part))
    texts = [readable(text) for text in kinds["text/plain"] if text.strip()]
    return "\n\n".join(texts or [plain(text) for text in kinds["text/html"]])


def _text(part: Message) -> str:
    payload = part.get_payload(decode=True)
    return _decoded(payload, part.get_content_charset() or "") if isinstance(payload, bytes) else ""


def _decoded(body: bytes, charset: str) -> str:
    if charset.lower() in jis.NAMES or (not charset and b"\x1b$" in body):
        return jis.decoded(body)
    text = decoded(body, f"charset={charset}" if charset else "")
    return text if text is not None else body.decode("utf-8", "replace")
