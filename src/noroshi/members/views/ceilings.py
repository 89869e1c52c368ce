"""The page of ceilings."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from noroshi.core.domain.membership import CEILINGS
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, queries
from noroshi.members.forms import (
    CeilingForm,
)
from noroshi.members.models import ClassChoices
from noroshi.members.views.answering import community_only, said


def ceilings(request: ActorRequest) -> HttpResponse:
    """Show and set how high each class sees by community grants."""
    community_only(request)
    if request.method == "POST":
        form = CeilingForm(request.POST)
        form.carry_out(actions.set_ceiling, actor=request.actor)
        return said(request, form, _("The ceiling is set."), "members:ceilings")
    chosen = queries.community_ceilings()
    rows = [
        {
            "label": ClassChoices(membership.value).label,
            "standard": standard,
            "form": CeilingForm(
                initial={"membership": membership.value, "community": chosen.get(membership.value, "")},
                auto_id=f"{membership.value}_%s",
            )
            if standard.community
            else None,
        }
        for membership, standard in CEILINGS.items()
    ]
    return render(request, "members/ceilings.html", {"rows": rows})
