"""Pages of groups: the directory, each group, and who belongs to it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.errors import InvalidInput
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest
from noroshi.members import actions, policy, queries
from noroshi.members.domain import authority
from noroshi.members.forms import AskForm, CharterForm, GroupChangeForm, GroupForm, JoinForm
from noroshi.members.group_pages import pages_of
from noroshi.members.lists import GROUPS
from noroshi.members.models import Group
from noroshi.members.views.answering import community_only, oneself


def group_list(request: ActorRequest) -> HttpResponseBase:
    """List the groups that the reader may know of."""
    rows = queries.groups_for(request.actor)
    context = {"manages_community": authority.manages_community(request.actor)}
    return lists.respond(
        request, GROUPS, actor=request.actor, rows=rows, template="members/group_list.html", context=context
    )


def group_new(request: ActorRequest) -> HttpResponse:
    """Make a group."""
    community_only(request)
    form = GroupForm(request.POST or None)
    if form.settle(actions.create_group, actor=request.actor):
        return redirect("members:group-detail", slug=form.result.slug)
    return render(request, "members/group_new.html", {"form": form})


def group_edit(request: ActorRequest, slug: str) -> HttpResponse:
    """Change what a group is for and who may join."""
    community_only(request)
    group = queries.group_for(request.actor, slug)
    initial = {name: getattr(group, name) for name in GroupChangeForm.base_fields}
    form = GroupChangeForm(request.POST or None, initial=initial)
    if form.settle(actions.change_group, actor=request.actor, group=group):
        return redirect("members:group-detail", slug=slug)
    return render(request, "members/group_edit.html", {"form": form, "group": group})


def group_charter(request: ActorRequest, slug: str) -> HttpResponse:
    """Write a group's charter."""
    group = queries.group_for(request.actor, slug)
    policy.require_group(request.actor, group)
    charter = queries.charter_of(group)
    initial = {name: getattr(charter, name) for name in CharterForm.base_fields} if charter else {}
    form = CharterForm(request.POST or None, initial=initial)
    if form.carry_out(
        lambda **_values: actions.write_charter(request.actor, group=group, charter=form.charter()),
    ):
        messages.success(request, _("The charter is in force."))
        return redirect("members:group-detail", slug=slug)
    return render(request, "members/group_charter.html", {"form": form, "group": group})


def group_detail(request: ActorRequest, slug: str) -> HttpResponse:
    """Show a group; to its members and who manages it, who belongs to it and who did."""
    group = queries.group_for(request.actor, slug)
    return _group_page(request, group)


def _group_page(
    request: ActorRequest, group: Group, form: JoinForm | None = None, ask: AskForm | None = None
) -> HttpResponse:
    manages_community = authority.manages_community(request.actor)
    belongs = group.pk in request.actor.groups
    may_manage = policy.may_manage(request.actor, group)
    context = {
        "group": group,
        "charter": queries.charter_of(group),
        "charters": queries.charters_of(group)[1:],
        "belongs": belongs,
        "may_manage": may_manage,
        "manages_community": manages_community,
        "stays": queries.stays_of(group) if belongs or manages_community else None,
        "waiting": queries.requests_waiting(request.actor, group).count() if may_manage else 0,
        "form": form or JoinForm(appoints=manages_community),
        "pages": pages_of(request.actor, group),
        **_joining(request, group, ask),
    }
    return render(request, "members/group_detail.html", context, status=422 if form or ask else 200)


def _joining(request: ActorRequest, group: Group, ask: AskForm | None) -> dict[str, Any]:
    """Return how somebody who does not belong to the group may come in."""
    person = oneself(request)
    outside = group.pk not in request.actor.groups and group.closed_at is None and not request.actor.is_supervisor
    own = queries.requests_for(request.actor).filter(group=group, person=person).order_by("-made_at")
    return {
        "may_enter": outside and group.lets_in(person.organisation),
        "may_ask": outside and policy.takes_requests(group, person),
        "own_request": own.first() if outside else None,
        "ask_form": ask or AskForm(),
    }


@require_POST
def group_ask(request: ActorRequest, slug: str) -> HttpResponse:
    """Ask to be let into a group."""
    group = queries.group_for(request.actor, slug)
    form = AskForm(request.POST)
    if form.carry_out(actions.ask_to_join, actor=request.actor, group=group, person=oneself(request)):
        messages.success(request, _("Your request is with the group's coordinators."))
        return redirect("members:group-detail", slug=slug)
    return _group_page(request, group, ask=form)


@require_POST
def group_enter(request: ActorRequest, slug: str) -> HttpResponse:
    """Come into an open group."""
    group = queries.group_for(request.actor, slug)
    actions.enter_group(request.actor, group=group, person=oneself(request))
    messages.success(request, _("You belong to the group now."))
    return redirect("members:group-detail", slug=slug)


def group_requests(request: ActorRequest, slug: str) -> HttpResponse:
    """List who asks to be let in, for those who answer."""
    group = queries.group_for(request.actor, slug)
    policy.require_group(request.actor, group)
    context = {"group": group, "requests": queries.requests_waiting(request.actor, group).order_by("made_at")}
    return render(request, "members/group_requests.html", context)


@require_POST
def group_answer(request: ActorRequest, request_id: UUID, verb: str) -> HttpResponse:
    """Accept, refuse or take back a request."""
    asked = queries.request_for(request.actor, request_id)
    slug = asked.group.slug
    if verb == "withdraw":
        actions.withdraw_request(request.actor, request=asked)
        return redirect("members:group-detail", slug=slug)
    try:
        if verb == "accept":
            actions.accept_request(request.actor, request=asked)
        else:
            actions.refuse_request(request.actor, request=asked, reason=request.POST.get("reason", ""))
    except InvalidInput as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The answer is on its way."))
    return redirect("members:group-requests", slug=slug)


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
    if person_id != request.actor.person:
        policy.require_group(request.actor, group)
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
