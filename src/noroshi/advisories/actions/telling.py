"""How a source is, looked at anew: whoever keeps sources is told once when that becomes worse."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from noroshi.advisories.domain.health import ALARMING, Facts, Health, Verdict, verdict_on
from noroshi.advisories.models import SourceState
from noroshi.core import clock, ledger
from noroshi.core.actor import Actor


def facts_of(state: SourceState) -> Facts:
    """Return what is known of a source."""
    source = state.source
    return Facts(
        enabled=source.enabled,
        since=state.since,
        every=timedelta(minutes=source.minutes),
        rhythm=timedelta(hours=source.rhythm_hours) if source.rhythm_hours else None,
        checked_at=state.checked_at,
        new_at=state.new_at,
        failures=state.failures,
        failing_since=state.failing_since,
        shape_since=state.shape_since,
        regressed_since=state.regressed_since,
        gap_since=state.gap_since,
    )


def verdict_of(state: SourceState) -> Verdict:
    """Say how a source is now."""
    return verdict_on(facts_of(state), clock.now())


def tell_of_health(state: SourceState) -> bool:
    """Set how a source is, and write into the ledger if that changed to something that a person is told of.

    Within the caller's transaction, who saves the row. Returns whether it changed.
    """
    health = verdict_of(state).health
    if health == state.health:
        return False
    was = Health(state.health)
    state.health, state.health_since = health.value, clock.now()
    actor = Actor.system("advisories", state.source.world)
    if health in ALARMING:
        ledger.record(actor, "advisories.source.ailing", state.source, name=state.source.name, health=health.value)
    elif was in ALARMING:
        ledger.record(actor, "advisories.source.recovered", state.source, name=state.source.name, health=health.value)
    return True


def look_after_sources() -> int:
    """Look how all sources are now that time has passed; return of how many that changed."""
    rows = SourceState.objects.select_related("source")
    turned = [row.pk for row in rows if verdict_of(row).health != row.health]
    return sum(map(_look_again, turned))


@transaction.atomic
def _look_again(source_id: UUID) -> bool:
    row = SourceState.objects.select_for_update(of=("self",)).select_related("source").get(pk=source_id)
    changed = tell_of_health(row)
    if changed:
        row.save(update_fields=["health", "health_since"])
    return changed
