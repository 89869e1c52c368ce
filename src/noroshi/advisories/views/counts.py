"""Counts of patch tasks that go up to the hub: the member's agreement, and at the hub what they come to."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.counts_wording import DUE_WORDS
from noroshi.advisories.domain.counts import Counts, totals
from noroshi.core.errors import NotFound
from noroshi.kit.http import ActorRequest

MOST_SHOWN: Final = 300


def counts(request: ActorRequest) -> HttpResponse:
    """Show what goes up, or would; to operators of the hub what members told."""
    actor = request.actor
    policy.require_counts_reader(actor)
    context: dict[str, object] = {
        "may_decide": policy.may_decide_counts(actor),
        "sees_tasks": policy.tells_counts(actor),
        "agreement": queries.agreement_of(actor.organisation, actor.world),
    }
    if actor.organisation is not None and policy.tells_counts(actor):
        context |= _shown([queries.counts_to_tell(actor.organisation, actor.world)], "own")
    if actor.is_hub_operator:
        rows = list(queries.member_counts_for(actor))
        context |= {"members": rows} | _shown([queries.read_counts(row) for row in rows], "all")
    return render(request, "advisories/counts.html", context)


def _shown(told: list[Counts], name: str) -> dict[str, object]:
    rows, due = totals(told)
    return {
        f"{name}_rows": rows[:MOST_SHOWN],
        f"{name}_more": max(0, len(rows) - MOST_SHOWN),
        f"{name}_due": [(DUE_WORDS[state], number) for state, number in due.items()],
    }


@require_POST
def decide_counts(request: ActorRequest, verb: str) -> HttpResponse:
    """Agree that counts go up, or revoke it."""
    policy.require_counts_reader(request.actor)
    if verb == "agree":
        actions.agree_to_counts(request.actor)
        messages.success(request, _("Counts go up to the hub from now on, and no asset."))
    elif verb == "revoke":
        actions.revoke_counts(request.actor)
        messages.success(request, _("No counts go up any more; the hub is told to forget them."))
    else:
        raise NotFound
    return redirect("advisories:counts")
