"""Of what kind a document is, told by marks that its format alone has; where none is there, nothing is guessed."""

import re
from collections.abc import Iterable, Mapping
from email import policy
from email.parser import BytesHeaderParser
from itertools import islice
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.documents import Document
from noroshi.advisories.domain.readers import epss
from noroshi.advisories.domain.readers.strict import UNREADABLE, unpacked
from noroshi.advisories.domain.readers.xml import text_of
from noroshi.advisories.domain.records import Refused
from noroshi.advisories.domain.sources import SourceKind

LOOKED_AT: Final = 20
"""Documents of a file: the first of an archive are often about the archive itself."""

_MYJVN: Final = "https://jvndb.jvn.jp/schema/"
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"
_ELEMENT: Final = re.compile(r"<(?:[\w.-]+:)?([\w.-]+)")
_OF_RSS: Final = re.compile(r"<(?:[\w.-]+:)?(?:channel|item)[\s>]")
_OF_JVN: Final = re.compile(r"<sec:(?:identifier|references|cpe|cvss)[\s>]")
_OF_MYJVN: Final = re.compile(r"<[\w.-]+:Status\s[^<>]*\bretCd=")
_OF_JPCERT: Final = re.compile(r"<link>\s*https?://www\.jpcert\.or\.jp/")
_HEADER: Final = re.compile(rb"[A-Za-z][A-Za-z0-9-]*:[ \t]")
_OF_KEV: Final = re.compile(rb'"?cveID"?,"?vendorProject"?,')

_Object = Mapping[str, msgspec.Raw]


def kinds_of(found: Iterable[Document]) -> frozenset[SourceKind]:
    """Return the kinds of a file's first documents, as far as they can be told."""
    told = (kind_of(document.body) for document in islice(found, LOOKED_AT) if document.refused is None)
    return frozenset(kind for kind in told if kind is not None)


def kind_of(body: bytes) -> SourceKind | None:
    """Return by which reader a document is read; None where it does not say so itself."""
    plain = unpacked(body)
    if isinstance(plain, Refused):
        return None
    begun = plain.lstrip(_BLANK)
    if begun.startswith((b"{", b"[")):
        return _of_json(begun)
    if begun.startswith(b"<") or plain.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _of_xml(plain)
    return _of_table(begun) or (SourceKind.MAIL if _is_mail(plain) else None)


def _of_json(body: bytes) -> SourceKind | None:
    """Return the kind of an object, or of the first of a list."""
    try:
        if body.startswith(b"["):
            return _of_object(next(iter(msgspec.json.decode(body, type=list[dict[str, msgspec.Raw]])), {}))
        return _of_object(msgspec.json.decode(body, type=dict[str, msgspec.Raw]))
    except UNREADABLE:
        return None


def _of_object(said: _Object) -> SourceKind | None:
    names = said.keys()
    marks = (
        (names >= {"cveMetadata", "containers"}, SourceKind.CVE5),
        (_is_of_myjvn(said), SourceKind.JVN_OKA),
        ("csaf_version" in _inside(said, "document"), SourceKind.CSAF),
        (names >= {"vulnerabilities", "dateReleased", "catalogVersion"}, SourceKind.KEV),
        ("vulnerabilities" in names and _value(said, "format") == "NVD_CVE", SourceKind.NVD),
        ("items" in names and "jsonfeed.org/version" in str(_value(said, "version")), SourceKind.FEED),
        (names >= {"ghsa_id", "html_url"}, SourceKind.GHSA),
        (names >= {"id", "modified"} and names & {"affected", "schema_version", "withdrawn"}, SourceKind.OSV),
    )
    return next((kind for holds, kind in marks if holds), None)


def _is_of_myjvn(said: _Object) -> bool:
    is_theirs = str(_value(said, "$schema")).startswith(_MYJVN) or "jvn_extension" in said
    return is_theirs and not said.keys().isdisjoint({"document", "feed"})


def _value(said: _Object, name: str) -> Any:
    return msgspec.json.decode(said[name]) if name in said else None


def _inside(said: _Object, name: str) -> Mapping[str, Any]:
    value = _value(said, name)
    return value if isinstance(value, dict) else {}


def _of_xml(body: bytes) -> SourceKind | None:
    text = text_of(body)
    if isinstance(text, Refused):
        return None
    root = found[1] if (found := _ELEMENT.match(text)) else ""
    if root == "VULDEF-Document" or (root in ("RDF", "feed") and _OF_MYJVN.search(text)):
        return SourceKind.JVN_HND
    if root == "RDF" and _OF_RSS.search(text):
        return _of_rss_1(text)
    return SourceKind.FEED if root in ("rss", "feed") else None


def _of_rss_1(text: str) -> SourceKind:
    if _OF_JVN.search(text):
        return SourceKind.JVN_RSS
    channel = text[text.find("<channel") :].partition("</channel>")[0]
    return SourceKind.JPCERT if _OF_JPCERT.search(channel) else SourceKind.FEED


def _of_table(begun: bytes) -> SourceKind | None:
    first = begun.partition(b"\n")[0]
    if epss.HEAD.match(first.decode("utf-8", "replace")):
        return SourceKind.EPSS
    return SourceKind.KEV if _OF_KEV.match(first) else None


def _is_mail(body: bytes) -> bool:
    """Whether it begins with the headers of one; an mbox holds several, and is none."""
    if not _HEADER.match(body):
        return False
    said = {name.lower() for name in BytesHeaderParser(policy=policy.compat32).parsebytes(body)}
    return "from" in said and not said.isdisjoint({"date", "message-id"})
