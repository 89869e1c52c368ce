"""Words for what tokens may do, shown where they are chosen."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from noroshi.members.domain.scopes import Scope

SCOPES: Final = (
    (Scope.SIGNALS_READ.value, _("Read signals")),
    (Scope.SIGNALS_WRITE.value, _("Share signals")),
    (Scope.HUNTING_READ.value, _("Search the log lake and read hits")),
    (Scope.HUNTING_WRITE.value, _("Load logs into the lake")),
    (Scope.TAXII_READ.value, _("Read by TAXII")),
    (Scope.TAXII_WRITE.value, _("Write by TAXII")),
    (Scope.FEEDS_READ.value, _("Read feeds")),
    (Scope.SUBSCRIPTIONS_READ.value, _("Read subscriptions")),
    (Scope.SUBSCRIPTIONS_WRITE.value, _("Manage subscriptions")),
    (Scope.WEBHOOKS_READ.value, _("Read webhooks and their messages")),
    (Scope.WEBHOOKS_WRITE.value, _("Manage webhooks")),
)
