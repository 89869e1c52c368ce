"""Words for what tokens may do, shown where they are chosen, for what accounts did, and by which channel."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from noroshi.core.domain.channels import Channel
from noroshi.kit.wording import exact
from noroshi.members.domain.meters import Measure
from noroshi.members.domain.scopes import Scope
from noroshi.members.models import Alarm

SCOPES: Final = (
    (Scope.SIGNALS_READ.value, _("Read signals")),
    (Scope.SIGNALS_WRITE.value, _("Share signals and answer them")),
    (Scope.DRAFTS_READ.value, _("Read own drafts")),
    (Scope.DRAFTS_WRITE.value, _("Write drafts, send none")),
    (Scope.RELEASE_READ.value, _("Read the release desk")),
    (Scope.RELEASE_WRITE.value, _("Release, hand back, ask authors")),
    (Scope.ANSWERS_WRITE.value, _("Write published answers")),
    (Scope.RECEIPTS_READ.value, _("Read who got own signals")),
    (Scope.STATISTICS_READ.value, _("Read the sector report")),
    (Scope.GROUPS_READ.value, _("Read groups and own requests")),
    (Scope.GROUPS_WRITE.value, _("Join and leave groups")),
    (Scope.GROUPS_MANAGE.value, _("Read and change who belongs to coordinated groups")),
    (Scope.DOCUMENTS_READ.value, _("Read documents of groups")),
    (Scope.DOCUMENTS_WRITE.value, _("Add, renew and withdraw documents of groups")),
    (Scope.HUNTING_READ.value, _("Search the log lake and read hits")),
    (Scope.HUNTING_WRITE.value, _("Load logs into the lake")),
    (Scope.TAXII_READ.value, _("Read by TAXII")),
    (Scope.TAXII_WRITE.value, _("Write by TAXII")),
    (Scope.TOOLS_READ.value, _("Fetch values for tools")),
    (Scope.TOOLS_WRITE.value, _("Report what tools do with them")),
    (Scope.MISP_READ.value, _("Read the MISP feed")),
    (Scope.FEEDS_READ.value, _("Read feeds")),
    (Scope.SUBSCRIPTIONS_READ.value, _("Read subscriptions")),
    (Scope.SUBSCRIPTIONS_WRITE.value, _("Manage subscriptions")),
    (Scope.WEBHOOKS_READ.value, _("Read webhooks and their messages")),
    (Scope.WEBHOOKS_WRITE.value, _("Manage webhooks")),
)

CHANNELS: Final[dict[str, Promise]] = {
    Channel.WEB: _("on the page"),
    Channel.API_PERSON_TOKEN: _("by a person's program"),
    Channel.API: _("by the organisation's programs"),
    Channel.MAIL_CONTENT: _("by mail"),
    Channel.MAIL_ENCRYPTED: _("by encrypted mail"),
    Channel.FEED: _("by feed"),
    Channel.WEBHOOK: _("by webhook"),
    Channel.TOOLS: _("into a tool"),
    Channel.MISP: _("by the MISP feed"),
    Channel.EXPORT: _("in a file"),
}
"""By which way somebody reads, and a signal leaves the house."""

COUNTS: Final = {
    Measure.READING: _("%(count)s signals within an hour"),
    Measure.PAGING: _("%(count)s pages within an hour"),
    Measure.MISSING: _("%(count)s times within an hour"),
    Measure.REFUSED: _("%(count)s times within an hour"),
    Measure.ADDRESSES: _("%(count)s addresses within a day"),
}


def count_of(alarm: Alarm) -> str:
    """Return how often something was done, and within what time."""
    return str(COUNTS[Measure(alarm.measure)] % {"count": exact(alarm.count)})


def channel_of(name: str) -> str:
    """Return the words of a channel; of one that is not shown to people, its name."""
    return str(CHANNELS.get(name, name))


def state_of(alarm: Alarm) -> Promise:
    """Return whether it was told alone, or more was refused as well."""
    return _("More was refused") if alarm.stopped_at else _("Told")


def title_of(alarm: Alarm) -> str:
    """Return an alarm in a line: what happened, how often, by whose account."""
    whose = f"{alarm.account} ({alarm.organisation})" if alarm.account else str(alarm.organisation)
    what = {"what": alarm.get_measure_display(), "count": count_of(alarm), "whose": whose}
    return gettext("%(what)s: %(count)s, %(whose)s") % what
