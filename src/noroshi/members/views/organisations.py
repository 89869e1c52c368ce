"""Pages of organisations."""

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, policy, queries
from noroshi.members.domain import authority
from noroshi.members.forms import (
    MarksForm,
    MembershipForm,
    OrganisationForm,
    ReasonForm,
)
from noroshi.members.lists import ORGANISATIONS
from noroshi.members.views.answering import community_only, said

if TYPE_CHECKING:
    from collections.abc import Callable


def index(request: ActorRequest) -> HttpResponse:
    """Go to what the reader manages, or to the groups."""
    if authority.manages_community(request.actor):
        return redirect("members:organisation-list")
    return redirect("members:person-list" if policy.manages_somebody(request.actor) else "members:group-list")


def organisation_list(request: ActorRequest) -> HttpResponseBase:
    """List the directory, for who manages the community."""
    community_only(request)
    rows = queries.organisations_for(request.actor)
    return lists.respond(
        request, ORGANISATIONS, actor=request.actor, rows=rows, template="members/organisation_list.html"
    )


def organisation_new(request: ActorRequest) -> HttpResponse:
    """Take an organisation into the directory."""
    community_only(request)
    form = OrganisationForm(request.POST or None)
    if form.carry_out(actions.create_organisation, actor=request.actor):
        return redirect("members:organisation-detail", slug=form.result.slug)
    return render(request, "members/organisation_new.html", {"form": form})


def organisation_detail(request: ActorRequest, slug: str) -> HttpResponse:
    """Show an organisation, its open invitations and what can be done to it."""
    organisation = queries.organisation_for(request.actor, slug)
    context = {
        "organisation": organisation,
        "invitations": queries.invitations_for(request.actor).filter(organisation=organisation),
        "administers": authority.administers(request.actor, organisation.pk),
        "manages_community": authority.manages_community(request.actor),
        "states_marks": policy.states_marks_of(request.actor, organisation),
        "membership_form": MembershipForm(initial={"membership": organisation.membership}),
        "reason_form": ReasonForm(),
    }
    return render(request, "members/organisation_detail.html", context)


@require_POST
def organisation_readers(request: ActorRequest, slug: str) -> HttpResponse:
    """Let authors learn by name who of the organisation read their signals, or not."""
    organisation = queries.organisation_for(request.actor, slug)
    actions.name_readers(request.actor, organisation=organisation, allowed=request.POST.get("allowed") == "yes")
    messages.success(request, _("It holds from now on, for what was read before as well."))
    return redirect("members:organisation-detail", slug=slug)


@require_POST
def organisation_membership(request: ActorRequest, slug: str) -> HttpResponse:
    """Move an organisation to another class."""
    organisation = queries.organisation_for(request.actor, slug)
    form = MembershipForm(request.POST)
    form.carry_out(actions.change_membership, actor=request.actor, organisation=organisation)
    return said(request, form, _("The class is changed."), "members:organisation-detail", slug=slug)


@require_POST
def organisation_standing(request: ActorRequest, slug: str, verb: str) -> HttpResponse:
    """Suspend, reinstate or end an organisation's membership."""
    organisation = queries.organisation_for(request.actor, slug)
    verbs: dict[str, Callable[..., Any]] = {
        "suspend": actions.suspend_organisation,
        "reinstate": actions.reinstate_organisation,
        "end": actions.end_membership,
    }
    form = ReasonForm(request.POST)
    form.carry_out(verbs[verb], actor=request.actor, organisation=organisation)
    return said(request, form, _("The standing is changed."), "members:organisation-detail", slug=slug)


def organisation_marks(request: ActorRequest, slug: str) -> HttpResponse:
    """State by what the own organisation is known, so that its people are warned before they write it."""
    organisation = queries.organisation_for(request.actor, slug)
    stated = queries.stated_marks(request.actor, organisation)
    form = MarksForm(request.POST or None, initial={**stated, "usual_tlp": organisation.usual_tlp})
    if form.carry_out(actions.state_marks, actor=request.actor, organisation=organisation):
        messages.success(request, _("From now on, what your people write is compared with this."))
        return redirect("members:organisation-detail", slug=slug)
    return render(request, "members/organisation_marks.html", {"form": form, "organisation": organisation})
