"""A bulletin as objects of STIX 2.1: a report of the vulnerabilities that it is about, and a note with its English.

All versions of a bulletin are versions of the same objects: their identifiers are made of what it is cited by.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from noroshi.advisories.domain.bulletins import Words
from noroshi.advisories.domain.identifiers import is_cve
from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.tlp import marking_of
from noroshi.intel.domain.stix.writing import SPEC_VERSION, written_moment

SOURCE_NAME: Final = "noroshi"


@dataclass(frozen=True)
class BulletinSaid:
    """What a version of a bulletin says. `author` is a STIX id of an identity."""

    citation: str
    series: str
    level: TLP
    profile: Profile
    author: str
    words: Words
    names: Sequence[str]
    links: Sequence[str]
    url: str
    created: datetime
    """When its first version went out."""
    published: datetime


def objects_of(said: BulletinSaid) -> list[dict[str, Any]]:
    """Return the objects of a version: what the report is of stands before it."""
    vulnerabilities = [_vulnerability(said, name) for name in dict.fromkeys(said.names)]
    return [*vulnerabilities, _report(said, [each["id"] for each in vulnerabilities]), *_english(said)]


def _made(said: BulletinSaid, kind: str, *what: object, **properties: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "spec_version": SPEC_VERSION,
        "id": stable_id(kind, said.citation, *what),
        "created_by_ref": said.author,
        "created": written_moment(said.created),
        "modified": written_moment(said.published),
        **properties,
        "object_marking_refs": [marking_of(said.level, said.profile)],
    }


def _vulnerability(said: BulletinSaid, name: str) -> dict[str, Any]:
    source = "cve" if is_cve(name) else name.partition("-")[0].partition("#")[0].lower()
    return _made(
        said, "vulnerability", name, name=name, external_references=[{"source_name": source, "external_id": name}]
    )


def _report(said: BulletinSaid, held: list[str]) -> dict[str, Any]:
    links = [{"source_name": urlsplit(link).hostname or link, "url": link} for link in said.links]
    return _made(
        said,
        "report",
        name=said.words.title_ja,
        description=said.words.body_ja,
        lang="ja",
        report_types=["vulnerability" if held else "threat-report"],
        published=written_moment(said.published),
        object_refs=held or [said.author],  # a report holds something (STIX 2.1, 4.16)
        labels=["bulletin", f"series:{said.series.lower()}"],
        external_references=[{"source_name": SOURCE_NAME, "external_id": said.citation, "url": said.url}, *links],
    )


def _english(said: BulletinSaid) -> Iterator[dict[str, Any]]:
    if said.words.title_en:
        yield _made(
            said,
            "note",
            abstract=said.words.title_en,
            content=said.words.body_en,
            lang="en",
            object_refs=[stable_id("report", said.citation)],
        )
