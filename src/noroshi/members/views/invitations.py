"""Pages by which people are invited."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from noroshi.kit.http import ActorRequest
from noroshi.members import actions, policy, queries
from noroshi.members.forms import (
    AcceptanceForm,
    InvitationForm,
)
from noroshi.members.mail import mail_invitation
from noroshi.members.views.answering import in_language


def invite(request: ActorRequest, slug: str) -> HttpResponse:
    """Invite somebody into an organisation."""
    organisation = queries.organisation_for(request.actor, slug)
    form = InvitationForm(request.POST or None, roles=policy.roles_given(request.actor, organisation))
    if form.carry_out(actions.invite_person, actor=request.actor, organisation=organisation):
        invitation, _secret = form.result
        mail_invitation.enqueue(str(invitation.pk))
        messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
        return redirect("members:organisation-detail", slug=slug)
    return render(request, "members/invite.html", {"form": form, "organisation": organisation})


@require_POST
def invitation_send(request: ActorRequest, invitation_id: UUID) -> HttpResponse:
    """Mail an open invitation again; the link before becomes void."""
    invitation = queries.invitation_for(request.actor, invitation_id)
    mail_invitation.enqueue(str(invitation.pk))
    messages.success(request, _("The invitation is on its way to %(email)s.") % {"email": invitation.email})
    return redirect("members:organisation-detail", slug=invitation.organisation.slug)


@require_POST
def invitation_revoke(request: ActorRequest, invitation_id: UUID) -> HttpResponse:
    """Take an invitation back."""
    invitation = queries.invitation_for(request.actor, invitation_id)
    actions.revoke_invitation(request.actor, invitation=invitation)
    messages.success(request, _("The invitation is revoked."))
    return redirect("members:organisation-detail", slug=invitation.organisation.slug)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
def invitation_accept(request: ActorRequest, secret: str) -> HttpResponse:
    """Open the account of an invitation; sign-in and the second factor come next."""
    invitation = queries.open_invitation(secret)
    if invitation is None:
        return render(request, "members/invitation_void.html", status=404)
    form = AcceptanceForm(request.POST or None, initial={"name": invitation.name, "language": request.LANGUAGE_CODE})
    if form.carry_out(actions.accept_invitation, secret=secret):
        messages.success(request, _("Your account is open. Sign in with your mail address and password."))
        return in_language(redirect("account_login"), form.result)
    return render(request, "members/invitation_accept.html", {"form": form, "invitation": invitation})
