"""Feeds: the page on which a reader makes addresses for them, and the feeds themselves, opened by the token in them."""

from collections.abc import Callable, Iterable
from typing import Final
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.core.errors import NotFound
from noroshi.kit.http import ActorRequest
from noroshi.members.actions import issue_token
from noroshi.members.domain.scopes import Scope
from noroshi.members.queries import tokens_for
from noroshi.members.tokens import address_of, authenticate_token
from noroshi.notify import feeds, queries
from noroshi.notify.forms import FeedForm
from noroshi.notify.presenters import FEED, tell

KINDS: Final[dict[str, tuple[str, Callable[[list[feeds.Entry]], bytes]]]] = {
    "rss": ("application/rss+xml; charset=utf-8", lambda entries: feeds.write_feed(feeds.Rss, entries)),
    "atom": ("application/atom+xml; charset=utf-8", lambda entries: feeds.write_feed(feeds.Atom, entries)),
}


def addresses(request: ActorRequest) -> HttpResponse:
    """Make addresses for feeds; they hold a secret and are shown this once."""
    if request.actor.is_supervisor:
        raise NotFound
    person = queries.oneself(request.actor)
    form = FeedForm(request.POST or None)
    secret = ""
    if form.carry_out(issue_token, actor=request.actor, person=person, scopes=[Scope.FEEDS_READ]):
        secret = form.result[1]
    rows = queries.subscriptions_of(request.actor) if secret else []
    context = {
        "form": form,
        "made": _addresses(request, secret, [row.pk for row in rows if not row.is_usual]) if secret else [],
        "tokens": [
            row for row in tokens_for(request.actor) if row.scopes == [Scope.FEEDS_READ.value] and row.is_usable
        ],
    }
    return render(request, "notify/feeds.html", context)


def _addresses(request: ActorRequest, secret: str, subscriptions: list[UUID]) -> list[str]:
    names = ["rss", "atom"]
    made = [reverse(f"notify:feed-{name}", args=[secret]) for name in names]
    made.append(reverse("notify:calendar", args=[secret]))
    made += [f"{reverse('notify:feed-atom', args=[secret])}?subscription={pk}" for pk in subscriptions]
    return [request.build_absolute_uri(path) for path in made]


@login_not_required
@require_safe
def feed(request: HttpRequest, secret: str, kind: str) -> HttpResponse:
    """Answer with what the token's holder sees by the channel FEED, or with what a subscription wants of it."""
    actor = _reader(request, secret)
    entries = feeds.entries_for(actor)
    if number := request.GET.get("subscription"):
        entries = queries.wanted_entries(actor, number, entries)
    content_type, write = KINDS[kind]
    return _answer(request, actor, entries, write(entries), content_type)


@login_not_required
@require_safe
def calendar(request: HttpRequest, secret: str) -> HttpResponse:
    """Answer with the moments that the token's holder sees by the channel FEED."""
    actor = _reader(request, secret)
    days = feeds.days_for(actor)
    return _answer(request, actor, days, feeds.write_calendar(days), "text/calendar; charset=utf-8")


def _reader(request: HttpRequest, secret: str) -> Actor:
    """Return who reads by a token that opens feeds and nothing else; its language is the person's."""
    actor = authenticate_token(secret, Channel.FEED, scope=Scope.FEEDS_READ, alone=True, address=address_of(request))
    if actor is None or actor.person is None or actor.is_supervisor:
        raise NotFound
    translation.activate(queries.oneself(actor).language)
    return actor


def _answer(
    request: HttpRequest, actor: Actor, shown: Iterable[feeds.Entry | feeds.Day], body: bytes, content_type: str
) -> HttpResponse:
    """Answer with `body`, where the caller has not got it yet, and tell whose content went."""
    response = HttpResponse(body, content_type=content_type)
    response["ETag"] = feeds.etag_of(body)
    response["Cache-Control"] = "private, no-cache"
    answer = get_conditional_response(request, etag=response["ETag"], response=response)
    if answer is response:
        tell(actor, [(each.subject, FEED, each.id) for each in shown])
    return answer if isinstance(answer, HttpResponse) else response
