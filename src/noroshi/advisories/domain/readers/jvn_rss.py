"""JVN's and JVN iPedia's RSS 1.0 with mod_sec 3.0, whose elements repeat: several CVEs, products and scores an item."""

from collections.abc import Iterator
from typing import Any, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from noroshi.advisories.domain.affected import Affected, Product, Status
from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import refused
from noroshi.advisories.domain.readers.xml import text_of
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

RSS: Final = "{http://purl.org/rss/1.0/}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
TERMS: Final = "{http://purl.org/dc/terms/}"
SEC: Final = "{http://jvn.jp/rss/mod_sec/3.0/}"
ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
LONGEST_SUMMARY: Final = 4_000


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each item."""
    text = text_of(body, given.content_type)
    if isinstance(text, Refused):
        yield text
        return
    try:
        whole = fromstring(text, forbid_dtd=True)
    except (ParseError, ValueError, DefusedXmlException) as error:
        yield refused(0, RefusedBecause.NOT_XML, error, text[:2_000])
        return
    items = whole.findall(f"{RSS}item")
    if not items and whole.find(f"{RSS}channel") is None:
        yield refused(0, RefusedBecause.SHAPE, f"no RSS 1.0: {whole.tag}", text[:2_000])
    for place, item in enumerate(items, 1):
        yield _read(item, place, given)


def _read(item: Element, place: int, given: Given) -> Found:
    link = link_of(_text(item, f"{RSS}link") or item.get(ABOUT, ""), given.address)
    number = _text(item, f"{SEC}identifier")
    if not (number or link):
        return refused(place, RefusedBecause.NO_IDENTITY, "neither an identifier nor a link")
    references = [reference.get("id", "") for reference in item.findall(f"{SEC}references")]
    names = names_in("\n".join([number, *references]))
    about = next((name for name in names if name.startswith("CVE-")), names[0] if names else number or link)
    claims = (*_severities(item, about), *_products(item, about), *_weaknesses(references, about))
    cves = [name for name in names if name.startswith("CVE-")]
    return Record(
        native_id=number or link,
        title=one_line(_text(item, f"{RSS}title")) or number or link,
        link=link,
        summary=plain(_text(item, f"{RSS}description"), LONGEST_SUMMARY),
        published=moment_of(_text(item, f"{TERMS}issued") or _text(item, f"{DC}date"), given.zone),
        updated=moment_of(_text(item, f"{TERMS}modified"), given.zone),
        language=given.language or Language.JA,
        names=names,
        same_as=((number, cves[0]),) if number and len(cves) == 1 else (),
        claims=claims if len(cves) < 2 else _of_the_whole(claims, number or link),  # noqa: PLR2004 - which of them?
    )


def _of_the_whole(claims: tuple[Claim, ...], number: str) -> tuple[Claim, ...]:
    """Where an item is about several CVEs, nobody says whose score it is: it is the item's."""
    return tuple(Claim(number, claim.kind, claim.value, claim.by) for claim in claims)


def _severities(item: Element, about: str) -> Iterator[Claim]:
    for said in item.findall(f"{SEC}cvss"):
        value: dict[str, Any] = {"system": f"CVSS:{said.get('version', '')}"}
        if vector := said.get("vector", ""):
            value["vector"] = vector
        try:
            value["score"] = float(said.get("score", ""))
        except ValueError:
            continue
        if level := said.get("severity", ""):
            value["level"] = level.lower()
        yield Claim(about, ClaimKind.SEVERITY, value)


def _products(item: Element, about: str) -> Iterator[Claim]:
    """Of a product alone nothing is said about its versions."""
    for said in item.findall(f"{SEC}cpe"):
        product = Product(said.get("vendor", ""), said.get("product", ""), (said.text or "").strip())
        yield Claim(about, ClaimKind.AFFECTED, Affected(product, otherwise=Status.UNKNOWN).value)


def _weaknesses(references: list[str], about: str) -> Iterator[Claim]:
    for name in dict.fromkeys(references):
        if name.startswith("CWE-") and name.removeprefix("CWE-").isdigit():
            yield Claim(about, ClaimKind.WEAKNESS, {"cwe": name})


def _text(item: Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()
