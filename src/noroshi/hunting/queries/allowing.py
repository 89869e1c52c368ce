"""Allow-lists: what an organisation knows as harmless in its own logs, and which of its hits that suppresses."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import Q, QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain import worlds
from noroshi.hunting.engine import Covering, HuntResult, Needle
from noroshi.hunting.engine import Hit as Found
from noroshi.hunting.lake import open_lake
from noroshi.hunting.models import AllowedValue, Hit
from noroshi.hunting.queries.hunts import one
from noroshi.members.models import Organisation


def allowed_values_for(actor: Actor) -> QuerySet[AllowedValue]:
    """Return the own organisation's allow-list, newest first."""
    return AllowedValue.objects.visible_to(actor).select_related("added_by").order_by("-added_at", "-pk")


def allowed_value_for(actor: Actor, value_id: UUID) -> AllowedValue:
    """Return one line of it; raise NotFound where there is none for this actor."""
    return one(allowed_values_for(actor).filter(pk=value_id))


def allowed_by(organisation: Organisation) -> QuerySet[AllowedValue]:
    """Return an organisation's allow-list, newest first: for the installation's own shell."""
    rows = AllowedValue.objects.unrestricted(reason="the installation's own shell")
    held = rows.filter(organisation=organisation, world=worlds.REAL)
    return held.select_related("added_by").order_by("-added_at", "-pk")


def suppressed_for(actor: Actor) -> QuerySet[Hit]:
    """Return what would be hits in the own logs, were it not allowed, newest first, each with what allows it."""
    found = Hit.objects.suppressed_for(actor).select_related(
        "hunt__signal", "hunt__requested_by", "hunt__organisation", "allowed"
    )
    return found.order_by("-created_at", "-pk")


def shared_suppressed_for(actor: Actor) -> QuerySet[Hit]:
    """Return what of it shared signals have led to."""
    return suppressed_for(actor).filter(hunt__signal__isnull=False)


def in_force() -> Q:
    """Return the condition under which a line of an allow-list holds now, in the world of the lakes."""
    return Q(world=worlds.REAL) & (Q(until__isnull=True) | Q(until__gt=clock.now()))


@dataclass(frozen=True)
class AllowList:
    """What an organisation allows now."""

    lines: dict[Needle, AllowedValue]
    covering: Covering

    def allowing(self, kind: str, value: str) -> AllowedValue | None:
        """Return what allows a value that was found, the narrowest that does."""
        needle = self.covering.of(Needle(kind, value))
        return None if needle is None else self.lines[needle]


def allow_list_of(organisation: UUID, leaving: Collection[UUID] = ()) -> AllowList:
    """Return an organisation's allow-list, without lines that are leaving it, as its hits are judged by it.

    That is for the installation, for nobody's eyes.
    """
    rows = AllowedValue.objects.unrestricted(reason="an organisation's hits are judged by its own allow-list")
    held = rows.filter(in_force(), organisation=organisation).exclude(pk__in=leaving)
    lines = {Needle(row.type, row.value): row for row in held}
    return AllowList(lines, open_lake().covering(lines))


@dataclass(frozen=True)
class Suppressed:
    """What was found in an organisation's logs and is no hit, since it allows it."""

    found: Found
    line: AllowedValue


class Judge:
    """Judges what is found in the logs of many organisations, each by its own allow-list as it was when first asked."""

    def __init__(self) -> None:
        self._lists: dict[str, AllowList | None] = {}

    def allowing(self, hit: Found) -> AllowedValue | None:
        """Return what allows a hit in its organisation's logs."""
        if hit.organisation not in self._lists:
            owner = Organisation.objects.filter(slug=hit.organisation).first()
            self._lists[hit.organisation] = allow_list_of(owner.pk) if owner else None
        known = self._lists[hit.organisation]
        return known.allowing(hit.type, hit.value) if known else None

    def judged(self, result: HuntResult) -> tuple[HuntResult, list[Suppressed]]:
        """Return an answer without what each organisation allows in its own logs, and what that was."""
        lines = [(hit, self.allowing(hit)) for hit in result.hits]
        hits = tuple(hit for hit, line in lines if line is None)
        return replace(result, hits=hits), [Suppressed(hit, line) for hit, line in lines if line is not None]


def organisations_to_judge() -> Iterator[Organisation]:
    """Yield the organisations some of whose hits are suppressed by what is allowed no more."""
    hits = Hit.objects.unrestricted_suppressed(reason="what is allowed no more is a hit again")
    ended = hits.filter(allowed__until__lte=clock.now()).values("organisation")
    yield from Organisation.objects.filter(pk__in=ended).order_by("slug")
