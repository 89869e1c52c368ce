"""Pages of people."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.domain.membership import Role
from noroshi.core.errors import NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, policy, queries
from noroshi.members.forms import (
    ReasonForm,
    role_choices,
)
from noroshi.members.lists import PEOPLE
from noroshi.members.views.answering import own_organisation, said

if TYPE_CHECKING:
    from collections.abc import Callable


def person_list(request: ActorRequest) -> HttpResponseBase:
    """List the people that the reader manages."""
    if not policy.manages_somebody(request.actor):
        raise NotFound
    rows = queries.people_for(request.actor)
    context = {"own": own_organisation(request)}
    return lists.respond(
        request, PEOPLE, actor=request.actor, rows=rows, template="members/person_list.html", context=context
    )


def person_detail(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Show a person, and what the reader may do to the account."""
    person = queries.person_for(request.actor, person_id)
    held = {Role(row.role) for row in person.role_assignments.all()}
    given = policy.roles_given(request.actor, person.organisation)
    context = {
        "person": person,
        "roles": [(role, label, role in held) for role, label in role_choices(given)],
        "kept": [label for role, label in role_choices(held) if role not in given],
        "tokens": queries.tokens_of(person),
        "reason_form": ReasonForm(),
        "itself": request.actor.person == person.pk,
    }
    return render(request, "members/person_detail.html", context)


@require_POST
def person_roles(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Give and take the roles that were ticked and unticked, among those the reader may give."""
    person = queries.person_for(request.actor, person_id)
    held = {row.role for row in person.role_assignments.all()}
    given = {role.value for role in policy.roles_given(request.actor, person.organisation)}
    wanted = set(request.POST.getlist("roles"))
    for role in sorted(wanted - held):
        actions.assign_role(request.actor, person=person, role=role)
    for role in sorted(held & given - wanted):
        actions.withdraw_role(request.actor, person=person, role=role)
    messages.success(request, _("The roles are changed."))
    return redirect("members:person-detail", person_id=person.pk)


@require_POST
def person_standing(request: ActorRequest, person_id: UUID, verb: str) -> HttpResponse:
    """Suspend, reinstate or end an account."""
    person = queries.person_for(request.actor, person_id)
    verbs: dict[str, Callable[..., Any]] = {
        "suspend": actions.suspend_person,
        "reinstate": actions.reinstate_person,
        "end": actions.end_account,
    }
    form = ReasonForm(request.POST)
    form.carry_out(verbs[verb], actor=request.actor, person=person)
    return said(request, form, _("The standing is changed."), "members:person-detail", person_id=person.pk)


@require_POST
def person_sign_out(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Sign a person out everywhere."""
    person = queries.person_for(request.actor, person_id)
    actions.end_sessions(request.actor, person=person)
    messages.success(request, _("The person is signed out everywhere."))
    return redirect("members:person-detail", person_id=person.pk)
