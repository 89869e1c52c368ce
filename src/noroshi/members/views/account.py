"""Pages about oneself."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from noroshi.kit.http import ActorRequest
from noroshi.members import actions, queries
from noroshi.members.domain import authority
from noroshi.members.forms import (
    ProfileForm,
    TokenForm,
    role_choices,
)
from noroshi.members.views.answering import in_language, oneself


def profile(request: ActorRequest) -> HttpResponse:
    """Show and change one's own name and language, and whether single keys do something."""
    person = oneself(request)
    initial = {"name": person.name, "language": person.language, "single_keys": person.single_keys}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.carry_out(actions.change_profile, actor=request.actor, person=person):
        messages.success(request, _("Your profile is saved."))
        return in_language(redirect("members:profile"), person)
    roles = role_choices(request.actor.roles)
    return render(request, "members/profile.html", {"form": form, "person": person, "roles": roles})


@never_cache
def tokens(request: ActorRequest) -> HttpResponse:
    """List and issue tokens: one's own, and those of the organisation's machines for its admin."""
    person = oneself(request)
    form = TokenForm(request.POST or None, administers=authority.administers(request.actor, person.organisation_id))
    issued = None

    def issue(*, machine: bool = False, **values: Any) -> Any:
        holder: dict[str, Any] = {"organisation": person.organisation} if machine else {"person": person}
        return actions.issue_token(request.actor, **holder, **values)

    if form.carry_out(issue):
        issued = form.result[1]
    context = {"form": form, "tokens": queries.tokens_for(request.actor).order_by("-created_at"), "issued": issued}
    return render(request, "members/tokens.html", context)


@require_POST
def token_revoke(request: ActorRequest, token_id: UUID) -> HttpResponse:
    """Make a token useless."""
    token = queries.token_for(request.actor, token_id)
    actions.revoke_token(request.actor, token=token)
    messages.success(request, _("The token is revoked."))
    own = token.person_id in (None, request.actor.person)
    return redirect("members:tokens") if own else redirect("members:person-detail", person_id=token.person_id)
