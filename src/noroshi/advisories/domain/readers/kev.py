"""CISA's catalogue of exploited vulnerabilities: JSON (its schema), or the CSV of the same fields."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.identifiers import is_cve
from noroshi.advisories.domain.kev_changes import Edition
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import UNREADABLE, as_excerpt, refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Moment, Record, Refused, RefusedBecause

CATALOGUE: Final = "cisa"
PAGE: Final = "https://www.cisa.gov/known-exploited-vulnerabilities-catalog?search_api_fulltext="
_LINK: Final = re.compile(r"https?://[^\s;]+")


def read(body: bytes, _given: Given) -> Iterator[Found]:
    """Yield a record for each entry of the catalogue."""
    plain = unpacked(body)
    if isinstance(plain, Refused):
        yield plain
        return
    entries = _entries(plain)
    if isinstance(entries, Refused):
        yield entries
        return
    for place, entry in enumerate(entries, 1):
        yield _read(entry, place)


def _entries(body: bytes) -> list[Any] | Refused:
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return _rows(body)
    try:
        whole = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except UNREADABLE as error:
        return refused(0, RefusedBecause.NOT_JSON, error, body[:2_000])
    entries = whole.get("vulnerabilities")
    return entries if isinstance(entries, list) else refused(0, RefusedBecause.SHAPE, "no list of vulnerabilities")


def _rows(body: bytes) -> list[Any] | Refused:
    try:
        rows = list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))
    except (UnicodeDecodeError, csv.Error) as error:
        return refused(0, RefusedBecause.NOT_CSV, error, body[:2_000])
    if not rows or "cveID" not in rows[0]:
        return refused(0, RefusedBecause.NOT_CSV, "no column cveID", body[:2_000])
    return [{name: value for name, value in row.items() if name and value} for row in rows]


def _read(entry: Any, place: int) -> Found:
    if not isinstance(entry, dict):
        return refused(place, RefusedBecause.SHAPE, "no object", as_excerpt(entry))
    said = {name: " ".join(value.split()) for name, value in entry.items() if isinstance(value, str)}
    name = said.get("cveID", "").upper()
    if not is_cve(name):
        return refused(place, RefusedBecause.NO_IDENTITY, f"no CVE identifier: {name}", as_excerpt(entry))
    product = " ".join(filter(None, (said.get("vendorProject"), said.get("product"))))
    return Record(
        native_id=name,
        title=said.get("vulnerabilityName") or f"{product} {name}",
        link=PAGE + name,
        summary=said.get("shortDescription", ""),
        published=_moment(said.get("dateAdded", "")),
        language=Language.EN,
        names=(name,),
        claims=(Claim(name, ClaimKind.KEV, _value(said)), *_weaknesses(name, entry)),
    )


def _value(said: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of the claim: the ransomware flag is left out where nobody has set it."""
    value: dict[str, Any] = {
        "catalogue": CATALOGUE,
        "added": said.get("dateAdded", ""),
        "due": said.get("dueDate", ""),
        "name": said.get("vulnerabilityName", ""),
        "vendor": said.get("vendorProject", ""),
        "product": said.get("product", ""),
        "action": said.get("requiredAction", ""),
        "ransomware": said.get("knownRansomwareCampaignUse", "").casefold() == "known",
    }
    links = _LINK.findall(said.get("notes", ""))
    return {name: what for name, what in {**value, "links": links}.items() if what not in ("", [])}


def _weaknesses(name: str, entry: Mapping[str, Any]) -> Iterator[Claim]:
    cwes = entry.get("cwes", [])
    listed = cwes if isinstance(cwes, list) else re.findall(r"CWE-\d+", str(cwes))
    yield from (Claim(name, ClaimKind.WEAKNESS, {"cwe": str(cwe)}) for cwe in dict.fromkeys(map(str, listed)) if cwe)


def _moment(day: str) -> Moment | None:
    try:
        return Moment(datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC), day, zone_known=False)
    except ValueError:
        return None


def edition(body: bytes) -> Edition | Refused:
    """Return a file of the catalogue as a whole: its release, its version, the values of its claims.

    Of the CSV nobody says when it was released: it is refused. An entry that cannot be read is not in it.
    """
    plain = unpacked(body)
    if isinstance(plain, Refused):
        return plain
    try:
        whole = _whole.decode(plain.removeprefix(b"\xef\xbb\xbf"))
        released = datetime.fromisoformat(whole.released)
    except (msgspec.DecodeError, ValueError) as error:
        return refused(0, RefusedBecause.SHAPE, error, plain[:2_000])
    found = (_read(entry, place) for place, entry in enumerate(whole.vulnerabilities, 1))
    values = {each.native_id: dict(each.claims[0].value) for each in found if isinstance(each, Record)}
    at = released if released.tzinfo else released.replace(tzinfo=UTC)
    return Edition(at, whole.version, values)


class _Whole(msgspec.Struct):
    released: str = msgspec.field(name="dateReleased")
    vulnerabilities: list[Any]
    version: str = msgspec.field(default="", name="catalogVersion")


_whole: Final = msgspec.json.Decoder(_Whole)
