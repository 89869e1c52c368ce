"""What the readers of a signal answered: numbers that hide each organisation, and the names that were given."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import CharField, Exists, OuterRef, QuerySet, Subquery

from noroshi.core.actor import Actor
from noroshi.core.domain.audience import State
from noroshi.core.domain.small_numbers import told
from noroshi.intel.queries import seen
from noroshi.members.models import Organisation
from noroshi.sharing.models import Signal, Stance, StanceKind
from noroshi.sharing.queries.levels import open_since
from noroshi.sharing.queries.signals import not_mine

UNANSWERED = "none"


@dataclass(frozen=True)
class Answers:
    """What the readers of a signal said.

    Each number is in steps of three, None below; the organisations that let themselves be named are in none of them.
    """

    seen: int | None
    seen_named: list[Organisation]
    seen_by_day: list[tuple[date, int]]
    stances: dict[StanceKind, int | None]
    stances_named: dict[StanceKind, list[Organisation]]


def answers_to(actor: Actor, signal: Signal) -> Answers:
    """Return what the readers of `signal` said, to `actor`, of whom the caller has checked that it sees it.

    Who gave the name under a narrower level gave it to those who could read it then (`open_since`).
    """
    since = open_since(actor, signal)
    numbers, named = stances_on(signal, since)
    sightings = seen(signal.pk, named_after=since)
    names = Organisation.objects.filter(pk__in={*sightings.named, *named}).order_by("slug")
    return Answers(
        seen=sightings.number,
        seen_named=[organisation for organisation in names if organisation.pk in sightings.named],
        seen_by_day=sightings.by_day,
        stances={kind: numbers.get(kind) for kind in StanceKind},
        stances_named={kind: [each for each in names if named.get(each.pk) == kind] for kind in StanceKind},
    )


def stances_on(signal: Signal, since: datetime | None) -> tuple[Mapping[str, int | None], dict[UUID, str]]:
    """Return how many say what of a signal, as far as it is told, and what those say who gave their name."""
    rows = list(_current().filter(signal=signal).values_list("organisation_id", "kind", "named", "at"))
    numbers = Counter(kind for _organisation, kind, named, _at in rows if not named)
    names = {who: kind for who, kind, named, at in rows if named and (since is None or at > since)}
    return {kind: told(number) for kind, number in numbers.items()}, names


def _current() -> QuerySet[Stance]:
    rows = Stance.objects.unrestricted(reason="counts, told from three organisations on, and names that were given")
    return rows.filter(current=True).exclude(signal__state=State.WITHDRAWN)


def stances_of_own(actor: Actor, signal: Signal) -> QuerySet[Stance]:
    """Return what the actor's organisation has said of a signal, the last first: for its people who need to know."""
    rows = Stance.objects.of(actor, signal).filter(organisation=actor.organisation)
    return rows.select_related("person").order_by("-id") if actor.needs_to_know else rows.none()


def with_own_stance(actor: Actor, rows: QuerySet[Signal]) -> QuerySet[Signal]:
    """Return `rows`, each with what the actor's organisation says of it as `own_stance`; None where nothing."""
    if not actor.needs_to_know:
        return rows.annotate(own_stance=Subquery(_own(actor).none().values("kind"), output_field=CharField()))
    return rows.annotate(own_stance=Subquery(_own(actor).values("kind")[:1]))


def answered(actor: Actor, rows: QuerySet[Signal], answer: str) -> QuerySet[Signal]:
    """Return those of `rows` on which the actor's organisation stands like that; or of others, and not answered yet."""
    if answer == UNANSWERED:
        return not_mine(actor, rows).filter(~Exists(_own(actor)))
    return rows.filter(Exists(_own(actor).filter(kind=answer)))


def _own(actor: Actor) -> QuerySet[Stance]:
    rows = Stance.objects.unrestricted(reason="the organisation's own, of signals that the policy chose")
    rows = rows.filter(organisation=actor.organisation, current=True)
    return rows.filter(signal=OuterRef("pk")) if actor.needs_to_know else rows.none()
