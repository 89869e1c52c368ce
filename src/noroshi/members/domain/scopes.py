"""Scopes of API tokens: what a token may be used for, on top of what its holder may do."""

from enum import StrEnum


class Scope(StrEnum):
    """One use of a token, `room:verb`."""

    SIGNALS_READ = "signals.read"
    SIGNALS_WRITE = "signals.write"
    DRAFTS_READ = "drafts.read"
    DRAFTS_WRITE = "drafts.write"
    RELEASE_READ = "release.read"
    RELEASE_WRITE = "release.write"
    ANSWERS_WRITE = "answers.write"
    RECEIPTS_READ = "receipts.read"
    STATISTICS_READ = "statistics.read"
    GROUPS_READ = "groups.read"
    GROUPS_WRITE = "groups.write"
    GROUPS_MANAGE = "groups.manage"
    DOCUMENTS_READ = "documents.read"
    DOCUMENTS_WRITE = "documents.write"
    HUNTING_READ = "hunting.read"
    HUNTING_WRITE = "hunting.write"
    TAXII_READ = "taxii.read"
    TAXII_WRITE = "taxii.write"
    TOOLS_READ = "tools.read"
    TOOLS_WRITE = "tools.write"
    MISP_READ = "misp.read"
    FEEDS_READ = "feeds.read"
    SUBSCRIPTIONS_READ = "subscriptions.read"
    SUBSCRIPTIONS_WRITE = "subscriptions.write"
    WEBHOOKS_READ = "webhooks.read"
    WEBHOOKS_WRITE = "webhooks.write"


def unknown(scopes: list[str]) -> list[str]:
    """Return those of `scopes` that do not exist, in their order."""
    return [scope for scope in scopes if scope not in set(Scope)]
