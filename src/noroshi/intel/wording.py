"""Types of observable in the reader's language."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from noroshi.intel.domain.observables import ObservableType

TYPES: Final[dict[ObservableType, str | Promise]] = {
    ObservableType.IPV4: _("IPv4 address"),
    ObservableType.IPV6: _("IPv6 address"),
    ObservableType.CIDR: _("Network"),
    ObservableType.DOMAIN: _("Domain"),
    ObservableType.URL: _("URL"),
    ObservableType.EMAIL: _("Mail address"),
    ObservableType.MD5: _("MD5 hash"),
    ObservableType.SHA1: _("SHA-1 hash"),
    ObservableType.SHA256: _("SHA-256 hash"),
    ObservableType.USER_AGENT: _("User agent"),
    ObservableType.ACCOUNT: _("Account"),
}
