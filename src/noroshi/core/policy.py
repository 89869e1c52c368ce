"""The one door, asked about one object: `decide`, and `explain` for the page that says why.

The rules are in `domain.rules`. `filters` turns the same rules into the query behind every `visible_to(actor)`.
"""

from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from noroshi.core.actor import Actor
from noroshi.core.domain import rules
from noroshi.core.domain.rules import Decision, Step
from noroshi.core.errors import NotAllowed
from noroshi.core.filters import viewing
from noroshi.core.models import Shareable, audiences_of

S = TypeVar("S", bound=Shareable)

REASONS = {
    "world": _("It belongs to another world: an exercise and the real one never meet."),
    "channel": _("Content of this marking does not travel by this channel."),
    "wall": _("Supervisors see nothing of what members share with each other."),
    "standing": _("The account or its organisation is suspended or has left."),
    "author": _("You wrote it."),
    "release": _("It waits for a hub operator's release."),
    "state": _("It is not published."),
    "exclusion": _("The author's choice of audience leaves it out."),
    "embargo": _("It is under embargo: until then only the people named see it."),
    "owner": _("Your organisation shared it, and your role needs to know."),
    "grant": _("Its audience and marking reach you."),
    rules.DEFAULT_DENY: _("Neither its audience nor its marking reaches this reader."),
}


def decide(actor: Actor, item: Shareable) -> Decision:
    """Return whether `actor` may view `item`, and by which rule."""
    return rules.decide(viewing(item, actor), item.as_item())


def seen_by_each(
    readers: Iterable[Actor], model: type[S], ids: Collection[UUID], *related: str
) -> Iterator[tuple[Actor, list[S]]]:
    """Yield each of `readers` with those of a few items that it may view: what `visible_to` answers, for many at once.

    The items and their audiences are asked for once, and each reader is decided about one by one; `related` is read
    along with the items.
    """
    rows = list(
        model.objects.unrestricted(reason="each reader is decided about").filter(pk__in=ids).select_related(*related)
    )
    audiences = audiences_of([row.pk for row in rows])
    read = [(row, row.with_audience(audiences[row.pk])) for row in rows]
    for reader in readers:
        walk = viewing(model, reader)
        yield reader, [row for row, item in read if rules.decide(walk, item).allowed]


def explain(actor: Actor, item: Shareable) -> list[Step]:
    """Return the rules in their order with what each said of `actor` and `item`, as far as they were asked."""
    return rules.explain(viewing(item, actor), item.as_item())


def require(allowed: bool, message: str, rule: str = "role") -> None:  # noqa: FBT001 - reads as a sentence
    """Raise NotAllowed with `message` unless `allowed`."""
    if not allowed:
        raise NotAllowed(message, rule)
