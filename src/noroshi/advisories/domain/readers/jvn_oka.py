"""MyJVN API 4.0 (OKA): JSON, a CSAF 2.1 of its own for one vulnerability, and lists of vulnerabilities and of alerts.

The published examples and the description do not agree, so fields are read by any of the names that were seen. The
JSON of the API before it has the same lists, and is read too.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import msgspec

from noroshi.advisories.domain.affected import Affected, Product
from noroshi.advisories.domain.cleaning import link_of, one_line, plain
from noroshi.advisories.domain.cpe import formatted
from noroshi.advisories.domain.identifiers import names_in
from noroshi.advisories.domain.moments import moment_of
from noroshi.advisories.domain.readers import cve5, jvn_said
from noroshi.advisories.domain.readers.given import Given
from noroshi.advisories.domain.readers.strict import as_excerpt, refused, unpacked
from noroshi.advisories.domain.records import Claim, ClaimKind, Found, Language, Record, Refused, RefusedBecause

LONGEST_SUMMARY: Final = 4_000
DEEPEST: Final = 20
"""Levels of branches of a product tree."""
_REMEDIES: Final = {
    "vendor_fix": "fix",
    "workaround": "workaround",
    "mitigation": "mitigation",
    "none_available": "none",
    "no_fix_planned": "none",
}

Object = Mapping[str, Any]


def read(body: bytes, given: Given) -> Iterator[Found]:
    """Yield a record for each vulnerability or alert of the answer."""
    plain_body = unpacked(body)
    if isinstance(plain_body, Refused):
        yield plain_body
        return
    try:
        whole = _named(msgspec.json.decode(plain_body.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield refused(0, RefusedBecause.NOT_JSON, error, plain_body)
        return
    for place, document in enumerate(whole if isinstance(whole, list) else [whole], 1):
        yield from _document(_object(document), place, given)


def _named(value: Any) -> Any:
    """Return JSON with its names in their plain form: the API before wrote ``sec:title`` for ``title``."""
    if isinstance(value, dict):
        return {name.removeprefix("sec:"): _named(each) for name, each in value.items()}
    return [_named(each) for each in value] if isinstance(value, list) else value


def _document(whole: Object, place: int, given: Given) -> Iterator[Found]:
    feed = _object(whole.get("feed"))
    told = (whole.get("status"), whole.get("status:Status"), feed.get("status:Status"))
    status = next((found for each in told if (found := _object(each))), {})
    if str(status.get("retCd", 0)) != "0":
        yield refused(0, RefusedBecause.ERROR_ANSWER, f"{status.get('errCd', '')} {status.get('errMsg', '')}")
    elif "document" in whole or "jvn_extension" in whole:
        yield _advisory(whole, place, given)
    elif "entry" in feed:
        for number, entry in enumerate(_list(feed["entry"]), 1):
            yield _entry(_object(entry), number, given)
    elif str(status.get("totalRes")) != "0":
        yield refused(0, RefusedBecause.SHAPE, "neither a vulnerability nor a list", as_excerpt(whole))


def _advisory(whole: Object, place: int, given: Given) -> Found:
    document, extension = _object(whole.get("document")), _object(whole.get("jvn_extension"))
    tracking = _object(document.get("tracking"))
    number = _text(extension, "vulnid") or _text(tracking, "id")
    if not number:
        return refused(place, RefusedBecause.NO_IDENTITY, "neither tracking.id nor vulnid", as_excerpt(whole))
    vulnerabilities = _objects(whole.get("vulnerabilities"))
    names = _names(number, document, [_text(each, "cve") for each in vulnerabilities])
    notes = [_text(note, "text") for note in _objects(document.get("notes"))]
    claims = [claim for each in vulnerabilities for claim in _of_vulnerability(each, number, names)]
    return Record(
        native_id=number,
        title=one_line(_text(document, "title")) or number,
        link=jvn_said.page_of(number),
        summary=plain("\n".join(notes), LONGEST_SUMMARY),
        published=moment_of(_text(tracking, "initial_release_date"), given.zone),
        updated=moment_of(_text(tracking, "current_release_date"), given.zone),
        language=given.language or Language.JA,
        names=names,
        same_as=jvn_said.same(number, names),
        claims=(*claims, *_blocks(whole, extension, jvn_said.about(number, names))),
    )


def _names(number: str, told: Object, others: list[str]) -> tuple[str, ...]:
    references = _objects(told.get("references"))
    return names_in(
        "\n".join([number, *others, *(f"{_text(each, 'summary')} {_text(each, 'url')}" for each in references)])
    )


def _of_vulnerability(said: Object, number: str, names: tuple[str, ...]) -> Iterator[Claim]:
    about = _text(said, "cve") or jvn_said.about(number, names)
    yield from _severities(said, about)
    yield from jvn_said.weaknesses(about, (_text(each, "id") for each in _objects(said.get("cwes"))))
    for remedy in _objects(said.get("remediations")):
        kind, text = _REMEDIES.get(_text(remedy, "category")), plain(_text(remedy, "details"), LONGEST_SUMMARY)
        if kind and text:
            yield Claim(about, ClaimKind.REMEDY, {"kind": kind, "text": text})


def _severities(said: Object, about: str) -> Iterator[Claim]:
    for metric in _objects(said.get("metrics")):
        for each in _object(metric.get("content")).values():
            score = _object(each)
            version = _text(score, "version")
            level = _text(score, "baseSeverity")
            value = jvn_said.severity(version, _text(score, "vectorString"), score.get("baseScore", ""), level)
            if version and value is not None:
                yield Claim(about, ClaimKind.SEVERITY, value)


def _blocks(whole: Object, extension: Object, about: str) -> Iterator[Claim]:
    """Yield what is said of each product: its versions in the extension, else its name in the tree alone."""
    products = {product.name: product for product in _tree(_object(whole.get("product_tree")), "", 0)}
    told = [_affected(block, products) for block in _objects(extension.get("affected"))]
    for said in told or [Affected(product) for product in products.values()]:
        if said is not None:
            yield Claim(about, ClaimKind.AFFECTED, said.value)


def _affected(block: Object, products: Mapping[str, Product]) -> Affected | None:
    """A block is written as in a CVE record, and its versions sometimes in words."""
    known = products.get(_text(block, "product"))
    said = cve5.affected_of({"cpes": [known.cpe] if known and known.cpe else [], **block})
    if said is None or any(_text(each, "status") != "affected" for each in _objects(block.get("versions"))):
        return said
    words = jvn_said.affected(said.product, said.text.split("; "))
    return replace(said, ranges=(*said.ranges, *words.ranges), text=words.text)


def _tree(branch: Object, vendor: str, depth: int) -> Iterator[Product]:
    """Yield the products of a tree (CSAF 2.1, 3.2.3)."""
    vendor = _text(branch, "name") if _text(branch, "category") == "vendor" else vendor
    if product := _object(branch.get("product")):
        helper = _object(product.get("product_identification_helper"))
        yield Product(vendor, _text(product, "name"), formatted(_text(helper, "cpe")))
    for below in _objects(branch.get("branches")) if depth < DEEPEST else ():
        yield from _tree(below, vendor, depth + 1)


def _entry(entry: Object, place: int, given: Given) -> Found:
    number = _text(entry, "id", "identifier")
    if not number:
        return refused(place, RefusedBecause.NO_IDENTITY, "no id", as_excerpt(entry))
    parts = [_object(part.get("item")) or part for part in _objects(entry.get("items"))]
    told = [_text(part, name) for part in parts for name in ("title", "summary")]
    title = one_line(_text(entry, "title")) or number
    text = plain("\n".join(filter(None, [_text(entry, "summary"), *told])), LONGEST_SUMMARY)
    links = [_text(each, "link") for each in (entry, *parts)]
    names = _names(number, entry, [title, text, *links])
    about = jvn_said.about(number, names)
    return Record(
        native_id=number,
        title=title,
        link=next((link for each in links if (link := link_of(each, given.address))), jvn_said.page_of(number)),
        summary=text,
        published=moment_of(_text(entry, "created", "published", "public"), given.zone),
        updated=moment_of(_text(entry, "modified", "updated", "update"), given.zone),
        language=given.language or Language.JA,
        names=names,
        same_as=jvn_said.same(number, names),
        categories=tuple(filter(None, [_text(_object(entry.get("category")), "label")])),
        claims=(*_severities(entry, about), *_products(entry, about), *_weaknesses(entry, about)),
    )


def _weaknesses(entry: Object, about: str) -> Iterator[Claim]:
    return jvn_said.weaknesses(about, (_text(each, "id") for each in _objects(entry.get("cwes"))))


def _products(entry: Object, about: str) -> Iterator[Claim]:
    for said in _objects(entry.get("products")):
        cpe = formatted(_text(_object(said.get("product_ids")), "cpe"))
        product = Product(one_line(_text(said, "vname")), one_line(_text(said, "pname")), cpe)
        yield Claim(about, ClaimKind.AFFECTED, jvn_said.affected(product, [_text(said, "version")]).value)


def _object(value: Any) -> Object:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _objects(value: Any) -> list[Object]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _text(value: Object, *names: str) -> str:
    """Return the first of these fields that holds a text."""
    return next((each.strip() for name in names if isinstance(each := value.get(name), str) and each.strip()), "")
