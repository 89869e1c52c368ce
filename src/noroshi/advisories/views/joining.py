"""Signing up to a list of the mail magazine without an account: typed here, confirmed from the mailbox."""

from typing import Final

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from noroshi.advisories import actions, queries
from noroshi.advisories.forms.magazine import JoinForm
from noroshi.core.errors import InvalidInput, NotFound, TooMany
from noroshi.kit.http import ActorRequest, posted
from noroshi.members.tokens import address_of

MOST_AN_HOUR: Final = 10
HOUR: Final = 60 * 60


@login_not_required
@never_cache
def join(request: ActorRequest) -> HttpResponse:
    """Ask for the mails of lists that are open; the answer is the same whether an address is known or not."""
    lists = queries.open_lists()
    if not lists:
        raise NotFound
    form = JoinForm(posted(request), lists=lists, initial={"language": request.LANGUAGE_CODE})
    if form.is_valid():
        _count(request)
        data = form.cleaned_data
        try:
            for each in data["lists"]:
                actions.ask_to_join(each, address=data["address"], language=data["language"])
        except InvalidInput as error:
            form.blame(error)
        else:
            return render(request, "advisories/join_asked.html")
    return render(request, "advisories/join.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@never_cache
def confirm(request: ActorRequest, secret: str) -> HttpResponse:
    """Show what is confirmed, which changes nothing: machines follow links. Confirm when it is posted."""
    row = queries.waiting_for(secret)
    if row is not None and request.method == "POST":
        row = actions.confirm_subscription(secret)
        if row is not None:
            return render(request, "advisories/join_done.html", {"row": row})
    if row is None:
        return render(request, "advisories/join_void.html", status=404)
    return render(request, "advisories/join_confirm.html", {"row": row})


def _count(request: ActorRequest) -> None:
    """Count what comes from one place; raise TooMany beyond what a person types within an hour."""
    key = f"advisories.join:{address_of(request)}"
    cache.add(key, 0, timeout=HOUR)
    if cache.incr(key) > MOST_AN_HOUR:
        raise TooMany(_("That was often enough for an hour. Come back later."), retry_after=HOUR)
