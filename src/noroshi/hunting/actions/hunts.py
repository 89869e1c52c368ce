"""Asking for hunts, and stopping them. Each verb checks, changes and writes the ledger in one transaction.

A hunt is asked for (`look_back_for`, `search_own_lake`), and a subscriber of "hunting.hunt.requested" puts it on the
job queue, where `running.run_hunt` carries it out.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, InvalidInput, TooLarge
from noroshi.hunting import policy
from noroshi.hunting.actions.hits import hunter
from noroshi.hunting.actions.running import MAX_REFUSED
from noroshi.hunting.domain.value_list import ValueList, read_values
from noroshi.hunting.models import ENDED, Hunt, HuntState

MAX_VALUES: Final = 50_000
MAX_LIST: Final = 2_000_000
"""Characters of a pasted or uploaded list."""


@transaction.atomic
def look_back_for(signal_id: UUID, version: int, world: str) -> Hunt | None:
    """Ask for the hunt of a signal's version; return it, or None where it was asked for before."""
    hunt, new = Hunt.everything.get_or_create(signal_id=signal_id, version=version, defaults={"world": world})
    if not new:
        return None
    ledger.record(hunter(hunt), "hunting.hunt.requested", hunt)
    return hunt


@transaction.atomic
def look_again(hunt: Hunt) -> None:
    """Ask for a finished hunt once more: its signal reaches more organisations now. What it found stays."""
    if Hunt.everything.filter(pk=hunt.pk, state=HuntState.DONE).update(state=HuntState.WAITING):
        ledger.record(hunter(hunt), "hunting.hunt.requested", hunt)


@transaction.atomic
def search_own_lake(
    actor: Actor,
    *,
    text: str,
    since: datetime | None = None,
    until: datetime | None = None,
    harmless_too: bool = False,
) -> Hunt:
    """Ask for the values of `text`, one a line, to be looked for in the logs of the actor's own organisation.

    Events with since <= time < until are looked at; hits of values that a warning list calls harmless are left out
    and named, but for a search for `harmless_too`.
    """
    organisation = policy.require_hunter(actor)
    found = values_in(text)
    if since and until and since >= until:
        raise InvalidInput("until", _("The time ends before it begins."))
    hunt = Hunt.everything.create(
        organisation_id=organisation,
        requested_by_id=actor.person,
        world=actor.world,
        values=[[value.type, value.value] for value in found.values],
        refused=[[line, ""] for line in found.refused[:MAX_REFUSED]],
        since=since,
        until=until,
        harmless_too=harmless_too,
    )
    ledger.record(actor, "hunting.hunt.requested", hunt, values=len(found.values))
    return hunt


@transaction.atomic
def stop_search(actor: Actor, hunt: Hunt) -> None:
    """Stop a search of the own logs; what was found by now stays. Raises Conflict where it has ended already."""
    policy.require_hunter(actor)
    rows = Hunt.everything.filter(pk=hunt.pk, signal=None).exclude(state__in=ENDED)
    if not rows.update(state=HuntState.STOPPED, stopped_by=actor.person, finished_at=clock.now()):
        raise Conflict(_("The search has ended already."))
    ledger.record(actor, "hunting.hunt.stopped", hunt)


def values_in(text: str) -> ValueList:
    """Return the values of a pasted or uploaded list; raise InvalidInput where it names none, TooLarge for too many."""
    if len(text) > MAX_LIST:
        raise TooLarge(_("The list is longer than %(limit)s characters.") % {"limit": f"{MAX_LIST:,}"})
    found = read_values(text.splitlines())
    if not found.values:
        raise InvalidInput("values", _("No line names a value that can be looked for."))
    if len(found.values) > MAX_VALUES:
        raise TooLarge(_("The list names more than %(limit)s values.") % {"limit": f"{MAX_VALUES:,}"})
    return found
