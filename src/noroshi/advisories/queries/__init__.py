"""Reads of the advisories room. Every one starts from `visible_to(actor)`."""

from noroshi.advisories.queries.bulletins import (
    BULLETIN_KIND,
    bulletin_for,
    bulletins_at_work,
    bulletins_for,
    categories_on_offer,
    everybody_who_had,
    newest_of,
    templates_on_offer,
    versions_of,
)

__all__ = [
    "BULLETIN_KIND",
    "bulletin_for",
    "bulletins_at_work",
    "bulletins_for",
    "categories_on_offer",
    "everybody_who_had",
    "newest_of",
    "templates_on_offer",
    "versions_of",
]
