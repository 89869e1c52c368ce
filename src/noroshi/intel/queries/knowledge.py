"""Words to tag with, found by what people call them."""

from collections.abc import Collection
from functools import reduce
from operator import and_
from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Length

from noroshi.intel.domain.knowledge.entries import comparable
from noroshi.intel.domain.knowledge.pack import own_taxonomies
from noroshi.intel.models import Tag

MOST_FOUND: Final = 20
_MOST_TYPED: Final = 100


def tags_found(text: str) -> list[Tag]:
    """Return the words that have all of what somebody typed in a name, title or synonym; the closest first.

    The house's own come before others, and shorter titles before longer ones: "ATS" is no part of "heartbeats".
    """
    typed = comparable(text[:_MOST_TYPED]).split()
    if not typed:
        return []
    has_all = reduce(and_, (Q(words__contains=word) for word in typed))
    rows = Tag.objects.filter(has_all, retired=False).annotate(
        distance=Case(
            When(words__startswith=" ".join(typed), then=Value(0)), default=Value(1), output_field=IntegerField()
        ),
        foreign=Case(When(family__in=_own_families(), then=Value(0)), default=Value(1), output_field=IntegerField()),
    )
    return list(rows.order_by("foreign", "distance", Length("title"), "name")[:MOST_FOUND])


def tags_named(names: Collection[str]) -> QuerySet[Tag]:
    """Return the words of these names, also those that are offered no more."""
    return Tag.objects.filter(name__in=names).order_by("family", "name")


def house_tags() -> QuerySet[Tag]:
    """Return the house's own words: few enough to be offered without a search."""
    return Tag.objects.filter(family__in=_own_families(), retired=False).order_by("id")


def _own_families() -> list[str]:
    return [taxonomy.entries[0].family.name for taxonomy in own_taxonomies()]
