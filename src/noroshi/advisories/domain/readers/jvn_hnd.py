"""MyJVN API 3.x (HND): getVulnDetailInfo (VULDEF 3.2), getVulnOverviewList (JVNRSS) and getAlertList (Atom, or JSON).

Each answers HTTP 200, whatever happened: what went wrong stands in its element Status.
"""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from noroshi.advisories.domain.affected import Product
from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.cpe import formatted
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers import jvn_oka, jvn_rss, jvn_said
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import refused
from noroshi.advisories.domain.readers.xml import tree_of
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

VULDEF: Final = "{http://jvn.jp/vuldef/}"
ATOM: Final = "{http://www.w3.org/2005/Atom}"
SEC: Final = "{http://jvn.jp/rss/mod_sec/3.0/}"
STATUS: Final = "{http://jvndb.jvn.jp/myjvn/Status}Status"
RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}RDF"
LONGEST_SUMMARY: Final = 4_000


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each vulnerability or alert of the answer."""
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        yield from jvn_oka.read(body, given)
        return
    whole = tree_of(body, given.content_type)
    if isinstance(whole, Refused):
        yield whole
    elif (refusal := _refusal(whole)) is not None:
        yield refusal
    elif whole.tag == RDF:
        yield from jvn_rss.items(whole, given)
    else:
        yield from _items(whole, given)


def _refusal(whole: Element) -> Refused | None:
    status = next(whole.iter(STATUS), None)
    if status is None or status.get("retCd", "0") == "0":
        return None
    return refused(0, RefusedBecause.ERROR_ANSWER, f"{status.get('errCd', '')} {status.get('errMsg', '')}")


def _items(whole: Element, given: Given) -> Iterator[Found]:
    entries = [*whole.findall(f"{VULDEF}Vulinfo"), *whole.findall(f"{ATOM}entry")]
    known = whole.tag in (f"{VULDEF}VULDEF-Document", f"{ATOM}feed") or _is_empty(whole)
    if not entries and not known:
        yield refused(0, RefusedBecause.SHAPE, f"no vulnerabilities, no alerts: {whole.tag}")
    for place, entry in enumerate(entries, 1):
        yield (_alert if entry.tag == f"{ATOM}entry" else _vulnerability)(entry, place, given)


def _is_empty(whole: Element) -> bool:
    """Whether it is an answer that says itself that there was nothing; its root is another then."""
    return any(status.get("totalRes") == "0" for status in whole.iter(STATUS))


def _vulnerability(entry: Element, place: int, given: Given) -> Found:
    number = _text(entry, f"{VULDEF}VulinfoID")
    data = entry.find(f"{VULDEF}VulinfoData")
    if not number or data is None:
        return refused(place, RefusedBecause.NO_IDENTITY, "no VulinfoID")
    related = [_text(item, f"{VULDEF}VulinfoID") for item in data.iterfind(f"{VULDEF}Related/{VULDEF}RelatedItem")]
    addresses = [_text(item, f"{VULDEF}URL") for item in data.iterfind(f"{VULDEF}Related/{VULDEF}RelatedItem")]
    names = names_in("\n".join([number, *related, *addresses]))
    about = jvn_said.about(number, names)
    return Record(
        native_id=number,
        title=one_line(_text(data, f"{VULDEF}Title")) or number,
        link=jvn_said.page_of(number),
        summary=plain(_text(data, f"{VULDEF}VulinfoDescription/{VULDEF}Overview"), LONGEST_SUMMARY),
        published=moment_of(_text(data, f"{VULDEF}DateFirstPublished"), given.zone),
        updated=moment_of(_text(data, f"{VULDEF}DateLastUpdated"), given.zone),
        language=given.language or Language.JA,
        names=names,
        same_as=jvn_said.same(number, names),
        claims=(
            *_severities(data, about),
            *_products(data, about),
            *jvn_said.weaknesses(about, related),
            *_remedies(data, about),
        ),
    )


def _severities(data: Element, about: str) -> Iterator[Claim]:
    for said in data.iterfind(f"{VULDEF}Impact/{VULDEF}Cvss"):
        vector, score, level = (_text(said, f"{VULDEF}{name}") for name in ("Vector", "Base", "Severity"))
        value = jvn_said.severity(said.get("version", ""), vector, score, level)
        if value is not None:
            yield Claim(about, ClaimKind.SEVERITY, value)


def _products(data: Element, about: str) -> Iterator[Claim]:
    for item in data.iterfind(f"{VULDEF}Affected/{VULDEF}AffectedItem"):
        vendor, name, cpe = (_text(item, f"{VULDEF}{name}") for name in ("Name", "ProductName", "Cpe"))
        versions = [said.text or "" for said in item.findall(f"{VULDEF}VersionNumber")]
        said = jvn_said.affected(Product(one_line(vendor), one_line(name), formatted(cpe)), versions)
        yield Claim(about, ClaimKind.AFFECTED, said.value)


def _remedies(data: Element, about: str) -> Iterator[Claim]:
    for said in data.iterfind(f"{VULDEF}Solution/{VULDEF}SolutionItem/{VULDEF}Description"):
        if text := plain(said.text or "", LONGEST_SUMMARY):
            yield Claim(about, ClaimKind.REMEDY, {"kind": "fix", "text": text})


def _alert(entry: Element, place: int, given: Given) -> Found:
    number = _text(entry, f"{ATOM}id")
    if not number:
        return refused(place, RefusedBecause.NO_IDENTITY, "no id")
    parts = list(entry.iterfind(f"{SEC}items/{SEC}item"))
    told = [" ".join(_text(part, f"{SEC}{name}") for name in ("title", "summary")) for part in parts]
    text = plain("\n".join([_text(entry, f"{ATOM}summary"), *told]), LONGEST_SUMMARY)
    links = [each.get("href", "") for each in (*entry.iter(f"{ATOM}link"), *entry.iter(f"{SEC}link"))]
    title = one_line(_text(entry, f"{ATOM}title")) or number
    return Record(
        native_id=number,
        title=title,
        link=next((link for each in links if (link := link_of(each, given.address))), ""),
        summary=text,
        published=moment_of(_text(entry, f"{ATOM}published"), given.zone),
        updated=moment_of(_text(entry, f"{ATOM}updated"), given.zone),
        language=given.language or Language.JA,
        names=names_in("\n".join([title, text, *links])),
        categories=tuple(each.get("label", "") for each in entry.findall(f"{ATOM}category") if each.get("label")),
    )


def _text(item: Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()
