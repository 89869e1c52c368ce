"""The addresses to which somebody mails drafts."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from noroshi.core.errors import Conflict, InvalidInput, NotFound
from noroshi.kit.http import ActorRequest, posted
from noroshi.sharing import actions, policy, queries
from noroshi.sharing.forms.mail_in import MailAddressForm


@never_cache
def mail_addresses(request: ActorRequest) -> HttpResponse:
    """List one's own addresses, and make one; it is shown this once."""
    _require_mail_in(request)
    form = MailAddressForm(posted(request), actor=request.actor)
    made = ""
    if form.is_valid():
        try:
            made = actions.issue_mail_address(request.actor, group=form.cleaned_data["group"])[1]
        except InvalidInput as error:
            form.blame(error)
    return _page(request, form, made)


@require_POST
@never_cache
def mail_address_rotate(request: ActorRequest, address_id: UUID) -> HttpResponse:
    """Put another address in the place of one; it is shown this once."""
    _require_mail_in(request)
    row = queries.mail_address_for(request.actor, address_id)
    try:
        made = actions.rotate_mail_address(request.actor, row)[1]
    except (InvalidInput, Conflict) as error:
        messages.error(request, error.message)
        return redirect("sharing:mail-addresses")
    return _page(request, MailAddressForm(actor=request.actor), made)


@require_POST
def mail_address_revoke(request: ActorRequest, address_id: UUID) -> HttpResponse:
    """Make an address useless."""
    actions.revoke_mail_address(request.actor, queries.mail_address_for(request.actor, address_id))
    messages.success(request, _("The address is revoked."))
    return redirect("sharing:mail-addresses")


def _page(request: ActorRequest, form: MailAddressForm, made: str) -> HttpResponse:
    context = {"form": form, "made": made, "addresses": queries.mail_addresses_of(request.actor)}
    return render(request, "sharing/mail_addresses.html", context, status=422 if form.errors else 200)


def _require_mail_in(request: ActorRequest) -> None:
    if not settings.MAIL_IN_DOMAIN or not policy.may_share(request.actor):
        raise NotFound
