"""What was sent in, made a draft."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.core.actor import Actor
from noroshi.intel.deeds import Deed, offers_deed
from noroshi.intel.models import Parcel
from noroshi.intel.queries import parcel_for
from noroshi.kit.http import ActorRequest
from noroshi.sharing import actions
from noroshi.sharing.policy import may_share


@offers_deed
def drafting(actor: Actor, parcel: Parcel) -> Deed | None:
    """Offer to make a draft of a parcel."""
    address = reverse("sharing:draft-from-parcel", args=[parcel.pk])
    return Deed(_("Make a draft of it"), address) if parcel.size and may_share(actor) else None


@require_POST
def draft_from_parcel(request: ActorRequest, parcel_id: UUID) -> HttpResponse:
    """Write a draft of an own parcel, and go on with it."""
    draft = actions.draft_from_parcel(request.actor, parcel_for(request.actor, parcel_id))
    return redirect("sharing:edit", signal_id=draft.pk)
