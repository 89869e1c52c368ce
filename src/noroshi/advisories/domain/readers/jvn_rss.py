"""JVN's and JVN iPedia's RSS 1.0 with mod_sec 3.0, whose elements repeat: several CVEs, products and scores an item."""

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from noroshi.advisories.domain.affected import Affected, Product, Status
from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.cpe import formatted
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers import jvn_said
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import refused
from noroshi.advisories.domain.readers.xml import tree_of
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

RSS: Final = "{http://purl.org/rss/1.0/}"
DC: Final = "{http://purl.org/dc/elements/1.1/}"
TERMS: Final = "{http://purl.org/dc/terms/}"
SEC: Final = "{http://jvn.jp/rss/mod_sec/3.0/}"
ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
LONGEST_SUMMARY: Final = 4_000


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each item."""
    whole = tree_of(body, given.content_type)
    yield from [whole] if isinstance(whole, Refused) else items(whole, given)


def items(whole: Element, given: Given) -> Iterator[Found]:
    """Yield a record for each item of a document that was read."""
    found = whole.findall(f"{RSS}item")
    if not found and whole.find(f"{RSS}channel") is None:
        yield refused(0, RefusedBecause.SHAPE, f"no RSS 1.0: {whole.tag}")
    for place, item in enumerate(found, 1):
        yield _read(item, place, given)


def _read(item: Element, place: int, given: Given) -> Found:
    link = link_of(_text(item, f"{RSS}link") or item.get(ABOUT, ""), given.address)
    number = _text(item, f"{SEC}identifier")
    if not (number or link):
        return refused(place, RefusedBecause.NO_IDENTITY, "neither an identifier nor a link")
    references = [reference.get("id", "") for reference in item.findall(f"{SEC}references")]
    names = names_in("\n".join([number, *references]))
    about = jvn_said.about(number or link, names)
    return Record(
        native_id=number or link,
        title=one_line(_text(item, f"{RSS}title")) or number or link,
        link=link,
        summary=plain(_text(item, f"{RSS}description"), LONGEST_SUMMARY),
        published=moment_of(_text(item, f"{TERMS}issued") or _text(item, f"{DC}date"), given.zone),
        updated=moment_of(_text(item, f"{TERMS}modified"), given.zone),
        language=given.language or Language.JA,
        names=names,
        same_as=jvn_said.same(number, names),
        claims=(*_severities(item, about), *_products(item, about), *jvn_said.weaknesses(about, references)),
    )


def _severities(item: Element, about: str) -> Iterator[Claim]:
    for said in item.findall(f"{SEC}cvss"):
        version, vector, score, level = (said.get(name, "") for name in ("version", "vector", "score", "severity"))
        value = jvn_said.severity(version, vector, score, level)
        if value is not None:
            yield Claim(about, ClaimKind.SEVERITY, value)


def _products(item: Element, about: str) -> Iterator[Claim]:
    """Of a product alone nothing is said about its versions."""
    for said in item.findall(f"{SEC}cpe"):
        product = Product(said.get("vendor", ""), said.get("product", ""), formatted(said.text or ""))
        yield Claim(about, ClaimKind.AFFECTED, Affected(product, otherwise=Status.UNKNOWN).value)


def _text(item: Element, tag: str) -> str:
    return (item.findtext(tag) or "").strip()
