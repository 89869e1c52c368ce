"""Reads of webhooks: for the admin of their organisation, for nobody else."""

from uuid import UUID

from django.db.models import QuerySet

from noroshi.core import clock
from noroshi.core.actor import Actor
from noroshi.core.domain.membership import MembershipClass, Role, Standing
from noroshi.core.errors import NotFound
from noroshi.members.domain import authority
from noroshi.members.models import Organisation, Person
from noroshi.members.queries import active_people
from noroshi.notify.models import Dispatch, DispatchState, Webhook


def may_have_webhooks(actor: Actor) -> bool:
    """Whether the actor manages the webhooks of its organisation; behind the wall there are none."""
    own = actor.organisation is not None and authority.administers(actor, actor.organisation)
    return own and not actor.is_supervisor


def webhooks_for(actor: Actor) -> QuerySet[Webhook]:
    """Return the webhooks of the organisation that the actor administers."""
    if not may_have_webhooks(actor):
        return Webhook.objects.none()
    return Webhook.objects.filter(organisation=actor.organisation).order_by("label", "pk")


def webhook_for(actor: Actor, webhook_id: UUID) -> Webhook:
    """Return one of them; raise NotFound."""
    found = webhooks_for(actor).select_related("organisation").filter(pk=webhook_id).first()
    if found is None:
        raise NotFound
    return found


def dispatches_of(webhook: Webhook) -> QuerySet[Dispatch]:
    """Return the messages of a webhook that the actor was given by `webhook_for`, newest first."""
    return Dispatch.objects.filter(webhook=webhook).prefetch_related("attempts").order_by("-created_at", "-pk")


def open_webhooks() -> QuerySet[Webhook]:
    """Return the webhooks of organisations that take part."""
    members = Webhook.objects.select_related("organisation").exclude(
        organisation__membership=MembershipClass.SUPERVISOR
    )
    return members.filter(organisation__standing=Standing.ACTIVE)


def webhooks_to_call() -> QuerySet[Webhook]:
    """Return the webhooks for which a message is due."""
    due = Dispatch.objects.filter(state=DispatchState.WAITING, due_at__lte=clock.now())
    return open_webhooks().filter(paused_at__isnull=True, pk__in=due.values("webhook"))


def webhooks_being_told(subject_id: UUID) -> set[UUID]:
    """Return the webhooks to which a message about a subject is under way at this moment."""
    under_way = Dispatch.objects.filter(
        subject_id=subject_id, state=DispatchState.WAITING, leased_until__gt=clock.now()
    )
    return set(under_way.values_list("webhook_id", flat=True))


def admins_of(organisation: Organisation) -> QuerySet[Person]:
    """Return the admins of an organisation."""
    return active_people().filter(organisation=organisation, role_assignments__role=Role.ORGANISATION_ADMIN)
