"""A signal as objects of STIX 2.1: a report that holds indicators, an incident where there was one; notes, sightings.

Each object bears the signal's marking, since a bundle is taken apart on its way. An author who is not named is not
named here: the hub signs. Identifiers are made of the signal's, so a later version is one of the same object.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from noroshi.core.domain.tlp import TLP, Profile
from noroshi.intel.domain.grading import Grading
from noroshi.intel.domain.knowledge.attack import address_of, techniques
from noroshi.intel.domain.observables import Observable
from noroshi.intel.domain.stix.names import stable_id
from noroshi.intel.domain.stix.patterns.hunted import pattern_of
from noroshi.intel.domain.stix.tlp import marking_of
from noroshi.intel.domain.stix.writing import SPEC_VERSION, written_moment
from noroshi.sharing.domain.handling import Handling, Objective

SOURCE_NAME: Final = "noroshi"

_INCIDENTS: Final = frozenset({"incident", "fraud"})
_MALICIOUS: Final = frozenset({"incident", "fraud", "phishing", "malware"})
_REPORT_TYPES: Final = {"malware": "malware", "vulnerability": "vulnerability"}
_JAPANESE: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")


@dataclass(frozen=True)
class Value:
    """An observable of a signal, and what it is given for."""

    observable: Observable
    objective: Objective
    benign: bool = False
    doubts: int | None = None
    """How many organisations call it a false positive, as far as that is told."""


@dataclass(frozen=True)
class Remark:
    """A comment: whose identity signs it, and when it was made."""

    id: UUID
    body: str
    author: str
    at: datetime


@dataclass(frozen=True)
class SignalSaid:
    """What a signal says, and what was said to it, as far as all its readers may know. Identities are STIX ids."""

    id: UUID
    reference: str
    kind: str
    target: str
    title: str
    text: str
    level: TLP
    profile: Profile
    author: str
    created: datetime
    expires: datetime | None = None
    handling: Handling = field(default_factory=Handling)
    values: tuple[Value, ...] = ()
    remarks: tuple[Remark, ...] = ()
    held: tuple[str, ...] = ()
    """Objects of others that go out with it."""
    seen: int | None = None
    seen_by: tuple[str, ...] = ()
    affected: int | None = None
    affected_by: tuple[str, ...] = ()
    """Who says that it concerns them: a number as far as it is told, and those that let themselves be named."""
    hub: str = ""
    """Who signs what is said of numbers of organisations."""
    grading: Grading = field(default_factory=Grading)
    tags: tuple[str, ...] = ()


def objects_of(said: SignalSaid) -> list[dict[str, Any]]:
    """Return the objects of a signal, each without `modified`: that is for whoever knows the version before."""
    held = [*_incident(said), *(_indicator(said, value) for value in said.values)]
    return [*held, _report(said, held), *_notes(said), *_sightings(said), *_opinions(said)]


def _made(said: SignalSaid, kind: str, *what: object, **properties: Any) -> dict[str, Any]:
    created = written_moment(properties.pop("at", said.created))
    return {
        "type": kind,
        "spec_version": SPEC_VERSION,
        "id": stable_id(kind, said.id, *what),
        "created_by_ref": properties.pop("by", said.author),
        "created": created,
        **properties,
        "object_marking_refs": [marking_of(said.level, said.profile)],
    }


def _words(said: SignalSaid) -> dict[str, Any]:
    described = {"description": said.text} if said.text else {}
    return {"name": said.title, **described, "lang": _language(said.title + said.text)}


def _language(text: str) -> str:
    return "ja" if _JAPANESE.search(text) else "en"


def _labels(said: SignalSaid) -> list[str]:
    pap = [said.handling.pap.label.lower()] if said.handling.pap else []
    caveats = [f"caveat:{caveat.value}" for caveat in sorted(said.handling.caveats)]
    return [f"kind:{said.kind}", f"target:{said.target}", *pap, *caveats, *said.grading.tags, *said.tags]


def _confidence(said: SignalSaid) -> dict[str, Any]:
    return {} if said.grading.confidence is None else {"confidence": said.grading.confidence}


def _techniques(said: SignalSaid) -> list[dict[str, str]]:
    return [
        {"source_name": "mitre-attack", "external_id": number, "url": address_of(number)}
        for number in techniques(said.tags)
    ]


def _report(said: SignalSaid, held: list[dict[str, Any]]) -> dict[str, Any]:
    return _made(
        said,
        "report",
        **_words(said),
        report_types=[_REPORT_TYPES.get(said.kind, "threat-report")],
        published=written_moment(said.created),
        object_refs=[*(each["id"] for each in held), *said.held] or [said.author],  # a report holds something (4.16)
        labels=_labels(said),
        **_confidence(said),
        external_references=[{"source_name": SOURCE_NAME, "external_id": said.reference}, *_techniques(said)],
    )


def _incident(said: SignalSaid) -> Iterator[dict[str, Any]]:
    if said.kind in _INCIDENTS:
        yield _made(said, "incident", **_words(said), labels=_labels(said), **_confidence(said))


def _indicator(said: SignalSaid, value: Value) -> dict[str, Any]:
    harmful = said.kind in _MALICIOUS and not value.benign
    ends = {"valid_until": written_moment(said.expires)} if said.expires and said.expires > said.created else {}
    return _made(
        said,
        "indicator",
        value.observable.type,
        value.observable.value,
        name=value.observable.value,
        indicator_types=["malicious-activity" if harmful else "unknown"],
        pattern=pattern_of(value.observable),
        pattern_type="stix",
        valid_from=written_moment(said.created),
        **ends,
        labels=[f"objective:{value.objective}"],
        **_confidence(said),
    )


def _notes(said: SignalSaid) -> Iterator[dict[str, Any]]:
    report = stable_id("report", said.id)
    for remark in said.remarks:
        language = _language(remark.body)
        yield _made(
            said, "note", remark.id, by=remark.author, at=remark.at, content=remark.body, lang=language,
            object_refs=[report],
        )  # fmt: skip


def _sightings(said: SignalSaid) -> Iterator[dict[str, Any]]:
    """That others saw it: a number of organisations, as far as it is told, and those that let themselves be named."""
    report = stable_id("report", said.id)
    if said.seen:
        yield _made(said, "sighting", sighting_of_ref=report, count=said.seen, summary=True)
    for identity in said.seen_by:
        yield _made(said, "sighting", identity, sighting_of_ref=report, where_sighted_refs=[identity])


def _opinions(said: SignalSaid) -> Iterator[dict[str, Any]]:
    """Who is affected agrees with the signal; who calls a value a false positive disagrees with its indicator."""
    report = stable_id("report", said.id)
    if said.affected:
        yield _opinion(said, "agree", report, by=said.hub, words=f"{said.affected} organisations or more are affected.")
    for identity in said.affected_by:
        yield _opinion(said, "agree", report, by=identity, words="The organisation is affected.")
    for value in said.values:
        if value.doubts:
            about = stable_id("indicator", said.id, value.observable.type, value.observable.value)
            words = f"{value.doubts} organisations or more call it a false positive."
            yield _opinion(said, "disagree", about, by=said.hub, words=words)


def _opinion(said: SignalSaid, opinion: str, about: str, *, by: str, words: str) -> dict[str, Any]:
    what = {"opinion": opinion, "explanation": words, "lang": "en", "object_refs": [about]}
    return _made(said, "opinion", by, about, by=by, **what)
