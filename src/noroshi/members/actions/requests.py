"""Requests to join a group: made, taken back, accepted, refused."""

from datetime import timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from noroshi.core import clock, ledger
from noroshi.core.actor import Actor
from noroshi.core.errors import Conflict, NotFound, TooMany
from noroshi.members import policy
from noroshi.members.actions import values
from noroshi.members.actions.groups import admit
from noroshi.members.models import Group, GroupMembership, JoinRequest, Person, RequestState

MOST: Final = 3
WITHIN: Final = timedelta(days=30)


@transaction.atomic
def ask_to_join(actor: Actor, *, group: Group, person: Person, sentence: str) -> JoinRequest:
    """Ask to be let into a group; its coordinators and the hub's operators are told."""
    policy.require_known(actor, group)
    policy.require_self(actor, person)
    policy.require_asking(group, person)
    Group.objects.select_for_update().get(pk=group.pk)
    if group.memberships.filter(person=person, left_at__isnull=True).exists():
        raise Conflict(_("You belong to the group already."))
    made = group.requests.filter(person=person)
    if made.filter(state=RequestState.WAITING).exists():
        raise Conflict(_("Your request waits for an answer already."))
    if made.filter(made_at__gt=clock.now() - WITHIN).count() >= MOST:
        raise TooMany(_("You have asked three times within 30 days. Write to the hub instead."))
    request = JoinRequest.objects.create(group=group, person=person, sentence=values.text("sentence", sentence, 400))
    ledger.record(actor, "members.group.join_requested", group, request=request.pk, person=person.pk)
    return request


@transaction.atomic
def withdraw_request(actor: Actor, *, request: JoinRequest) -> None:
    """Take one's own request back."""
    policy.require_self(actor, request.person)
    _decide(request, RequestState.WITHDRAWN)
    ledger.record(actor, "members.group.request_withdrawn", request.group, request=request.pk)


@transaction.atomic
def accept_request(actor: Actor, *, request: JoinRequest) -> GroupMembership:
    """Let in whoever asked."""
    policy.require_group(actor, request.group)
    _decide(request, RequestState.ACCEPTED)
    stay = admit(actor, request.group, request.person)
    ledger.record(actor, "members.group.request_accepted", request.group, request=request.pk, person=request.person_id)
    return stay


@transaction.atomic
def refuse_request(actor: Actor, *, request: JoinRequest, reason: str) -> None:
    """Refuse whoever asked, with a sentence that the person reads; who refused, the person does not learn."""
    policy.require_group(actor, request.group)
    _decide(request, RequestState.REFUSED, values.text("reason", reason, 400))
    ledger.record(actor, "members.group.request_refused", request.group, request=request.pk, person=request.person_id)


def _decide(request: JoinRequest, state: RequestState, reason: str = "") -> None:
    row = JoinRequest.objects.select_for_update().filter(pk=request.pk).first()
    if row is None:
        raise NotFound
    if row.state != RequestState.WAITING:
        raise Conflict(_("This request has been answered already."))
    row.state, row.reason, row.decided_at = state, reason, clock.now()
    row.save(update_fields=["state", "reason", "decided_at"])
