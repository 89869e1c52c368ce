"""Names of products that a person judges to be the same, remembered for the organisation and taken back."""

from dataclasses import dataclass
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.advisories import policy
from noroshi.advisories.domain.matching import called_by, keys_of
from noroshi.advisories.models import ProductAlias
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.sharing.actions.words import checked_sentence
from noroshi.sharing.domain.texts import one_line

MAX_REASON: Final = 400
LONGEST_NAME: Final = 190
MOST_ALIASES: Final = 5_000


@dataclass(frozen=True)
class ProductName:
    """A product as somebody names it; its vendor may be left out."""

    vendor: str
    name: str

    @property
    def words(self) -> str:
        """Return it in a line."""
        return " ".join(filter(None, (one_line(self.vendor), one_line(self.name))))

    @property
    def call(self) -> str:
        """Return it as learned names are compared."""
        return called_by(dict(keys_of(self.vendor, self.name, "", "")))


@transaction.atomic
def learn_alias(actor: Actor, *, ours: ProductName, theirs: ProductName, is_sure: bool, reason: str) -> ProductAlias:
    """Remember that what the organisation calls `ours` is what records call `theirs`; all is matched anew by a job.

    A pair that is known already is judged anew. Raises InvalidInput.
    """
    policy.require_inventory_keeper(actor)
    for field, each in (("ours_name", ours), ("theirs_name", theirs)):
        if not one_line(each.name) or not each.call:
            raise InvalidInput(field, _("Name the product."))
        if max(len(each.vendor), len(each.name), len(each.call) // 2) > LONGEST_NAME:
            raise InvalidInput(field, _("This is longer than %(limit)s characters.") % {"limit": LONGEST_NAME})
    if ours.call == theirs.call:
        raise InvalidInput("theirs_name", _("The two are compared alike already."))
    said = checked_sentence("reason", reason, MAX_REASON)
    mine = ProductAlias.everything.filter(organisation=actor.acting_organisation, world=actor.world)
    row = mine.select_for_update().filter(ours=ours.call, theirs=theirs.call).first()
    if row is None and mine.count() >= MOST_ALIASES:
        raise Conflict(_("There are %(limit)s names: take some back first.") % {"limit": MOST_ALIASES})
    row = row or ProductAlias(
        organisation_id=actor.acting_organisation, world=actor.world, ours=ours.call, theirs=theirs.call
    )
    row.ours_words, row.theirs_words = ours.words, theirs.words
    row.is_sure, row.reason = is_sure, said
    row.learned_at, row.learned_by_id = clock.now(), actor.acting_person
    row.save()
    ledger.record(actor, "advisories.alias.learned", row, sure=is_sure)
    return row


@transaction.atomic
def take_back_alias(actor: Actor, alias: ProductAlias) -> None:
    """Forget a pair: what matched by it matches no more once a job has held everything anew."""
    policy.require_inventory_keeper(actor)
    row = ProductAlias.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=alias.pk).first()
    if row is None:
        raise NotFound
    ledger.record(actor, "advisories.alias.taken_back", row)
    row.delete()
