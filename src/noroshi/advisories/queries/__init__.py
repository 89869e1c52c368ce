"""Reads of the advisories room. Every one starts from `visible_to(actor)`."""

from noroshi.advisories.queries.bulletins import (
    BULLETIN_KIND,
    bulletin_for,
    bulletins_at_work,
    bulletins_for,
    categories,
    categories_on_offer,
    category_named,
    everybody_who_had,
    newest_of,
    template_named,
    templates,
    templates_on_offer,
    versions_of,
)

__all__ = [
    "BULLETIN_KIND",
    "bulletin_for",
    "bulletins_at_work",
    "bulletins_for",
    "categories",
    "categories_on_offer",
    "category_named",
    "everybody_who_had",
    "newest_of",
    "template_named",
    "templates",
    "templates_on_offer",
    "versions_of",
]
