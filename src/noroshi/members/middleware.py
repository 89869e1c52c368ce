"""Puts the actor on every request, and lets nobody further than the set-up of a second factor without one."""

from collections.abc import Callable
from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import SimpleLazyObject

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.kit.errors import answer_to
from noroshi.kit.http import renews_actors
from noroshi.members.actions.meters import count
from noroshi.members.domain.meters import Measure
from noroshi.members.models import Person
from noroshi.members.queries import actor_of, actor_of_account

SET_UP: Final = "mfa_index"
TURNING: Final = ("after", "before", "end", "cursor")
"""Parameters by which the pages of lists, and those of the API, lead to another page."""

OPEN_WITHOUT_FACTOR: Final = frozenset({"account_logout", "account_reauthenticate", "set_language"})


def actor_of_request(request: HttpRequest) -> Actor:
    """Return who asks: the person signed in with all it takes, or a visitor."""
    user = request.user
    if isinstance(user, Person) and not lacks_second_factor(request):
        return actor_of_account(user)
    return Actor.visitor(Channel.PUBLIC)


@renews_actors
def actor_now(actor: Actor) -> Actor:
    """Return the actor that a person is now, by the same channel and in the same world; others as they are."""
    person = Person.objects.filter(pk=actor.person).first() if actor.person else None
    return replace(actor_of(person, actor.channel, actor.world), token=actor.token) if person else actor


def lacks_second_factor(request: HttpRequest) -> bool:
    """Whether the person signed in still has to set up a second factor; asked of the database once per request."""
    known = vars(request)
    if "lacks_second_factor" not in known:
        user = request.user
        known["lacks_second_factor"] = settings.MFA_REQUIRED and isinstance(user, Person) and not is_mfa_enabled(user)
    return bool(known["lacks_second_factor"])


class ActorMiddleware:
    """Sets `request.actor`, computed when it is first asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Put the actor there."""
        request.actor = SimpleLazyObject(lambda: actor_of_request(request))  # type: ignore[attr-defined]
        response = self.get_response(request)
        if _signed_out(request):
            response["Clear-Site-Data"] = '"storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Send whoever lacks a second factor to its set-up; pages for the public show them what visitors see."""
        if not getattr(view, "login_required", True) or _sets_up_factor(request):
            return None
        return redirect(SET_UP) if lacks_second_factor(request) else None


class MeterMiddleware:
    """Counts what a signed-in account asks for that is not there, and how far it turns the pages of lists.

    What is hidden from an account and what does not exist are one answer, and one count.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; or refuse what is too much."""
        response = self.get_response(request)
        measure = _measure_of(request, response)
        refusal = count(request.actor, measure) if measure else None  # type: ignore[attr-defined] # set before
        return answer_to(request, refusal) if refusal is not None else response


def _measure_of(request: HttpRequest, response: HttpResponse) -> Measure | None:
    """Return what this request counts as; nothing for most. An address that leads nowhere says nothing of anybody."""
    if request.resolver_match is not None and response.status_code == HTTPStatus.NOT_FOUND:
        return Measure.MISSING
    turned = any(request.GET.get(name) for name in TURNING)
    return Measure.PAGING if turned and response.status_code == HTTPStatus.OK else None


def _signed_out(request: HttpRequest) -> bool:
    """Whether somebody has just signed out here: what a page kept in this browser for them goes as well."""
    match = request.resolver_match
    return match is not None and match.view_name == "account_logout" and request.method == "POST"


def _sets_up_factor(request: HttpRequest) -> bool:
    name = request.resolver_match.view_name if request.resolver_match else ""
    return name.startswith("mfa_") or name in OPEN_WITHOUT_FACTOR
