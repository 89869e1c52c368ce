"""Names of products that were learned: the list, one more, and one taken back."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from noroshi.advisories import actions, policy, queries
from noroshi.advisories.alias_lists import ALIASES
from noroshi.advisories.forms.aliases import AliasForm
from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit import lists
from noroshi.kit.http import ActorRequest, posted


def alias_list(request: ActorRequest) -> HttpResponseBase:
    """List what was learned; learn another, begun from a match where its number is given."""
    actor = request.actor
    policy.require_inventory_reader(actor)
    may_keep = policy.may_keep_inventories(actor)
    data = posted(request)
    if data is not None:
        policy.require_inventory_keeper(actor)
    form = AliasForm(data, initial=_begun(request))
    if form.is_valid() and _is_learned(request, form):
        messages.success(request, _("It is remembered. What you run is being matched anew."))
        return redirect("advisories:aliases")
    response = lists.respond(
        request,
        ALIASES,
        actor=actor,
        rows=queries.aliases_for(actor),
        template="advisories/aliases.html",
        context={"form": form if may_keep else None, "may_keep": may_keep},
    )
    if form.errors:
        response.status_code = 422
    return response


def _is_learned(request: ActorRequest, form: AliasForm) -> bool:
    said = form.cleaned_data
    try:
        actions.learn_alias(
            request.actor, ours=form.ours, theirs=form.theirs, is_sure=said["is_sure"], reason=said["reason"]
        )
    except InvalidInput as error:
        form.blame(error)
    except Conflict as error:
        form.add_error(None, error.message)
    else:
        return True
    return False


def _begun(request: ActorRequest) -> dict[str, str]:
    """Return what a form begins with: the component of a match, and the product that records mean."""
    number = request.GET.get("of", "")
    try:
        match = queries.match_for(request.actor, UUID(number)) if number else None
    except (ValueError, NotFound):
        match = None
    component = queries.component_of(match) if match is not None else None
    if match is None or component is None:
        return {}
    vendor, name = queries.product_meant(match) or ("", "")
    ours = {"ours_vendor": component.vendor, "ours_name": component.name}
    return ours | {"theirs_vendor": vendor, "theirs_name": name}


@require_POST
def alias_take_back(request: ActorRequest, alias_id: UUID) -> HttpResponse:
    """Forget a pair."""
    policy.require_inventory_reader(request.actor)
    actions.take_back_alias(request.actor, queries.alias_for(request.actor, alias_id))
    messages.success(request, _("It is taken back. What you run is being matched anew."))
    return redirect("advisories:aliases")
