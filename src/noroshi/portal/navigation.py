"""What every page shows around its content: the way through the rooms, the account, the search box.

Nothing here is computed until a template asks for it, and the rail costs a few counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix, reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from noroshi.advisories.policy import may_read_sources, may_see_inventories, may_triage
from noroshi.advisories.queries import stories_waiting
from noroshi.core.actor import Actor
from noroshi.core.domain.channels import Channel
from noroshi.federation.policy import may_read_peers
from noroshi.hunting.policy import may_count, may_hunt
from noroshi.intel.policy import may_receive
from noroshi.members.domain.authority import manages_community
from noroshi.members.models import Person
from noroshi.members.policy import manages_somebody
from noroshi.notify.queries import may_have_webhooks, unread_count
from noroshi.portal import policy
from noroshi.sharing.policy import audits_readers, may_share
from noroshi.sharing.queries import passages_waiting, waiting_for_release


@dataclass(frozen=True)
class Entry:
    """A line of the rail or of the account menu."""

    label: str
    url: str
    icon: str
    badge: int = 0
    current: bool = False


@dataclass(frozen=True)
class Account:
    """Who is signed in, and the pages about oneself."""

    name: str
    organisation: str
    links: tuple[Entry, ...]
    sign_out_url: str
    keys_url: str
    """Where single keys are turned off; empty where they are."""


def context(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the base template."""
    actor = getattr(request, "actor", None) or Actor.visitor(Channel.PUBLIC)
    return {
        "demo_mode": settings.DEMO,
        "navigation": SimpleLazyObject(lambda: _marked(request.path, list(_entries(actor)))),
        "account": SimpleLazyObject(lambda: _account(request, actor)),
        "search_url": SimpleLazyObject(lambda: _address("portal:search") if policy.may_search(actor) else ""),
        "search_text": request.GET.get("q", "") if request.path == _address("portal:search") else "",
        "world": SimpleLazyObject(lambda: actor.world),
    }


def _entries(actor: Actor) -> Iterator[Entry]:
    """Yield the lines of the rail: each actor's own, a supervisor's stop at the wall."""
    yield Entry(_("Home"), _address("portal:home"), "home")
    if actor.is_visitor:
        yield Entry(_("Sign in"), _address("account_login"), "key")
        return
    if not actor.is_supervisor:
        yield from _sharing_entries(actor)
    if manages_community(actor):
        yield Entry(_("Organisations"), _address("members:organisation-list"), "organisation")
    if manages_somebody(actor):
        yield Entry(_("People"), _address("members:person-list"), "account")
        yield Entry(_("Alarms"), _address("members:alarms"), "bell")
    if not actor.is_supervisor:
        yield Entry(_("Groups"), _address("members:group-list"), "group")
    if may_read_peers(actor):
        yield Entry(_("Connections"), _address("federation:peers"), "link")
    if policy.may_audit(actor):
        yield Entry(_("Ledger"), _address("portal:ledger"), "history")
    if audits_readers(actor):
        yield Entry(_("Who got what"), _address("sharing:receipt-list"), "eye")


def _sharing_entries(actor: Actor) -> Iterator[Entry]:
    yield Entry(_("Signals"), _address("sharing:list"), "signal")
    yield Entry(_("Bulletins"), _address("bulletins:list"), "file")
    yield Entry(_("Explainers"), _address("explainers:list"), "info")
    yield Entry(_("Vulnerabilities"), _address("advisories:vulnerabilities"), "warning")
    if may_see_inventories(actor):
        yield Entry(_("Patch tasks"), f"{_address('advisories:tasks')}?stage=at_work", "check")
    if may_triage(actor):
        url = f"{_address('advisories:triage')}?state=waiting"
        yield Entry(_("Triage"), url, "filter", badge=stories_waiting(actor).count())
    if may_read_sources(actor):
        yield Entry(_("Advisory sources"), _address("advisories:sources"), "globe")
    yield Entry(_("Consultations"), _address("sharing:consultations"), "question")
    if actor.is_hub_operator:
        waiting = waiting_for_release(actor).count() + passages_waiting(actor).count()
        yield Entry(_("Release queue"), _address("sharing:release-queue"), "shield", badge=waiting)
    if may_hunt(actor) or may_count(actor):
        yield Entry(_("Hunting"), _address("hunting:hits"), "hunt")
    if may_receive(actor):
        yield Entry(_("Sent in"), _address("intel:parcels"), "tag")
    yield Entry(_("Inbox"), _address("notify:inbox"), "inbox", badge=unread_count(actor))


def _marked(path: str, entries: list[Entry]) -> list[Entry]:
    """Mark the entry whose address is the longest beginning of `path`."""
    here = max((entry.url for entry in entries if _leads_to(entry.url, path)), key=len, default="")
    return [Entry(**{**vars(entry), "current": entry.url == here}) for entry in entries]


def _leads_to(url: str, path: str) -> bool:
    home = _address("portal:home")
    return path == home if url == home else path.startswith(urlsplit(url).path)


def _address(name: str) -> str:
    return _address_below(get_script_prefix(), name)


@cache
def _address_below(_prefix: str, name: str) -> str:
    """The address of a page, worked out once: every page shows some thirty, and they change with the prefix alone."""
    return reverse(name)


def _account(request: HttpRequest, actor: Actor) -> Account | None:
    user = getattr(request, "user", None)
    if not isinstance(user, Person):
        return None
    inbox = [
        Entry(_("Saved searches"), _address("portal:searches"), "search"),
        Entry(_("Subscriptions"), _address("notify:subscriptions"), "bell"),
    ]
    by_mail = settings.MAIL_IN_DOMAIN and may_share(actor)
    mail = [Entry(_("Share by mail"), _address("sharing:mail-addresses"), "send")] if by_mail else []
    chooses = manages_somebody(actor) and not actor.is_supervisor
    plain = [Entry(_("Mail in plain words"), _address("sharing:plain-mail-list"), "inbox")] if chooses else []
    hooks = [Entry(_("Webhooks"), _address("notify:webhooks"), "link")] if may_have_webhooks(actor) else []
    tools = (
        []
        if actor.is_supervisor
        else [
            Entry(_("Collections (TAXII)"), _address("intel:collections"), "link"),
            Entry(_("Outputs for tools"), _address("outputs:overview"), "link"),
            Entry("MISP", _address("misp:feeds"), "link"),
        ]
    )
    links = (
        Entry(_("Profile"), _address("members:profile"), "account"),
        *([] if actor.is_supervisor else inbox),
        *mail,
        *plain,
        *hooks,
        Entry(_("Second factor"), _address("mfa_index"), "key"),
        Entry(_("Sessions"), _address("usersessions_list"), "history"),
        Entry(_("API tokens"), _address("members:tokens"), "lock"),
        *tools,
    )
    keys_url = _address("members:profile") if user.single_keys else ""
    return Account(user.name, user.organisation.name, links, _address("account_logout"), keys_url)
