"""CSAF as VEX: product_status by product of the tree, with flags and the impact that is told."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from noroshi.advisories.domain.affected import Affected, Product, Status
from noroshi.advisories.domain.cleaning import one_line
from noroshi.advisories.domain.readers import csaf
from noroshi.advisories.domain.readers.strict import UNREADABLE
from noroshi.advisories.domain.vex.statements import (
    NO_VERSION,
    Statement,
    Unread,
    UnreadableVexError,
    VexDocument,
    VexStatus,
)

_STATUS: Final = {
    "known_affected": VexStatus.AFFECTED,
    "first_affected": VexStatus.AFFECTED,
    "last_affected": VexStatus.AFFECTED,
    "fixed": VexStatus.FIXED,
    "first_fixed": VexStatus.FIXED,
    "known_not_affected": VexStatus.NOT_AFFECTED,
    "under_investigation": VexStatus.UNDER_INVESTIGATION,
}


def read(body: bytes) -> VexDocument:
    """Return what a document says. Raises UnreadableVexError."""
    try:
        said = csaf.DECODER.decode(body)
    except UNREADABLE as error:
        raise UnreadableVexError("no CSAF") from error
    document, tracking = said.document, said.document.tracking
    date = tracking.current_release_date or tracking.initial_release_date
    read_so = list(_statements(said, date))
    return VexDocument(
        "csaf",
        f"{document.publisher.namespace}/{tracking.id}",
        one_line(document.publisher.name or document.publisher.namespace),
        one_line(document.title) or tracking.id,
        date,
        tuple(each for each in read_so if isinstance(each, Statement)),
        tuple(each for each in read_so if isinstance(each, Unread)),
    )


def _statements(said: csaf.Csaf, date: str) -> Iterator[Statement | Unread]:
    known = csaf.known_products(said.product_tree)
    within = _within(said.product_tree, known)
    for place, each in enumerate(said.vulnerabilities, 1):
        name = csaf.name_of(each, said.document.tracking.id)
        for group, ids in each.product_status.items():
            if group not in _STATUS:
                continue
            for one in dict.fromkeys(ids):
                scheme, ranges = csaf.ranges_of(known[one], Status.UNAFFECTED) if one in known else (None, [])
                if scheme is None or not ranges:
                    yield Unread(place, NO_VERSION)
                    continue
                product = Product(
                    known[one].product.vendor, known[one].product.name, known[one].product.cpe, known[one].product.purl
                )
                yield Statement(
                    (name,),
                    _STATUS[group],
                    Affected(product, tuple(ranges), scheme, Status.UNKNOWN),
                    within.get(one),
                    _flag(each.flags, one),
                    _impact(each.threats, one),
                    date,
                )


def _within(tree: Any, known: Mapping[str, Any]) -> dict[str, Product]:
    """Return of each product that is a part of another the one that it is a part of."""
    return {
        each.full_product_name.product_id: known[each.relates_to_product_reference].product
        for each in tree.relationships
        if each.relates_to_product_reference in known
    }


def _flag(flags: Any, product: str) -> str:
    return next((each.label for each in flags if not each.product_ids or product in each.product_ids), "")


def _impact(threats: Any, product: str) -> str:
    told = (each for each in threats if each.category == "impact")
    return next(
        (one_line(each.details)[:1000] for each in told if not each.product_ids or product in each.product_ids), ""
    )
