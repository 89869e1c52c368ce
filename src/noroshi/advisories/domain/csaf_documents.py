"""Bulletins as CSAF 2.0 documents, and the ROLIE feeds and the metadata by which programs find them.

Common Security Advisory Framework Version 2.0 (OASIS Standard, 18 November 2022): 3.2 properties, 4.1 profile "CSAF
Base", 5.1 file names, 7.1.3-7.1.20 distribution. ROLIE is RFC 8322 in the JSON form of the same standard.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from noroshi.advisories.domain.identifiers import is_cve
from noroshi.core.domain.tlp import TLP

SCHEMA: Final = "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json"
METADATA_SCHEMA: Final = "https://docs.oasis-open.org/csaf/csaf/v2.0/provider_json_schema.json"
LABELS: Final = {TLP.CLEAR: "WHITE", TLP.GREEN: "GREEN", TLP.AMBER: "AMBER", TLP.AMBER_STRICT: "AMBER", TLP.RED: "RED"}
"""CSAF 2.0 has the four labels of TLP 1. What is stricter than its label says so in words (`_distribution`)."""
_SYSTEMS: Final = {"JVNDB-": "JVN iPedia", "JVNVU#": "JVN", "JVN#": "JVN", "JPCERT-": "JPCERT/CC", "GHSA-": "GitHub"}


@dataclass(frozen=True)
class Publisher:
    """Who publishes (3.2.1.8); `namespace` is an address of theirs."""

    name: str
    namespace: str


@dataclass(frozen=True)
class Revision:
    """A version as it went out (3.2.1.12.6)."""

    number: int
    date: datetime
    summary: str


@dataclass(frozen=True)
class Said:
    """What a document is made from: a bulletin as its reader sees it."""

    id: str
    tlp: TLP
    title: str
    notes: Sequence[tuple[str, str]]
    """Title and text of each."""
    names: Sequence[str]
    links: Sequence[str]
    url: str
    revisions: Sequence[Revision]
    """The first first."""


def file_name(tracking_id: str) -> str:
    """Return what a document's file is called (5.1)."""
    return re.sub(r"[^+\-a-z0-9]+", "_", tracking_id.lower()) + ".json"


def document(said: Said, publisher: Publisher) -> dict[str, Any]:
    """Return the document: the profile CSAF Base, since a bulletin says nothing of products by their identifiers."""
    first, last = said.revisions[0], said.revisions[-1]
    whole: dict[str, Any] = {
        "document": {
            "category": "csaf_base",
            "csaf_version": "2.0",
            "distribution": _distribution(said.tlp),
            "lang": "ja",
            "notes": [{"category": "general", "title": title, "text": text} for title, text in said.notes],
            "publisher": {"category": "coordinator", "name": publisher.name, "namespace": publisher.namespace},
            "references": [
                {"category": "self", "summary": said.id, "url": said.url},
                *({"category": "external", "summary": link, "url": link} for link in said.links),
            ],
            "title": said.title,
            "tracking": {
                "current_release_date": moment(last.date),
                "id": said.id,
                "initial_release_date": moment(first.date),
                "revision_history": [
                    {"date": moment(each.date), "number": str(each.number), "summary": each.summary}
                    for each in said.revisions
                ],
                "status": "final",
                "version": str(last.number),
            },
        }
    }
    if vulnerabilities := [_vulnerability(name) for name in dict.fromkeys(said.names)]:
        whole["vulnerabilities"] = vulnerabilities
    return whole


def _distribution(tlp: TLP) -> dict[str, Any]:
    label = {"tlp": {"label": LABELS[tlp], "url": "https://www.first.org/tlp/"}}
    return {**label, "text": f"{tlp.label} (TLP 2.0)"} if LABELS[tlp] != tlp.value else label


def _vulnerability(name: str) -> dict[str, Any]:
    if is_cve(name):
        return {"cve": name}
    system = next((system for begin, system in _SYSTEMS.items() if name.startswith(begin)), "other")
    return {"ids": [{"system_name": system, "text": name}]}


def moment(value: datetime) -> str:
    """Return a moment as RFC 3339 has it, in UTC, to the second."""
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def written(value: Mapping[str, Any]) -> bytes:
    """Return a document as its file: UTF-8 (5.1), the same bytes whenever nothing has changed."""
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def hash_file(body: bytes, name: str) -> bytes:
    """Return the file that lies beside a document by the name ``.sha512`` (7.1.18)."""
    return f"{hashlib.sha512(body).hexdigest()}  {name}\n".encode()


@dataclass(frozen=True)
class Entry:
    """A document in a feed."""

    said: Said
    address: str


def feed(label: str, address: str, entries: Iterable[Entry]) -> dict[str, Any]:
    """Return the ROLIE feed of the documents of one label (7.1.15), in the order given."""
    given = list(entries)
    updated = max((each.said.revisions[-1].date for each in given), default=datetime(1970, 1, 1, tzinfo=UTC))
    scheme = {"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}
    return {
        "feed": {
            "id": f"noroshi-csaf-feed-tlp-{label.lower()}",
            "title": f"CSAF feed (TLP:{label})",
            "link": [{"rel": "self", "href": address}],
            "category": [scheme],
            "updated": moment(updated),
            "entry": [_entry(each) for each in given],
        }
    }


def _entry(entry: Entry) -> dict[str, Any]:
    said = entry.said
    return {
        "id": said.id,
        "title": said.title,
        "link": [{"rel": "self", "href": entry.address}, {"rel": "hash", "href": f"{entry.address}.sha512"}],
        "published": moment(said.revisions[0].date),
        "updated": moment(said.revisions[-1].date),
        "content": {"type": "application/json", "src": entry.address},
        "format": {"schema": SCHEMA, "version": "2.0"},
    }


def provider_metadata(
    address: str, publisher: Publisher, feeds: Mapping[str, str], updated: datetime
) -> dict[str, Any]:
    """Return what programs read first (7.1.7): who publishes, and where the feed of each label lies.

    The role is that of a publisher: its documents are not signed, so it is no trusted provider (7.2.3).
    """
    return {
        "canonical_url": address,
        "distributions": [
            {
                "rolie": {
                    "feeds": [
                        {"summary": f"TLP:{label}", "tlp_label": label, "url": feed} for label, feed in feeds.items()
                    ]
                }
            }
        ],
        "last_updated": moment(updated),
        "list_on_CSAF_aggregators": False,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": False,
        "publisher": {"category": "coordinator", "name": publisher.name, "namespace": publisher.namespace},
        "role": "csaf_provider",
    }
