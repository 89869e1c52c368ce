"""Names of products that the actor's organisation learned."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.advisories.domain.affected import Affected
from noroshi.advisories.domain.aliases import Alias, Aliases
from noroshi.advisories.domain.components import of_stored, words_of
from noroshi.advisories.domain.matching import Component, judge
from noroshi.advisories.domain.records import ClaimKind
from noroshi.advisories.models import Item, Match, ProductAlias
from noroshi.core.actor import Actor
from noroshi.core.errors import NotFound


def aliases_for(actor: Actor) -> QuerySet[ProductAlias]:
    """Return the pairs that the actor's organisation learned, the last first."""
    return ProductAlias.objects.visible_to(actor).select_related("learned_by").order_by("-learned_at", "-pk")


def alias_for(actor: Actor, alias_id: UUID) -> ProductAlias:
    """Return one of them. Raises NotFound."""
    row = aliases_for(actor).filter(pk=alias_id).first()
    if row is None:
        raise NotFound
    return row


def aliases_of(organisation: UUID, world: str) -> Aliases:
    """Return all pairs of an organisation as they match."""
    rows = ProductAlias.everything.filter(organisation=organisation, world=world)
    return Aliases(Alias(*row) for row in rows.values_list("ours", "theirs", "is_sure"))


def component_of(match: Match) -> Component | None:
    """Return the component that a match is of, as its list names it; None where the list names it no more."""
    components = map(of_stored, match.asset.components)
    return next((each for each in components if words_of(each)[:300] == match.component), None)


def product_meant(match: Match) -> tuple[str, str] | None:
    """Return vendor and name of the product that records mean which hit a match; None where none does any more."""
    component = component_of(match)
    if component is None:
        return None
    aliases = aliases_of(match.organisation_id, match.world)
    items = Item.objects.filter(mentions__vulnerability=match.vulnerability_id).order_by("first_seen", "pk")
    for claims in items.values_list("newest__claims", flat=True):
        for claim in claims or ():
            affected = Affected.read(claim["value"]) if claim["kind"] == ClaimKind.AFFECTED else None
            if affected is not None and judge(component, affected, aliases) is not None:
                return affected.product.vendor, affected.product.name
    return None
