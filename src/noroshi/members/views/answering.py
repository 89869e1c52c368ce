"""What the pages of this room have in common: whom they are for, and how they answer."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect

from noroshi.core.errors import NotFound
from noroshi.kit.http import ActorRequest
from noroshi.members.domain import authority
from noroshi.members.forms import (
    ActionForm,
)
from noroshi.members.models import Organisation, Person


def community_only(request: ActorRequest) -> None:
    """Raise NotFound for whoever does not manage the community."""
    if not authority.manages_community(request.actor):
        raise NotFound


def oneself(request: ActorRequest) -> Person:
    """Return whoever is signed in."""
    if not isinstance(request.user, Person):
        raise NotFound
    return request.user


def own_organisation(request: ActorRequest) -> Organisation | None:
    """Return the organisation that the reader administers, if there is one."""
    home = oneself(request).organisation
    return home if authority.administers(request.actor, home.pk) else None


def said(request: ActorRequest, form: ActionForm, success: str, address: str, **parts: Any) -> HttpResponse:
    """Go back to the page, saying what was done or what was wrong."""
    if form.is_valid():
        messages.success(request, success)
    else:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
    back: HttpResponse = redirect(address, **parts)
    return back


def in_language(response: HttpResponse, person: Person) -> HttpResponse:
    """Return the answer with the person's language chosen from now on."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        person.language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response
