"""What a source says, as its reader finds it: records, and in them claims about vulnerabilities.

A claim is what somebody states, not what is so: two sources that contradict each other are two claims. A reader yields
every item that it can read and a `Refused` for every one that it cannot; it never lets one keep the others out.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened as its source claims: in UTC, as it was written, and whether a zone was written too.

    Without one it was read in the source's own zone.
    """

    at: datetime
    written: str
    zone_known: bool = True


class ClaimKind(StrEnum):
    """What a claim is about; behind each the shape of its value.

    Values are JSON: texts, numbers, true and false, lists and objects of these. What is not known is left out.
    """

    SEVERITY = "severity"
    """``{"system": "CVSS:3.1", "vector": "CVSS:3.1/AV:N/...", "score": 9.8, "level": "critical"}``"""
    SSVC = "ssvc"
    """CISA's decision points: ``{"exploitation": "active", "automatable": true, "impact": "total",
    "at": "2026-01-31"}``"""
    EPSS = "epss"
    """``{"probability": 0.94, "percentile": 0.99, "date": "2025-12-26", "model": "v2025.03.14"}``"""
    KEV = "kev"
    """A catalogue of what is exploited: ``{"catalogue": "cisa", "added": "2026-01-31", "due": "2026-02-21",
    "ransomware": true, "name": "...", "action": "..."}``"""
    AFFECTED = "affected"
    """`affected.Affected.value`"""
    WEAKNESS = "weakness"
    """``{"cwe": "CWE-79"}``"""
    REMEDY = "remedy"
    """``{"kind": "fix" | "workaround" | "mitigation" | "none", "text": "...", "url": "..."}``"""
    STATE = "state"
    """``{"state": "published" | "rejected" | "withdrawn", "reason": "..."}``"""


class Claim(msgspec.Struct, frozen=True):
    """One thing that is stated about a vulnerability."""

    about: str
    """An identifier of the vulnerability: CVE-2026-0001, JVNDB-2026-000001, GHSA-...."""
    kind: ClaimKind
    value: Mapping[str, Any]
    by: str = ""
    """Who states it, where one document holds words of several (a CNA, an ADP); empty for the document's author."""

    @property
    def plain(self) -> dict[str, Any]:
        """Return it as it is kept."""
        return {"about": self.about, "kind": self.kind.value, "by": self.by, "value": self.value}


class Language(StrEnum):
    """The language of a text; others are not told apart."""

    JA = "ja"
    EN = "en"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class Record:
    """One item of a source, in one version."""

    native_id: str
    """What it is in its source: never the same for two items, always the same for an item that changes."""
    title: str
    """Plain text on one line."""
    link: str = ""
    """http, https or nothing."""
    summary: str = ""
    """Plain text; HTML that came was cleaned away."""
    published: Moment | None = None
    updated: Moment | None = None
    language: Language = Language.OTHER
    names: tuple[str, ...] = ()
    """Identifiers of the vulnerabilities that it is about, in the order of the text, each once, in their usual case."""
    same_as: tuple[tuple[str, str], ...] = ()
    """Pairs of identifiers that the source calls the same vulnerability."""
    categories: tuple[str, ...] = ()
    """The source's own labels."""
    claims: tuple[Claim, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()
    """What is wrong with it by the rules of its format, though it can be read: the rule's number, and a sentence."""
    is_digest: bool = False
    """Whether it lists many things that have nothing else in common: a weekly report, a Patch Tuesday."""

    @property
    def material(self) -> str:
        """Return a digest (SHA-256, hexadecimal) of what makes a revision a new one: not its dates."""
        return self.material_with(as_json(claim.plain) for claim in self.claims)

    def material_with(self, claims: Iterable[bytes]) -> str:
        """Return it where its claims are written as JSON already: most of the work."""
        return material_of(self.title, self.link, self.summary, self.names, self.same_as, claims)


def material_of(
    title: str,
    link: str,
    summary: str,
    names: Iterable[str],
    same_as: Iterable[Sequence[str]],
    claims: Iterable[bytes],
) -> str:
    """Return the digest of what makes a revision a new one, of parts as they were read or as they are kept."""
    written = [msgspec.Raw(claim) for claim in sorted(claims)]
    said = [title, link, summary, sorted(names), sorted(map(tuple, same_as)), written]
    return hashlib.sha256(msgspec.json.encode(said)).hexdigest()


def as_json(value: Any) -> bytes:
    """Return a value as JSON, always in the same words; half characters are escaped."""
    try:
        return msgspec.json.encode(value, order="sorted")
    except (UnicodeEncodeError, OverflowError):
        return json.dumps(value, sort_keys=True).encode()


class RefusedBecause(StrEnum):
    """Why something in a source's answer cannot be read."""

    NOT_JSON = "not_json"
    NOT_XML = "not_xml"
    DANGEROUS_XML = "dangerous_xml"
    """It declares entities or a document type, or nests too deep."""
    NOT_CSV = "not_csv"
    SHAPE = "shape"
    """It is well-formed and not what this source sends."""
    NO_IDENTITY = "no_identity"
    TOO_LARGE = "too_large"
    ENCODING = "encoding"
    ERROR_ANSWER = "error_answer"
    """The source says itself that something went wrong."""
    CHECKSUM = "checksum"
    """It is not what the checksum beside it says."""
    SIGNATURE = "signature"
    """It is not signed by whom it should be."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A part of a source's answer that cannot be read: the whole of it (``place`` 0), or its n-th item from 1."""

    place: int
    reason: RefusedBecause
    detail: str = ""
    """What of it, for a person: at most 300 characters, of one line."""
    excerpt: str = ""
    """The part itself, at most 2,000 characters."""


Found = Record | Refused
