"""Pages of the members room."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from noroshi.core.domain.membership import CEILINGS, Role
from noroshi.core.errors import InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, policy, queries
from noroshi.members.domain import authority
from noroshi.members.forms import (
    AcceptanceForm,
    ActionForm,
    CeilingForm,
    GroupForm,
    InvitationForm,
    JoinForm,
    MembershipForm,
    OrganisationForm,
    ProfileForm,
    ReasonForm,
    TokenForm,
    role_choices,
)
from noroshi.members.lists import GROUPS, ORGANISATIONS, PEOPLE
from noroshi.members.mail import mail_invitation
from noroshi.members.models import ClassChoices, Group, Organisation, Person

if TYPE_CHECKING:
    from collections.abc import Callable


def index(request: ActorRequest) -> HttpResponse:
    """Go to what the reader manages, or to the groups."""
    if authority.manages_community(request.actor):
        return redirect("members:organisation-list")
    return redirect("members:person-list" if policy.manages_somebody(request.actor) else "members:group-list")


# Organisations


def organisation_list(request: ActorRequest) -> HttpResponseBase:
    """List the directory, for who manages the community."""
    _community_only(request)
    rows = queries.organisations_for(request.actor)
    return lists.respond(
        request, ORGANISATIONS, actor=request.actor, rows=rows, template="members/organisation_list.html"
    )


def organisation_new(request: ActorRequest) -> HttpResponse:
    """Take an organisation into the directory."""
    _community_only(request)
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
        "manages_community": authority.manages_community(request.actor),
        "membership_form": MembershipForm(initial={"membership": organisation.membership}),
        "reason_form": ReasonForm(),
    }
    return render(request, "members/organisation_detail.html", context)


@require_POST
def organisation_membership(request: ActorRequest, slug: str) -> HttpResponse:
    """Move an organisation to another class."""
    organisation = queries.organisation_for(request.actor, slug)
    form = MembershipForm(request.POST)
    form.carry_out(actions.change_membership, actor=request.actor, organisation=organisation)
    return _said(request, form, _("The class is changed."), "members:organisation-detail", slug=slug)


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
    return _said(request, form, _("The standing is changed."), "members:organisation-detail", slug=slug)


# Invitations


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
        return _in_language(redirect("account_login"), form.result)
    return render(request, "members/invitation_accept.html", {"form": form, "invitation": invitation})


# People


def person_list(request: ActorRequest) -> HttpResponseBase:
    """List the people that the reader manages."""
    if not policy.manages_somebody(request.actor):
        raise NotFound
    rows = queries.people_for(request.actor)
    context = {"own": _own_organisation(request)}
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
    return _said(request, form, _("The standing is changed."), "members:person-detail", person_id=person.pk)


@require_POST
def person_sign_out(request: ActorRequest, person_id: UUID) -> HttpResponse:
    """Sign a person out everywhere."""
    person = queries.person_for(request.actor, person_id)
    actions.end_sessions(request.actor, person=person)
    messages.success(request, _("The person is signed out everywhere."))
    return redirect("members:person-detail", person_id=person.pk)


# Groups


def group_list(request: ActorRequest) -> HttpResponseBase:
    """List the reader's groups; all of them for who manages the community."""
    rows = queries.groups_for(request.actor)
    context = {"manages_community": authority.manages_community(request.actor)}
    return lists.respond(
        request, GROUPS, actor=request.actor, rows=rows, template="members/group_list.html", context=context
    )


def group_new(request: ActorRequest) -> HttpResponse:
    """Make a group."""
    _community_only(request)
    form = GroupForm(request.POST or None)
    if form.carry_out(actions.create_group, actor=request.actor):
        return redirect("members:group-detail", slug=form.result.slug)
    return render(request, "members/group_new.html", {"form": form})


def group_detail(request: ActorRequest, slug: str) -> HttpResponse:
    """Show a group, who belongs to it and who did."""
    group = queries.group_for(request.actor, slug)
    return _group_page(request, group, JoinForm(appoints=authority.manages_community(request.actor)))


def _group_page(request: ActorRequest, group: Group, form: JoinForm) -> HttpResponse:
    context = {
        "group": group,
        "stays": queries.stays_of(group),
        "may_manage": policy.may_manage(request.actor, group),
        "manages_community": authority.manages_community(request.actor),
        "form": form,
    }
    return render(request, "members/group_detail.html", context)


@require_POST
def group_join(request: ActorRequest, slug: str) -> HttpResponse:
    """Let somebody into a group."""
    group = queries.group_for(request.actor, slug)
    policy.require_group(request.actor, group)
    form = JoinForm(request.POST, appoints=authority.manages_community(request.actor))

    def join(email: str, *, coordinator: bool = False) -> None:
        person = queries.account_named(email)
        if person is None:
            raise InvalidInput("email", _("There is no such account."))
        actions.join_group(request.actor, group=group, person=person, coordinator=coordinator)

    if form.carry_out(join):
        return redirect("members:group-detail", slug=slug)
    return _group_page(request, group, form)


@require_POST
def group_stay(request: ActorRequest, slug: str, person_id: UUID, verb: str) -> HttpResponse:
    """End somebody's stay in a group, or make a coordinator of a member and the reverse."""
    group = queries.group_for(request.actor, slug)
    person = queries.member_for(group, person_id)
    if verb == "leave":
        actions.leave_group(request.actor, group=group, person=person)
    else:
        actions.appoint_coordinator(request.actor, group=group, person=person, coordinator=verb == "appoint")
    own = person.pk == request.actor.person
    return redirect("members:group-list") if own else redirect("members:group-detail", slug=slug)


@require_POST
def group_close(request: ActorRequest, slug: str) -> HttpResponse:
    """Close a group."""
    actions.close_group(request.actor, group=queries.group_for(request.actor, slug))
    return redirect("members:group-detail", slug=slug)


# One's own


def profile(request: ActorRequest) -> HttpResponse:
    """Show and change one's own name and language."""
    person = _oneself(request)
    form = ProfileForm(request.POST or None, initial={"name": person.name, "language": person.language})
    if form.carry_out(actions.change_profile, actor=request.actor, person=person):
        messages.success(request, _("Your profile is saved."))
        return _in_language(redirect("members:profile"), person)
    roles = role_choices(request.actor.roles)
    return render(request, "members/profile.html", {"form": form, "person": person, "roles": roles})


@never_cache
def tokens(request: ActorRequest) -> HttpResponse:
    """List and issue tokens: one's own, and those of the organisation's machines for its admin."""
    person = _oneself(request)
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


# Ceilings


def ceilings(request: ActorRequest) -> HttpResponse:
    """Show and set how high each class sees by community grants."""
    _community_only(request)
    if request.method == "POST":
        form = CeilingForm(request.POST)
        form.carry_out(actions.set_ceiling, actor=request.actor)
        return _said(request, form, _("The ceiling is set."), "members:ceilings")
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


def _community_only(request: ActorRequest) -> None:
    if not authority.manages_community(request.actor):
        raise NotFound


def _oneself(request: ActorRequest) -> Person:
    if not isinstance(request.user, Person):
        raise NotFound
    return request.user


def _own_organisation(request: ActorRequest) -> Organisation | None:
    """Return the organisation that the reader administers, if there is one."""
    home = _oneself(request).organisation
    return home if authority.administers(request.actor, home.pk) else None


def _said(request: ActorRequest, form: ActionForm, success: str, address: str, **parts: Any) -> HttpResponse:
    """Go back to the page, saying what was done or what was wrong."""
    if form.is_valid():
        messages.success(request, success)
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    back: HttpResponse = redirect(address, **parts)
    return back


def _in_language(response: HttpResponse, person: Person) -> HttpResponse:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        person.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
