"""What every page shows around its content: the way through the rooms, the account, the search box.

Nothing here is computed until a template asks for it, and the rail costs a few counts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
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
        "search_url": SimpleLazyObject(lambda: reverse("portal:search") if policy.may_search(actor) else ""),
        "search_text": request.GET.get("q", "") if request.path == reverse("portal:search") else "",
        "world": SimpleLazyObject(lambda: actor.world),
    }


def _entries(actor: Actor) -> Iterator[Entry]:
    """Yield the lines of the rail: each actor's own, a supervisor's stop at the wall."""
    yield Entry(_("Home"), reverse("portal:home"), "home")
    if actor.is_visitor:
        yield Entry(_("Sign in"), reverse("account_login"), "key")
        return
    if not actor.is_supervisor:
        yield from _sharing_entries(actor)
    if manages_community(actor):
        yield Entry(_("Organisations"), reverse("members:organisation-list"), "organisation")
    if manages_somebody(actor):
        yield Entry(_("People"), reverse("members:person-list"), "account")
        yield Entry(_("Alarms"), reverse("members:alarms"), "bell")
    if not actor.is_supervisor:
        yield Entry(_("Groups"), reverse("members:group-list"), "group")
    if may_read_peers(actor):
        yield Entry(_("Connections"), reverse("federation:peers"), "link")
    if policy.may_audit(actor):
        yield Entry(_("Ledger"), reverse("portal:ledger"), "history")
    if audits_readers(actor):
        yield Entry(_("Who got what"), reverse("sharing:receipt-list"), "eye")


def _sharing_entries(actor: Actor) -> Iterator[Entry]:
    yield Entry(_("Signals"), reverse("sharing:list"), "signal")
    yield Entry(_("Bulletins"), reverse("bulletins:list"), "file")
    yield Entry(_("Explainers"), reverse("explainers:list"), "info")
    yield Entry(_("Vulnerabilities"), reverse("advisories:vulnerabilities"), "warning")
    if may_see_inventories(actor):
        yield Entry(_("Patch tasks"), f"{reverse('advisories:tasks')}?stage=at_work", "check")
    if may_triage(actor):
        url = f"{reverse('advisories:triage')}?state=waiting"
        yield Entry(_("Triage"), url, "filter", badge=stories_waiting(actor).count())
    if may_read_sources(actor):
        yield Entry(_("Advisory sources"), reverse("advisories:sources"), "globe")
    yield Entry(_("Consultations"), reverse("sharing:consultations"), "question")
    if actor.is_hub_operator:
        waiting = waiting_for_release(actor).count() + passages_waiting(actor).count()
        yield Entry(_("Release queue"), reverse("sharing:release-queue"), "shield", badge=waiting)
    if may_hunt(actor) or may_count(actor):
        yield Entry(_("Hunting"), reverse("hunting:hits"), "hunt")
    if may_receive(actor):
        yield Entry(_("Sent in"), reverse("intel:parcels"), "tag")
    yield Entry(_("Inbox"), reverse("notify:inbox"), "inbox", badge=unread_count(actor))


def _marked(path: str, entries: list[Entry]) -> list[Entry]:
    """Mark the entry whose address is the longest beginning of `path`."""
    here = max((entry.url for entry in entries if _leads_to(entry.url, path)), key=len, default="")
    return [Entry(**{**vars(entry), "current": entry.url == here}) for entry in entries]


def _leads_to(url: str, path: str) -> bool:
    home = reverse("portal:home")
    return path == home if url == home else path.startswith(urlsplit(url).path)


def _account(request: HttpRequest, actor: Actor) -> Account | None:
    user = getattr(request, "user", None)
    if not isinstance(user, Person):
        return None
    inbox = [
        Entry(_("Saved searches"), reverse("portal:searches"), "search"),
        Entry(_("Subscriptions"), reverse("notify:subscriptions"), "bell"),
    ]
    by_mail = settings.MAIL_IN_DOMAIN and may_share(actor)
    mail = [Entry(_("Share by mail"), reverse("sharing:mail-addresses"), "send")] if by_mail else []
    chooses = manages_somebody(actor) and not actor.is_supervisor
    plain = [Entry(_("Mail in plain words"), reverse("sharing:plain-mail-list"), "inbox")] if chooses else []
    hooks = [Entry(_("Webhooks"), reverse("notify:webhooks"), "link")] if may_have_webhooks(actor) else []
    tools = (
        []
        if actor.is_supervisor
        else [
            Entry(_("Collections (TAXII)"), reverse("intel:collections"), "link"),
            Entry(_("Outputs for tools"), reverse("outputs:overview"), "link"),
            Entry("MISP", reverse("misp:feeds"), "link"),
        ]
    )
    links = (
        Entry(_("Profile"), reverse("members:profile"), "account"),
        *([] if actor.is_supervisor else inbox),
        *mail,
        *plain,
        *hooks,
        Entry(_("Second factor"), reverse("mfa_index"), "key"),
        Entry(_("Sessions"), reverse("usersessions_list"), "history"),
        Entry(_("API tokens"), reverse("members:tokens"), "lock"),
        *tools,
    )
    keys_url = reverse("members:profile") if user.single_keys else ""
    return Account(user.name, user.organisation.name, links, reverse("account_logout"), keys_url)
